"""`chartkit render`: prints what Helm renders."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import Annotated

import typer

from chartkit.cli import completion, options
from chartkit.cli.given_flags import flags_of, several
from chartkit.model.errors import EXIT_CLEAN, EXIT_FINDINGS, ConfigError
from chartkit.model.render import Failure
from chartkit.plan.config import configure
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
    config: options.ConfigFile = None,
    scenario: options.ScenarioName = None,
    values: options.Values = None,
    set_: options.Set = None,
    set_string: options.SetString = None,
    set_file: options.SetFile = None,
    set_json: options.SetJson = None,
    set_literal: options.SetLiteral = None,
    name: options.ReleaseName = None,
    namespace: options.Namespace = None,
    kube_version: options.KubeVersion = None,
    api_versions: options.ApiVersions = None,
    is_upgrade: options.IsUpgrade = None,
    include_crds: options.IncludeCrds = False,
    show_only: options.ShowOnly = None,
    no_hooks: options.NoHooks = False,
    skip_tests: options.SkipTests = False,
    skip_schemas: options.SkipSchemas = False,
    debug: options.Debug = False,
    engine: options.Engine = None,
    helm: options.HelmPath = None,
    timeout: options.Timeout = None,
    siblings: options.Siblings = None,
    update_dependencies: options.UpdateDependencies = None,
    real: options.Real = None,
) -> int:
    """Print what Helm renders, as `helm template` does, with random functions frozen."""
    name, chart = _name_and_chart(words, name)
    read = configure.read(flags_of(locals()))
    from chartkit.pipeline import render as rendering

    rendered = rendering.render(read, chart, skip_schemas=skip_schemas)
    shown = rendering.Shown(include_crds, not no_hooks, not skip_tests, several(show_only))
    for warning in rendered.warnings:
        typer.echo(f"warning: {visible(warning)}", err=True)
    if rendered.failure:
        _print_failure(rendered.failure, is_hidden=bool(rendered.text) and not debug)
    if debug or not rendered.failure:
        write(rendering.printed(rendered.text, shown) if rendered.text else "", exact=True)
    return EXIT_FINDINGS if rendered.failure else EXIT_CLEAN


def _name_and_chart(words: Sequence[str], name: str | None) -> tuple[str | None, str]:
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


def _print_failure(failure: Failure, *, is_hidden: bool) -> None:
    """Print why Helm refuses the chart; *is_hidden* where there is a render that is not printed."""
    for line in f"error: {failure.text}".splitlines():
        typer.echo(visible(line), err=True)
    hint = failure.hint or ("run it with --debug to see what Helm cannot read" if is_hidden else "")
    if hint:
        typer.echo(f"hint: {visible(hint)}", err=True)
