"""What there is to check: from paths to charts to cases, and what is left out, with the reason."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from chartkit.helm.charts.node import Metadata
from chartkit.model.case import Case
from chartkit.model.errors import ConfigError
from chartkit.model.finding import NotJudged
from chartkit.model.render import Hit
from chartkit.plan import kube_versions, scenarios
from chartkit.plan.chart_folders import is_chart, metadata_of, siblings_of
from chartkit.plan.config import Config
from chartkit.plan.selection import Selection, select, surrounding
from chartkit.syntax import file_errors
from chartkit.system.did_you_mean import suggestion
from chartkit.system.paths import fits, is_file, is_pattern, repository

_LIBRARY = "it renders nothing by itself; charts that use it are judged with it"
CHART_PATTERN_UNMATCHED = "chart-pattern-unmatched"


@dataclass(frozen=True, slots=True)
class PlannedChart:
    """A chart with its cases; *path* is absolute, *shown* as reports write it and as cases name it.

    A *library* chart has no cases. *hits* have rule and place, *not_judged* the chart's name.
    """

    path: pathlib.Path
    shown: str
    name: str
    cases: tuple[Case, ...] = ()
    hits: tuple[Hit, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    library: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """The charts and cases of a run, in the order of their paths.

    *hits* and *not_judged* belong to no chart that is judged. *whole* is true where every chart of
    the configuration is here, so that a golden without a chart is an orphan; else only those in the
    folders *orphaned_goldens* are known to be. *chart_removed* says whether a chart is gone.
    """

    charts: tuple[PlannedChart, ...]
    hits: tuple[Hit, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    whole: bool = False
    orphaned_goldens: frozenset[str] = frozenset()
    chart_removed: bool = False

    @property
    def cases(self) -> tuple[Case, ...]:
        return tuple(case for chart in self.charts for case in chart.cases)


def plan(config: Config, paths: Sequence[str] = (), known: tuple[str, ...] | None = None) -> Plan:
    """The charts and cases that *paths* mean: folders, archives, or files inside charts; none: all.

    *known* are the Kubernetes versions with schemas, oldest first. Raises NoChart where a path leads
    to none, ConfigError where a scenario is asked for that no chart has.
    """
    selection = select(config, paths)
    served = _served_by_crds(config)
    charts = [_plan_chart(path, config, known or _known_versions(), served) for path in selection.charts]
    return Plan(
        charts=tuple(_with_asked_scenarios(charts, config)),
        hits=tuple(_unmatched_entries(config, selection)),
        not_judged=(*_remarks(config), *_left_out(config, selection)),
        whole=selection.whole and not config.scenario_names and config.command_line is None,
        orphaned_goldens=selection.orphaned_goldens,
        chart_removed=selection.chart_removed,
    )


def surroundings(config: Config, plan: Plan) -> tuple[PlannedChart, ...]:
    """The charts and scenarios that a run without paths would render besides *plan*.

    An archive of *plan* stands for the chart whose name it has.
    """
    if plan.whole and (config.file or repository(config.cwd) in (None, config.cwd)):
        return ()
    own = {os.path.realpath(chart.path): chart for chart in plan.charts}
    packed = {chart.name for chart in plan.charts if is_file(chart.path)}
    ran = frozenset((case.path, case.ref) for case in plan.cases)
    free = replace(config, scenario_names=(), command_line=None)
    served, found = _served_by_crds(config), []
    for path in surrounding(config, [chart.path for chart in plan.charts]):
        chart = _plan_chart(path, free, _known_versions(), served)
        if os.path.realpath(path) in own:
            left = tuple(case for case in chart.cases if (case.path, case.ref) not in ran)
            found += [replace(chart, cases=left)] if left and not config.command_line else []
        elif chart.name not in packed:
            found.append(chart)
    return tuple(found)


def defining(config: Config, charts: Iterable[PlannedChart]) -> tuple[PlannedChart, ...]:
    """Those of *charts* that may define custom resources."""
    from chartkit.plan import crds

    by_path = {chart.path: chart for chart in charts if chart.cases}
    return tuple(by_path[path] for path in crds.defining(by_path, siblings_of(config)))


def _known_versions() -> tuple[str, ...]:
    from chartkit.helm.kubernetes_schemas import known_versions

    return known_versions()


def _served_by_crds(config: Config) -> tuple[str, ...]:
    """The API versions that every case's cluster serves besides those of Kubernetes."""
    if not config.crds:
        return ()
    from chartkit.plan import crds

    return crds.api_versions(config.crds)


