"""Which charts of a run are reported on, and which are only there because others are judged by them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chartkit.discover import Plan, PlannedChart
from chartkit.discover.scenarios import DEFAULT
from chartkit.model import Chart, Finding, NotJudged
from chartkit.placing.frames import Span

if TYPE_CHECKING:
    from chartkit.running.run import Outcome, Run


JudgeChange = Callable[["Run", PlannedChart, Chart], Iterable[Finding | NotJudged]]
"""Called with the run, the plan of a chart, and the chart."""


def _nothing(run: Run, planned: PlannedChart, chart: Chart) -> Iterable[Finding | NotJudged]:  # noqa: ARG001
    return ()


@dataclass(frozen=True, slots=True)
class Scope:
    """Of the charts of *plan* those in *reported* (by path, as reports show them) are what the run is about.

    *changed* are the lines under review. *judge_change* tells what is to say of a chart beside what it was.
    """

    plan: Plan
    reported: frozenset[str]
    changed: tuple[Span, ...] = ()
    judge_change: JudgeChange = _nothing

    @property
    def reported_plan(self) -> Plan:
        """The plan of what the run is about, which is never all that the configuration speaks of."""
        charts = tuple(chart for chart in self.plan.charts if chart.shown in self.reported)
        return replace(self.plan, charts=charts, whole=False)

    def outcomes(self, found: Sequence[Outcome]) -> tuple[Outcome, ...]:
        return tuple(each for each in found if each.loaded.planned.shown in self.reported)


def narrowed(plan: Plan, reported: Collection[str], neighbours: Collection[str], *, together: bool) -> Plan:
    """*plan* with what is *reported*, and of its *neighbours* one case each, which brings their definitions.

    *together*: with everything, since there are rules that look at all charts at once.
    """
    if together:
        return plan
    charts = []
    for chart in plan.charts:
        if chart.shown in reported:
            charts.append(chart)
        elif chart.shown in neighbours and chart.cases:
            first = min(chart.cases, key=lambda case: case.scenario.name != DEFAULT)
            charts.append(replace(chart, cases=(first,)))
    return replace(plan, charts=tuple(charts), whole=False)
