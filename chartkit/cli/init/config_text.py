"""chartkit.yaml, as it is written for a repository that has none: what was found, and what may be added."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

from chartkit.cli.init.survey import FoundChart, Survey
from chartkit.model.case import Scenario
from chartkit.plan.config import Config
from chartkit.plan.scenarios import scenario_name
from chartkit.syntax.yaml.edits import block, flow
from chartkit.system.paths import shown
from chartkit.system.terminal import visible

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
"""What may be written as the name of a scenario; others are found all the same."""

_HEAD: Final = """\
# What `chartkit check` looks at in this repository, and how. Written by `chartkit init`; it is yours now.
# Every key may be left out.

# Sets of rules: recommended, or strict; with together, charts are judged as they are installed, side by side.
extends: [recommended]
"""
_VERSIONS: Final = """\

# Kubernetes versions to render and to judge for.
defaults:
"""
_CHARTS: Final = """\

# Each chart with its scenarios: what values it is tried with. {} is its own defaults.
# Files that are named ci/*-values.yaml or values-*.yaml are found without a line here. Say what files cannot:
#     no-database: {set: {database.enabled: false}, fails: "database.url is required"}
charts:
"""
_TAIL: Final = """\

# What is not to be told, or more severely, and what is accepted, with the reason:
# rules: {service-selects-nothing: off, helm-warning: error}
# ignore:
# - {rule: field-unknown, chart: CHART, resource: Kind/name, reason: why this is as it must be}
"""
_GOLDEN: Final = """\

# Renders are recorded here, and compared: `chartkit golden update` records them anew. To leave out what every
# release changes:
#     golden: {folder: golden, mask: ['**.labels["helm.sh/chart"]']}
golden: golden
"""
_NO_GOLDEN: Final = """\

# Where renders are recorded by `chartkit golden update`, and compared from then on:
# golden: golden
"""


def text(found: Survey, *, golden: bool) -> str:
    """The text of the file; with it `chartkit check` does what it did without it, apart from test data."""
    versions = _usual(found.charts)
    defaults = {"kube-versions": [*map(_short, versions)], **_defaults(found.config)}
    defaults = {key: value for key, value in defaults.items() if value}
    charts = "".join(line for chart in found.charts for line in _written(chart, versions))
    return "".join(
        (
            _HEAD,
            *_where(found),
            *((_VERSIONS, *_lines(defaults, 2)) if defaults else ()),
            _GOLDEN if golden else _NO_GOLDEN,
            _CHARTS if charts else "",
            charts,
            _TAIL,
        )
    )


def _usual(charts: Iterable[FoundChart]) -> tuple[str, ...]:
    """The Kubernetes versions that most charts are for."""
    counted = Counter(chart.kube_versions for chart in charts).most_common(1)
    return counted[0][0] if counted else ()


def _short(version: str) -> str:
    return version.removesuffix(".0") if version.count(".") == 2 else version


def _where(found: Survey) -> Iterator[str]:
    """The keys that say where charts are and which are left out: from ct.yaml, and for test data."""
    config = found.config
    excluded = [_pattern(one, found) for one in config.excluded_charts]
    given = {
        "chart-dirs": [shown(folder, found.root) for folder in config.chart_dirs],
        "excluded-charts": [] if found.test_data else excluded,
        "target-branch": "" if config.target_branch == "main" else config.target_branch,
    }
    if any(given.values()):
        yield f"\n# From {visible(config.file)}, which is read no more now that there is this file.\n"
        yield from _lines({key: value for key, value in given.items() if value}, 0)
    if found.test_data:
        yield "\n# What looks like test data, by the names of the folders.\n"
        yield from _lines({"excluded-charts": [*excluded, *found.test_data]}, 0)


def _pattern(pattern: str, found: Survey) -> str:
    root = f"{found.root.as_posix()}/"
    return pattern.removeprefix(root) if pattern.startswith("/") else pattern


def _defaults(config: Config) -> dict[str, Any]:
    """What ct.yaml sets for all charts."""
    given = {"namespace": config.defaults.namespace, "api-versions": [*config.defaults.api_versions]}
    return {key: value for key, value in given.items() if value}


def _written(chart: FoundChart, versions: tuple[str, ...]) -> Iterator[str]:
    """The lines of a chart; none where its name cannot be written in YAML, so that it is found by itself."""
    lines = [*_chart(chart, versions)]
    if all(line.removesuffix("\n").isprintable() for line in lines):
        yield from lines


def _chart(chart: FoundChart, versions: tuple[str, ...]) -> Iterator[str]:
    body: dict[str, Any] = {}
    if chart.kube_versions != versions:
        body["kube-versions"] = [*map(_short, chart.kube_versions)]
    scenarios = {one.name: _scenario(one) for one in chart.scenarios if _NAME.fullmatch(one.name)}
    if chart.unused or scenarios != {"default": {}}:
        body["scenarios"] = scenarios
    if not body:
        yield f"  {flow(chart.path)}: {{}}\n"
        return
    yield f"  {flow(chart.path)}:\n"
    yield from _lines({key: body[key] for key in body if key != "scenarios"}, 4)
    if "scenarios" in body:
        yield "    scenarios:\n"
        for name, one in scenarios.items():
            yield from _lines({name: one}, 6)
    for name, file in _named(chart.unused, scenarios).items():
        entry = visible(f"{flow(name)}: {{values: [{flow(file)}]}}")
        yield f"      # {entry}  # if it is a scenario, too\n"


def _scenario(scenario: Scenario) -> dict[str, Any]:
    body: dict[str, Any] = {}
    if scenario.values_files:
        body["values"] = [*scenario.values_files]
    for one in scenario.set_values:
        body.setdefault(one.flag, []).append(one.expression)
    return body


def _lines(value: dict[str, Any], indent: int) -> Iterator[str]:
    return (f"{line}\n" for line in block(value, indent))


def _named(files: Iterable[str], taken: Iterable[str]) -> dict[str, str]:
    """Names for scenarios of *files* that are not *taken*, each with its file."""
    found: dict[str, str] = {}
    used = set(taken)
    for file in files:
        name = scenario_name(file)
        if name not in used:
            used.add(name)
            found[name] = file
    return found