def _plan_chart(
    path: pathlib.Path, config: Config, known: tuple[str, ...], served: tuple[str, ...]
) -> PlannedChart:
    metadata = metadata_of(path)
    chart = PlannedChart(path, config.shown(path), metadata.name)
    if metadata.type == "library":
        return _with_remarks(replace(chart, library=True), [(f"library chart {chart.shown}", _LIBRARY)])
    found = scenarios.find(path, config)
    if found.mistakes:
        raise file_errors.error(found.mistakes)
    remarks = [(f"scenario {name}", "a file that it needs does not exist") for name in found.incomplete]
    remarks += [(f"values file {config.shown(path / one)}", reason) for one, reason in found.unused.items()]
    if not found.scenarios and not found.incomplete:
        remarks.append(("chart", "every scenario of it is turned off"))
    cases: list[Case] = []
    for scenario in found.scenarios:
        versions = scenario.kube_versions
        if not versions:
            versions, more = _versions(metadata, config, known)
            remarks += more
        settled = replace(scenario, kube_versions=versions)
        cases += (Case(chart.name, chart.shown, settled, version, served) for version in versions)
        known_remarks = {what for what, _ in remarks}
        remarks += (
            one for one in kube_versions.without_schemas(versions, known) if one[0] not in known_remarks
        )
    return replace(_with_remarks(chart, dict.fromkeys(remarks)), cases=tuple(cases), hits=tuple(found.hits))


def _with_remarks(chart: PlannedChart, remarks: Iterable[tuple[str, str]]) -> PlannedChart:
    return replace(chart, not_judged=tuple(NotJudged(what, chart.name, reason) for what, reason in remarks))


def _versions(
    metadata: Metadata, config: Config, known: tuple[str, ...]
) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
    """Where a scenario says none: the versions of the defaults that the chart allows, else the chart's."""
    wanted = config.defaults.kube_versions
    left = kube_versions.allowed(metadata.kube_version, wanted)
    reason = f"the chart's kubeVersion {metadata.kube_version!r} does not allow it"
    remarks = [(f"Kubernetes {one}", reason) for one in wanted if one not in left]
    if left:
        return left, remarks
    chosen = kube_versions.choose(metadata.kube_version, known)
    if chosen.remark:
        remarks.append((f"Kubernetes {' and '.join(chosen.versions)}", chosen.remark))
    return chosen.versions, remarks


def _with_asked_scenarios(charts: list[PlannedChart], config: Config) -> Iterator[PlannedChart]:
    """The charts with those scenarios only that were asked for; raises ConfigError for unknown ones."""
    wanted = config.scenario_names
    if not wanted:
        yield from charts
        return
    names = dict.fromkeys(case.scenario.name for chart in charts for case in chart.cases)
    lost = {remark.what.removeprefix("scenario ") for chart in charts for remark in chart.not_judged}
    for name in wanted:
        if name not in names and name not in lost:
            hint = suggestion(name, names) or "see chartkit.yaml for the scenarios"
            raise ConfigError(f"--scenario: no chart here has a scenario {name!r}", hint)
    for chart in charts:
        cases = tuple(case for case in chart.cases if case.scenario.name in wanted)
        if cases or chart.hits:
            yield replace(chart, cases=cases)


def _unmatched_entries(config: Config, selection: Selection) -> Iterator[Hit]:
    """Entries of ``charts:`` that fit no chart: where all were looked at, or where the path is plain."""
    everything = (*selection.charts, *selection.excluded)
    for entry in config.charts:
        if is_pattern(entry.pattern):
            idle = selection.whole and not any(fits(chart, entry.pattern) for chart in everything)
        else:
            idle = not is_chart(pathlib.Path(entry.pattern))
        if idle:
            shown = (config.shown(chart) for chart in everything)
            hint = (
                suggestion(entry.key, shown, most=0)
                or "correct the path, relative to this file, or remove it"
            )
            message = f"{entry.key!r} is no chart, so these settings do nothing"
            yield Hit((), message, hint, CHART_PATTERN_UNMATCHED, place=entry.place)


def _remarks(config: Config) -> Iterator[NotJudged]:
    return (NotJudged(config.file or "configuration", "", notice) for notice in config.notices)


def _left_out(config: Config, selection: Selection) -> Iterator[NotJudged]:
    reason = f"it is among the excluded-charts of {config.file}"
    for path in selection.excluded:
        yield NotJudged(f"chart {config.shown(path)}", metadata_of(path).name, reason)
    for one in selection.unreadable_folders:
        yield NotJudged(f"folder {one}", "", "it cannot be read")
    for one in selection.unowned_files:
        yield NotJudged(f"file {one}", "", "it belongs to no chart")
