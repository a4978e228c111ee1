"""Adds chartkit's hooks to a configuration of pre-commit, and changes nothing else in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from chartkit.cli.init.source import PackageSource
from chartkit.model.errors import ConfigError, FileError
from chartkit.syntax.yaml import edits
from chartkit.syntax.yaml.yaml_file import loads

FILE: Final = ".pre-commit-config.yaml"
_HEAD: Final = "# Hooks that run before each commit: `pre-commit install` (https://pre-commit.com)\n"
CHECK: Final = "chartkit-check"
_ENTRIES: Final = {
    CHECK: ("chartkit check", "chartkit check --hook"),
    "chartkit-golden": ("chartkit golden update", "chartkit golden update --hook"),
}


def text(before: str | None, source: PackageSource, flags: Sequence[str] = (), *, golden: bool) -> str | None:
    """The configuration *before* (None: there is none) with chartkit's hooks; None where it has them.

    *flags* are those of every hook.

    Raises ConfigError where they cannot be added.
    """
    lines = _lines(source, [CHECK, *(["chartkit-golden"] if golden else [])], [*flags, "--"])
    try:
        if before is not None and _is_there(loads(before, FILE).data):
            return None
        return edits.appended(_HEAD if before is None else before, "repos", lines)
    except FileError as error:
        problem = error.problem
        raise ConfigError(f"{FILE}:{problem.place.line}: {problem.message}", problem.hint) from error
    except edits.Unwritable as error:
        hint = "\n".join(("add by hand, below repos:", *lines))
        raise ConfigError(f"cannot add chartkit to {FILE}: {error}", hint) from error


def _is_there(data: Any) -> bool:
    repositories = data.get("repos") if isinstance(data, dict) else None
    hooks = [
        hook
        for one in repositories or ()
        if isinstance(one, dict)
        for hook in one.get("hooks") or ()
        if isinstance(hook, dict)
    ]
    return any("chartkit" in f"{hook.get('id')} {hook.get('entry')}" for hook in hooks)


def _lines(source: PackageSource, ids: list[str], arguments: list[str]) -> list[str]:
    """The entry for the list ``repos``; for a chartkit from a package index it defines the hooks itself."""
    if source.repository:
        head = [f"- repo: {source.repository}", f"  rev: {source.commit}", "  hooks:"]
        given = [f"    args: [{', '.join(arguments)}]"] if len(arguments) > 1 else []
        return [*head, *(line for one in ids for line in (f"  - id: {one}", *given))]
    local = (_local(one, source, arguments) for one in ids)
    return ["- repo: local", "  hooks:", *(line for hook in local for line in hook)]


def _local(id_: str, source: PackageSource, arguments: list[str]) -> list[str]:
    """A hook as .pre-commit-hooks.yaml defines it."""
    name, entry = _ENTRIES[id_]
    keys = {
        "name": name,
        "entry": entry,
        "args": f"[{', '.join(arguments)}]",
        "language": "python",
        "additional_dependencies": f'["{source.requirement}"]',
        "types": "[]",
        "always_run": "true",
        "require_serial": "true",
    }
    return [f"  - id: {id_}", *(f"    {key}: {value}" for key, value in keys.items())]
