"""The flags that commands share, with Helm's names wherever the thing is Helm's."""

from __future__ import annotations

from typing import Annotated

import typer

from chartkit.cli import completion

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        help="Charts, folders that hold charts, or files of charts; default: the configured ones.",
        metavar="[PATHS]...",
        autocompletion=completion.charts,
    ),
]
ConfigFile = Annotated[
    str | None, typer.Option("--config", help="Configuration file instead of chartkit.yaml.", metavar="FILE")
]
ScenarioNames = Annotated[
    list[str] | None,
    typer.Option(
        "--scenario",
        help="Only this scenario; repeatable.",
        metavar="NAME",
        autocompletion=completion.scenarios,
    ),
]
KubeVersions = Annotated[
    list[str] | None,
    typer.Option(
        "--kube-version",
        help="Kubernetes version to render and judge for; repeatable. Default: the oldest and the newest "
        "that the chart's kubeVersion allows, else those maintained now.",
        metavar="VERSION",
        autocompletion=completion.kube_versions,
    ),
]
KubeVersion = Annotated[
    str | None,
    typer.Option(
        "--kube-version",
        help="Kubernetes version to render for.",
        metavar="VERSION",
        autocompletion=completion.kube_versions,
    ),
]
ScenarioName = Annotated[
    str | None,
    typer.Option(
        "--scenario",
        help="A configured scenario.",
        metavar="NAME",
        autocompletion=completion.scenarios,
    ),
]
Engine = Annotated[
    str | None,
    typer.Option(
        "--engine",
        help="embedded (default) or cli, the helm command.",
        metavar="NAME",
        autocompletion=completion.engines,
    ),
]
HelmPath = Annotated[
    str | None, typer.Option("--helm", help="The helm command of --engine cli.", metavar="PATH")
]
Select = Annotated[
    list[str] | None,
    typer.Option(
        "--select", help="Only this rule; repeatable.", metavar="RULE", autocompletion=completion.rules
    ),
]
Ignore = Annotated[
    list[str] | None,
    typer.Option(
        "--ignore", help="Not this rule; repeatable.", metavar="RULE", autocompletion=completion.rules
    ),
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        help="error (default), warning, note or never.",
        metavar="SEVERITY",
        autocompletion=completion.severities,
    ),
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        help="Only charts that have changed since HEAD left this branch, tag or commit.",
        metavar="REF",
    ),
]
New = Annotated[bool | None, typer.Option("--new", help="With --since: only findings that were not there.")]
Baseline = Annotated[
    str | None,
    typer.Option("--baseline", help="File of findings that are accepted for now.", metavar="FILE"),
]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help="text (default), html, json, sarif, junit, github, gitlab or markdown, to stdout "
        "(or =-, one of them) or to =FILE; repeatable.",
        metavar="NAME[=FILE]",
        autocompletion=completion.formats,
    ),
]
CoverageFormats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help="text (default), lcov, cobertura or json, to stdout (or =-) or =FILE; html=FOLDER; repeatable.",
        metavar="NAME[=FILE]",
        autocompletion=completion.coverage_formats,
    ),
]
FailUnder = Annotated[
    float | None,
    typer.Option(
        "--fail-under",
        help="Percentage of its branches that each chart's scenarios must take.",
        metavar="PERCENT",
        min=0,
        max=100,
    ),
]
Vendored = Annotated[
    bool | None, typer.Option("--vendored/--no-vendored", help="Count packed subcharts (charts/*.tgz), too.")
]
UnusedValues = Annotated[
    bool, typer.Option("--unused-values", help="Tell, too, which values no template reads, and none varies.")
]
Suggest = Annotated[
    bool, typer.Option("--suggest", help="Print scenarios for what is not covered, ready to paste.")
]
WriteScenarios = Annotated[
    bool, typer.Option("--write-scenarios", help="Add these scenarios to the configuration file.")
]
NoCache = Annotated[bool | None, typer.Option("--no-cache", help="Judge everything anew.")]
Jobs = Annotated[
    int | None,
    typer.Option("--jobs", "-j", help="Worker processes; default: one per core.", min=1, metavar="NUMBER"),
]
Timeout = Annotated[
    float | None,
    typer.Option(
        "--timeout",
        help="Seconds that the run may take; what is not done by then is not judged.",
        metavar="SECONDS",
    ),
]
Strict = Annotated[
    bool | None, typer.Option("--strict", help="An object, or values, without a schema is an error.")
]
Crds = Annotated[
    list[str] | None,
    typer.Option("--crds", help="File or folder of CRDs to judge with; repeatable.", metavar="PATH"),
]
Update = Annotated[
    bool | None, typer.Option("--update-dependencies", help="Fetch missing dependencies over the network.")
]
Siblings = Annotated[
    bool | None,
    typer.Option(
        "--siblings/--no-siblings",
        help="Take dependencies that are not in charts/ from the same checkout. Default: where the declared "
        "address is not known to be another's.",
    ),
]
Real = Annotated[
    bool | None, typer.Option("--real", help="Leave random and time-dependent functions as they are.")
]
Values = Annotated[
    list[str] | None,
    typer.Option("--values", "-f", help="Values file, or - for stdin; repeatable.", metavar="FILE"),
]
Set = Annotated[list[str] | None, typer.Option("--set", help="key=value; repeatable.", metavar="KEY=VALUE")]
SetString = Annotated[
    list[str] | None, typer.Option("--set-string", metavar="KEY=VALUE", help="A string value.")
]
SetFile = Annotated[
    list[str] | None, typer.Option("--set-file", metavar="KEY=FILE", help="A file's content.")
]
SetJson = Annotated[list[str] | None, typer.Option("--set-json", metavar="KEY=JSON", help="A JSON value.")]
SetLiteral = Annotated[
    list[str] | None, typer.Option("--set-literal", metavar="KEY=VALUE", help="A value taken as it is.")
]
Namespace = Annotated[
    str | None,
    typer.Option("--namespace", "-n", help="Namespace of the release; default: default.", metavar="NAME"),
]
ReleaseName = Annotated[
    str | None,
    typer.Option("--name", help="Name of the release; default: release-name.", metavar="NAME"),
]
ApiVersions = Annotated[
    list[str] | None,
    typer.Option(
        "--api-versions",
        "-a",
        help="API that the cluster offers besides its own; repeatable.",
        metavar="API",
    ),
]
IsUpgrade = Annotated[
    bool | None, typer.Option("--is-upgrade", help="Render an upgrade, not an installation.")
]
Explained = Annotated[
    str,
    typer.Argument(
        help="The first digits of its fingerprint (`check --verbose` shows it), FILE:LINE, or a rule.",
        metavar="FINDING",
        autocompletion=completion.rules,
    ),
]
StoryVerbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show the whole object, more of the templates, and the examples."),
]
Verbose = Annotated[
    bool, typer.Option("--verbose", "-v", help="List all: suppressed, not judged, fingerprints.")
]
Hook = Annotated[
    bool,
    typer.Option(
        "--hook", help="As pre-commit runs it: PATHS are changed files; files that git removes count, too."
    ),
]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="No progress and no clean bill, only what is wrong.")
]
