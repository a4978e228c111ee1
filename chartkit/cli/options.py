"""The table of flags: how each is written, what help says of it, and in which group it stands there.

Commands name these types for their parameters, so that a flag reads and completes alike everywhere. The
names are Helm's wherever the thing is Helm's. What a flag is to a run, and its ``CHARTKIT_*`` variable,
stands in `chartkit.plan.config.Flags`, whose fields have the names of the parameters.
"""

from __future__ import annotations

from typing import Annotated, Any, Final

import typer

from chartkit.cli import completion
from chartkit.reports import FORMATS

CHARTS: Final = "Which charts and cases"
RULES: Final = "What is judged, and how"
VALUES: Final = "Values and release, as helm takes them"
OUTPUT: Final = "What is told"
RUN: Final = "How it runs"

GROUPS: Final = (CHARTS, RULES, VALUES, OUTPUT, RUN)
"""The groups of flags in the order of a page of help; flags of no group come last."""


def flag(
    group: str,
    names: str,
    help: str,  # noqa: A002
    metavar: str | None = None,
    offers: Any = None,
    **more: Any,
) -> Any:
    """A flag of *group* with these *names*; a shell completes it with what *offers* gives."""
    return typer.Option(
        *names.split(), help=help, metavar=metavar, autocompletion=offers, rich_help_panel=group, **more
    )


Paths = Annotated[
    list[str] | None,
    typer.Argument(
        help="Charts, folders that hold charts, or files of charts; default: the configured ones.",
        metavar="[PATHS]...",
        autocompletion=completion.charts,
    ),
]
Explained = Annotated[
    str,
    typer.Argument(
        help="The first digits of its fingerprint (`check --verbose` shows it), FILE:LINE, or a rule.",
        metavar="FINDING",
        autocompletion=completion.rules,
    ),
]

# Which charts and cases

ConfigFile = Annotated[
    str | None, flag(CHARTS, "--config", "Configuration file instead of chartkit.yaml.", "FILE")
]
ScenarioNames = Annotated[
    list[str] | None,
    flag(CHARTS, "--scenario", "Only this scenario; repeatable.", "NAME", completion.scenarios),
]
ScenarioName = Annotated[
    str | None, flag(CHARTS, "--scenario", "A configured scenario.", "NAME", completion.scenarios)
]
_ALL_VERSIONS = (
    "Kubernetes version to render and judge for; repeatable. Default: the oldest and the newest that the "
    "chart's kubeVersion allows, else those maintained now."
)
KubeVersions = Annotated[
    list[str] | None, flag(CHARTS, "--kube-version", _ALL_VERSIONS, "VERSION", completion.kube_versions)
]
KubeVersion = Annotated[
    str | None,
    flag(CHARTS, "--kube-version", "Kubernetes version to render for.", "VERSION", completion.kube_versions),
]
Since = Annotated[
    str | None,
    flag(
        CHARTS, "--since", "Only charts that have changed since HEAD left this branch, tag or commit.", "REF"
    ),
]
Hook = Annotated[
    bool,
    flag(
        CHARTS,
        "--hook",
        "As pre-commit runs it: PATHS are changed files; files that git removes count, too.",
    ),
]
Vendored = Annotated[
    bool | None, flag(CHARTS, "--vendored/--no-vendored", "Count packed subcharts (charts/*.tgz), too.")
]

# What is judged, and how

Select = Annotated[
    list[str] | None, flag(RULES, "--select", "Only this rule; repeatable.", "RULE", completion.rules)
]
Ignore = Annotated[
    list[str] | None, flag(RULES, "--ignore", "Not this rule; repeatable.", "RULE", completion.rules)
]
FailOn = Annotated[
    str | None,
    flag(RULES, "--fail-on", "error (default), warning, note or never.", "SEVERITY", completion.severities),
]
FailUnder = Annotated[
    float | None,
    flag(
        RULES,
        "--fail-under",
        "Percentage of its branches that each chart's scenarios must take.",
        "PERCENT",
        min=0,
        max=100,
    ),
]
Strict = Annotated[
    bool | None, flag(RULES, "--strict", "An object, or values, without a schema is an error.")
]
Crds = Annotated[
    list[str] | None, flag(RULES, "--crds", "File or folder of CRDs to judge with; repeatable.", "PATH")
]
New = Annotated[bool | None, flag(RULES, "--new", "With --since: only findings that were not there.")]
Baseline = Annotated[
    str | None, flag(RULES, "--baseline", "File of findings that are accepted for now.", "FILE")
]

# Values and release, as helm takes them

