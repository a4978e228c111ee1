"""`chartkit render`: what Helm makes of one chart."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Annotated

import typer

from chartkit.cli import completion
from chartkit.cli.commands._given import set_values, several, values_of
from chartkit.cli.options import (
    ApiVersions,
    ConfigFile,
    Engine,
    HelmPath,
    IsUpgrade,
    KubeVersion,
    Namespace,
    Real,
    ReleaseName,
    ScenarioName,
    Set,
    SetFile,
    SetJson,
    SetLiteral,
    SetString,
    Siblings,
    Timeout,
    Update,
    Values,
)
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS, ConfigError
from chartkit.model.render import Failure
from chartkit.plan.config import Flags, configure
from chartkit.plan.config.flag_values import is_release_name
from chartkit.system.paths import is_folder
from chartkit.system.terminal import visible, write


def render(
    words: Annotated[
        list[str],
        typer.Argument(
            help="Folder or archive of the chart; before it, as for `helm template`, the release's name.",
            metavar="[NAME] CHART",
            autocompletion=completion.charts,
        ),
    ],
    config: ConfigFile = None,
    scenario: ScenarioName = None,
    values: Values = None,
    set_: Set = None,
    set_string: SetString = None,
    set_file: SetFile = None,
    set_json: SetJson = None,
    set_literal: SetLiteral = None,
    name: ReleaseName = None,
    namespace: Namespace = None,
    kube_version: KubeVersion = None,
    api_versions: ApiVersions = None,
    is_upgrade: IsUpgrade = None,
    include_crds: Annotated[
        bool, typer.Option("--include-crds", help="Print the files of crds/, too.")
    ] = False,
    show_only: Annotated[
        list[str] | None,
        typer.Option(
            "--show-only", "-s", help="Only what this template makes; repeatable.", metavar="TEMPLATE"
        ),
    ] = None,
    no_hooks: Annotated[bool, typer.Option("--no-hooks", help="Print no hooks.")] = False,
    skip_tests: Annotated[bool, typer.Option("--skip-tests", help="Print no hooks of `helm test`.")] = False,
    skip_schemas: Annotated[
        bool, typer.Option("--skip-schema-validation", help="Let no values.schema.json refuse values.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Where Helm cannot read what was rendered, print it, too.")
    ] = False,
    engine: Engine = None,
    helm: HelmPath = None,
    timeout: Timeout = None,
    siblings: Siblings = None,
    update_dependencies: Update = None,
    real: Real = None,
) -> int:
    """Print what Helm renders, as `helm template` does, with random functions frozen."""
    name, chart = _named(words, name)
    flags = Flags(
        config=config,
        scenario=(scenario,) if scenario else (),
        kube_version=(kube_version,) if kube_version else (),
        engine=engine,
        helm=helm,
        timeout=timeout,
        siblings=siblings,
        update_dependencies=update_dependencies,
        real=real,
        values=values_of(values),
        set_values=set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=several(api_versions),
        is_upgrade=is_upgrade,
    )
    read = configure.read(flags)
    from chartkit.pipeline import render as rendering

    rendered = rendering.render(read, chart, skip_schemas=skip_schemas)
    shown = rendering.Shown(include_crds, not no_hooks, not skip_tests, several(show_only))
    for warning in rendered.warnings:
        typer.echo(f"warning: {visible(warning)}", err=True)
    if rendered.failure:
        _tell(rendered.failure, is_hidden=bool(rendered.text) and not debug)
    if debug or not rendered.failure:
        write(rendering.printed(rendered.text, shown) if rendered.text else "", exact=True)
    return EXIT_FINDINGS if rendered.failure else EXIT_CLEAN


def _named(words: Sequence[str], name: str | None) -> tuple[str | None, str]:
    """The name of the release, where there is one, and the chart."""
    *before, chart = words
    if not before:
        return name, chart
    if len(before) > 1 or name is not None:
        message = f"expected at most one name and one chart, not {' '.join(map(repr, words))}"
        raise ConfigError(message, "write `chartkit render NAME CHART`, or name the release with --name")
    swapped = (
        is_folder(pathlib.Path(before[0])) and is_release_name(chart) and not pathlib.Path(chart).exists()
    )
    if swapped or not is_release_name(before[0]):
        message = f"expected the name of a release before the chart {chart!r}, not {before[0]!r}"
        raise ConfigError(message, "name one chart; the release's name, of a-z, 0-9, '-' and '.', goes first")
    return before[0], chart


def _tell(failure: Failure, *, is_hidden: bool) -> None:
    """Say why Helm refuses it; *is_hidden* where there is a text to look at that is not printed."""
    for line in f"error: {failure.text}".splitlines():
        typer.echo(visible(line), err=True)
    hint = failure.hint or ("run it with --debug to see what Helm cannot read" if is_hidden else "")
    if hint:
        typer.echo(f"hint: {visible(hint)}", err=True)
