"""Which charts of a run are reported on, and which are only there because others are judged by them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chartkit.model.case import CaseRef, Chart
from chartkit.model.finding import Finding, NotJudged
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.config.known_rules import needs_all_charts
from chartkit.plan.discover import Plan, PlannedChart
from chartkit.plan.scenarios import DEFAULT

if TYPE_CHECKING:
    from chartkit.pipeline.run import CaseOutcome, Run


JudgeChange = Callable[["Run", PlannedChart, Chart], Iterable[Finding | NotJudged]]
"""Called with the run, the plan of a chart, and the chart."""


def _no_changes(run: Run, planned: PlannedChart, chart: Chart) -> Iterable[Finding | NotJudged]:  # noqa: ARG001
    return ()


def _no_charts() -> tuple[PlannedChart, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class RunScope:
    """What a run is about: *plan*; the rest is only there because that is judged by it.

    *others* are rendered for the rules that look at all charts, which only count where *together* says
    that all are there. What these rules say is told of *plan*, or *everywhere*: a change of one chart
    may be a fault of another. *defining* gives what is rendered for its custom resource definitions,
    and is asked where an object has no schema.
    *judge_change* tells what is to say of a chart beside what it was.
    """

    plan: Plan
    others: tuple[PlannedChart, ...] = ()
    together: bool = False
    everywhere: bool = False
    defining: Callable[[], tuple[PlannedChart, ...]] = _no_charts
    judge_change: JudgeChange = _no_changes

    @property
    def reported(self) -> frozenset[str]:
        """The paths of the charts that are reported on, as reports show them."""
        return frozenset(chart.shown for chart in self.plan.charts)

    @property
    def rendered(self) -> tuple[PlannedChart, ...]:
        """Every chart that is rendered in any case, in the order of paths."""
        return tuple(sorted((*self.plan.charts, *self.others), key=lambda chart: chart.path))

    def outcomes(self, found: Sequence[CaseOutcome]) -> tuple[CaseOutcome, ...]:
        """Those of *found* that are reported on."""
        return tuple(each for each in found if each.loaded.planned.shown in self.reported)


def around(config: Config, plan: Plan) -> RunScope:
    """*plan* as what a run is about, with what of all charts it is judged by, whichever were named."""
    rest = functools.cache(lambda: discover.surroundings(config, plan))
    together = needs_all_charts(config) and bool(plan.charts or plan.chart_removed)
    others = tuple(_taking_part(rest(), plan)) if together else ()

    def defining() -> tuple[PlannedChart, ...]:
        taken = {(case.path, case.ref) for chart in others for case in chart.cases}
        return discover.defining(config, (_without(chart, taken) for chart in rest()))

    return RunScope(plan, others, together, config.changed is not None, functools.cache(defining))


def _taking_part(rest: Sequence[PlannedChart], plan: Plan) -> Iterator[PlannedChart]:
    """The charts of *rest* that are not of *plan*, with the scenarios that may be judged together."""
    own = {chart.shown for chart in plan.charts}
    others = [chart for chart in rest if chart.shown not in own]
    named = [{case.scenario.name for case in chart.cases} for chart in (*plan.charts, *others)]
    count = Counter(name for names in named for name in names)
    for chart in others:
        wanted = [case for case in chart.cases if case.scenario.fails is None]
        shared = [case for case in wanted if case.scenario.name == DEFAULT or count[case.scenario.name] > 1]
        yield replace(chart, cases=tuple(shared or wanted) or chart.cases)


def _without(chart: PlannedChart, taken: Container[tuple[str, CaseRef]]) -> PlannedChart:
    return replace(chart, cases=tuple(case for case in chart.cases if (case.path, case.ref) not in taken))


def narrowed(plan: Plan, reported: frozenset[str], *, chart_removed: bool) -> Plan:
    """*plan* with only the charts that are *reported*, which is never all that is configured."""
    charts = tuple(chart for chart in plan.charts if chart.shown in reported)
    return replace(plan, charts=charts, whole=False, chart_removed=chart_removed)