Values = Annotated[
    list[str] | None, flag(VALUES, "--values -f", "Values file, or - for stdin; repeatable.", "FILE")
]
Set = Annotated[list[str] | None, flag(VALUES, "--set", "key=value; repeatable.", "KEY=VALUE")]
SetString = Annotated[list[str] | None, flag(VALUES, "--set-string", "A string value.", "KEY=VALUE")]
SetFile = Annotated[list[str] | None, flag(VALUES, "--set-file", "A file's content.", "KEY=FILE")]
SetJson = Annotated[list[str] | None, flag(VALUES, "--set-json", "A JSON value.", "KEY=JSON")]
SetLiteral = Annotated[
    list[str] | None, flag(VALUES, "--set-literal", "A value taken as it is.", "KEY=VALUE")
]
ReleaseName = Annotated[
    str | None, flag(VALUES, "--name", "Name of the release; default: release-name.", "NAME")
]
Namespace = Annotated[
    str | None, flag(VALUES, "--namespace -n", "Namespace of the release; default: default.", "NAME")
]
ApiVersions = Annotated[
    list[str] | None,
    flag(VALUES, "--api-versions -a", "API that the cluster offers besides its own; repeatable.", "API"),
]
IsUpgrade = Annotated[bool | None, flag(VALUES, "--is-upgrade", "Render an upgrade, not an installation.")]
SkipSchemas = Annotated[
    bool, flag(VALUES, "--skip-schema-validation", "Let no values.schema.json refuse values.")
]

# What is told

_DEFAULT, *_OTHERS, _LAST = FORMATS
_FORMATS = (
    f"{_DEFAULT} (default), {', '.join(_OTHERS)} or {_LAST}, to stdout (or =-, one of them) "
    "or to =FILE; repeatable."
)
Formats = Annotated[list[str] | None, flag(OUTPUT, "--format", _FORMATS, "NAME[=FILE]", completion.formats)]
_COVERAGE_FORMATS = (
    "text (default), lcov, cobertura or json, to stdout (or =-) or =FILE; html=FOLDER; repeatable."
)
CoverageFormats = Annotated[
    list[str] | None, flag(OUTPUT, "--format", _COVERAGE_FORMATS, "NAME[=FILE]", completion.coverage_formats)
]
UnusedValues = Annotated[
    bool, flag(OUTPUT, "--unused-values", "Tell, too, which values no template reads, and none varies.")
]
IncludeCrds = Annotated[bool, flag(OUTPUT, "--include-crds", "Print the files of crds/, too.")]
ShowOnly = Annotated[
    list[str] | None, flag(OUTPUT, "--show-only -s", "Only what this template makes; repeatable.", "TEMPLATE")
]
NoHooks = Annotated[bool, flag(OUTPUT, "--no-hooks", "Print no hooks.")]
SkipTests = Annotated[bool, flag(OUTPUT, "--skip-tests", "Print no hooks of `helm test`.")]
Debug = Annotated[bool, flag(OUTPUT, "--debug", "Where Helm cannot read what was rendered, print it, too.")]
Suggest = Annotated[
    bool, flag(OUTPUT, "--suggest", "Print scenarios for what is not covered, ready to paste.")
]
WriteScenarios = Annotated[
    bool, flag(OUTPUT, "--write-scenarios", "Add these scenarios to the configuration file.")
]
Output = Annotated[str | None, flag(OUTPUT, "--output -o", "File to write.", "FILE")]
DryRun = Annotated[
    bool, flag(OUTPUT, "--dry-run", "Print which files would be written and removed; touch none.")
]
StoryVerbose = Annotated[
    bool, flag(OUTPUT, "--verbose -v", "Show the whole object, more of the templates, and the examples.")
]
Verbose = Annotated[bool, flag(OUTPUT, "--verbose -v", "List all: suppressed, not judged, fingerprints.")]
Quiet = Annotated[bool, flag(OUTPUT, "--quiet -q", "No progress and no clean bill, only what is wrong.")]

# How it runs

Engine = Annotated[
    str | None,
    flag(RUN, "--engine", "embedded (default) or cli, the helm command.", "NAME", completion.engines),
]
HelmPath = Annotated[str | None, flag(RUN, "--helm", "The helm command of --engine cli.", "PATH")]
Jobs = Annotated[
    int | None, flag(RUN, "--jobs -j", "Worker processes; default: one per core.", "NUMBER", min=1)
]
Timeout = Annotated[
    float | None,
    flag(
        RUN,
        "--timeout",
        "Seconds that the run may take; what is not done by then is not judged.",
        "SECONDS",
    ),
]
NoCache = Annotated[bool | None, flag(RUN, "--no-cache", "Judge everything anew.")]
_SIBLINGS = (
    "Take dependencies that are not in charts/ from the same checkout. Default: where the declared address "
    "is not known to be another's."
)
Siblings = Annotated[bool | None, flag(RUN, "--siblings/--no-siblings", _SIBLINGS)]
UpdateDependencies = Annotated[
    bool | None, flag(RUN, "--update-dependencies", "Fetch missing dependencies over the network.")
]
Real = Annotated[bool | None, flag(RUN, "--real", "Leave random and time-dependent functions as they are.")]
