"""Hints for commands and flags that chartkit does not have, above all for those that Helm has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from chartkit.system.did_you_mean import closest

_COMMANDS: Final[Mapping[str, str]] = {
    "template": "write `chartkit render`, which prints what `helm template` prints",
    "lint": "write `chartkit check`, which tells what `helm lint` tells, too",
}
_VALUES: Final = "write the values as a scenario of chartkit.yaml; `check` and `render` take them as flags"
_OF_COMMANDS: Final[Mapping[tuple[str, str], str]] = {
    ("coverage", "--values"): "write --unused-values to see which values nothing reads",
    **{
        (command, flag): _VALUES
        for command in ("baseline", "coverage", "golden diff", "golden update")
        for flag in ("-f", "--set", "--set-file", "--set-json", "--set-literal", "--set-string", "--values")
        if (command, flag) != ("coverage", "--values")
    },
}
_CLUSTER: Final = (
    "leave it out: no cluster is asked; name what it offers with --kube-version and --api-versions"
)
_UNSEEN: Final = "leave it out: it changes nothing of what is rendered"
_FETCHED: Final = "leave it out, and fetch the chart first: `helm pull` takes it"
_NAMED: Final = "name the release, as in `chartkit render NAME CHART`, so that each run renders the same"
_PRINTED: Final = "write stdout to a file; --show-only picks a template"
_PIPED: Final = "pipe what is printed into that program: chartkit runs none"
_FLAGS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            *("--burst-limit", "--disable-openapi-validation", "--dry-run", "--kube-apiserver"),
            *("--kube-as-group", "--kube-as-user", "--kube-ca-file", "--kube-context"),
            *("--kube-insecure-skip-tls-verify", "--kube-tls-server-name", "--kube-token", "--kubeconfig"),
            *("--qps", "--validate"),
        ),
        _CLUSTER,
    ),
    **dict.fromkeys(
        (
            *("--atomic", "--color", "--colour", "--create-namespace", "--description", "--enable-dns"),
            *("--force", "--force-conflicts", "--force-replace", "--hide-notes", "--labels", "-l"),
            *("--render-subchart-notes", "--replace", "--rollback-on-failure", "--server-side"),
            *("--take-ownership", "--timeout", "--wait", "--wait-for-jobs"),
        ),
        _UNSEEN,
    ),
    **dict.fromkeys(
        (
            *("--ca-file", "--cert-file", "--content-cache", "--devel", "--insecure-skip-tls-verify"),
            *("--key-file", "--keyring", "--pass-credentials", "--password", "--plain-http"),
            *("--registry-config", "--repo", "--repository-cache", "--repository-config", "--username"),
            *("--verify", "--version"),
        ),
        _FETCHED,
    ),
    **dict.fromkeys(("--generate-name", "-g", "--name-template"), _NAMED),
    **dict.fromkeys(("--output-dir", "--release-name"), _PRINTED),
    **dict.fromkeys(("--post-renderer", "--post-renderer-args"), _PIPED),
    "--dependency-update": "write --update-dependencies",
    "--skip-crds": "leave it out: CRDs are printed with --include-crds only",
}
"""What `helm template` takes besides, and what to do instead."""


def instead_of_command(name: str) -> str:
    return _COMMANDS.get(name, "")


def instead_of_flag(command: str, flag: str, known: Iterable[str]) -> str:
    """What to write instead of *flag*, which *command* (``chartkit render``) has not among those *known*."""
    if special := _OF_COMMANDS.get((command.partition(" ")[2], flag)) or _FLAGS.get(flag):
        return special
    near = closest(flag.lstrip("-"), (name[2:] for name in known if name.startswith("--")))
    return f"did you mean --{near}?" if near else f"run `{command} --help` to see its flags"
