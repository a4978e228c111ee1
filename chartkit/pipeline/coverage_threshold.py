"""The threshold of coverage in a check: where the configuration has one, its cases are measured as well."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from chartkit.findings.writer import FindingWriter, placeholder_chart
from chartkit.model.chart_file import is_packed
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.pipeline.run import LoadedChart, Run
from chartkit.plan.discover import Plan, PlannedChart

if TYPE_CHECKING:
    from chartkit.model.coverage import ChartCoverage, Coverage
    from chartkit.pipeline.coverage import Measuring

RULE: Final = "coverage-too-low"


class Threshold:
    """What a run measures to judge the coverage of its charts; nothing where that is not asked for.

    *coverage* is what came of it, None where nothing was measured.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._started: list[Measuring] = []
        self.coverage: Coverage | None = None
        self._wanted = run.config.coverage.fail_under is not None and RULE in run.rules

    def start(self, loaded: LoadedChart, planned: PlannedChart) -> None:
        """Hand the cases of a chart, whose files are at hand, to the workers."""
        if self._wanted and planned.cases and not self._run.config.is_narrowed:
            from chartkit.pipeline import coverage

            self._started.append(coverage.start(self._run, loaded, planned.cases))

    def findings(self, plan: Plan) -> Iterator[Finding | NotJudged]:
        """The charts whose coverage is too low, and those of which that cannot be told."""
        fail_under = self._run.config.coverage.fail_under
        if not self._wanted or fail_under is None:
            return
        if self._run.config.is_narrowed:
            reason = "only a part of the cases was run"
            yield NotJudged("coverage of templates", "", reason)
            return
        from chartkit.pipeline import coverage

        self.coverage = found = coverage.sum_up(self._run.config, plan, self._started, [])
        for chart in found.charts:
            if not chart.whole:
                reason = "other charts use it, too, that were not run"
                yield NotJudged("coverage of templates", chart.name, reason)
        for chart in found.below(fail_under):
            yield from FindingWriter(placeholder_chart(chart.name, chart.path), self._run.rules).findings(
                [_hit(chart, fail_under)]
            )


def _hit(chart: ChartCoverage, fail_under: float) -> Hit:
    place = Place(chart.path if is_packed(chart.path) else f"{chart.path}/Chart.yaml")
    share = chart.branch_share
    message = (
        f"its scenarios take {share.hit:,} of {share.of:,} branches of the templates, "
        f"{share.percent:g} %: expected at least {fail_under:g} %"
    )
    return Hit((), message, "run `chartkit coverage` to see which are not taken", RULE, place=place)
