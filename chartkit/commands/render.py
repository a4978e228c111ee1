"""`chartkit render`: what Helm makes of one chart."""

from __future__ import annotations

from typing import Annotated

import typer

from chartkit import completion
from chartkit.commands._given import set_values, several
from chartkit.config import Flags, configure
from chartkit.errors import EXIT_CLEAN, EXIT_FINDINGS
from chartkit.options import (
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
    Update,
    Values,
)
from chartkit.terminal import visible, write


def render(
    chart: Annotated[
        str,
        typer.Argument(
            help="Folder or archive of the chart.", metavar="CHART", autocompletion=completion.charts
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
    engine: Engine = None,
    helm: HelmPath = None,
    update_dependencies: Update = None,
    real: Real = None,
) -> int:
    """Print what Helm renders, as `helm template` does, with random functions frozen."""
    flags = Flags(
        config=config,
        scenario=(scenario,) if scenario else (),
        kube_version=(kube_version,) if kube_version else (),
        engine=engine,
        helm=helm,
        update_dependencies=update_dependencies,
        real=real,
        values=several(values),
        set_values=set_values(set_json, set_, set_string, set_file, set_literal),
        namespace=namespace,
        release=name,
        api_versions=several(api_versions),
        is_upgrade=is_upgrade,
    )
    read = configure.read(flags)
    from chartkit.running import rendering

    rendered = rendering.render(read, chart)
    for warning in rendered.warnings:
        typer.echo(f"warning: {visible(warning)}", err=True)
    if rendered.failure:
        for line in f"error: {rendered.failure.text}".splitlines():
            typer.echo(visible(line), err=True)
        if rendered.failure.hint:
            typer.echo(f"hint: {visible(rendered.failure.hint)}", err=True)
        return EXIT_FINDINGS
    text = rendering.printed(rendered.text, include_crds=include_crds, show_only=several(show_only))
    write(text, exact=True)
    return EXIT_CLEAN
