"""The charts of a run taken together, as they would be installed: one case of each.

First all with their defaults; then each scenario whose name two charts or more share (``ha``, ``cni``), the
other charts with their defaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from chartkit.model.finding import Finding, NotJudged
from chartkit.pipeline import refusals
from chartkit.pipeline.review.scope import Scope
from chartkit.pipeline.run import Outcome, Run
from chartkit.syntax.semver import minor
from chartkit.system.worker_pool import Lost

Charts = Mapping[str, Sequence[Outcome]]
"""Of each chart, by path, the cases that Helm renders."""

_DEFAULT: Final = "default"
_ALONE: Final = "judged by themselves; only scenarios of one name are judged together with other charts"


def judge(run: Run, scope: Scope, outcomes: Sequence[Outcome]) -> Iterator[Finding | NotJudged]:
    """What the rules on a release say, and what they did not see; nothing where none of them is on.

    It is told of the charts that *scope* reports on, or of all. Of a chart that cannot be rendered, nobody
    knows what it brings.
    """
    if not scope.together:
        return
    charts = _rendered(outcomes)
    told = frozenset(charts) if scope.everywhere else scope.reported
    absent = tuple(chart.shown for chart in refusals.unrendered(scope.rendered, outcomes))
    if absent:
        reason = f"no scenario of {', '.join(absent)} can be rendered"
        yield NotJudged("charts together", "", reason)
    shared = _shared(charts, run.config.scenario_names)
    yield from _left_out(charts, shared, scope.reported)
    taken = {name: _together(charts, name) for name in shared}
    once = {tuple(each.case.ref for each in found): name for name, found in reversed(taken.items())}
    started = [(name, run.start_release(taken[name], absent, told)) for name in sorted(once.values())]
    for name, work in started:
        said, _ = work.result()
        if isinstance(said, Lost):
            yield NotJudged("charts together", "", f"judging scenario {name!r} {said.message}")
        else:
            yield from said.findings
            yield from said.not_judged


def _rendered(outcomes: Iterable[Outcome]) -> Charts:
    charts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.record.failure is None:
            charts.setdefault(outcome.case.path, []).append(outcome)
    return charts


def _shared(charts: Charts, wanted: Sequence[str]) -> list[str]:
    """The names of the scenarios in which the charts are taken together: of all, or of those *wanted*."""
    count = Counter(name for mine in charts.values() for name in {each.case.scenario.name for each in mine})
    shared = [_DEFAULT, *sorted(name for name in count if count[name] > 1 and name != _DEFAULT)]
    return [name for name in shared if not wanted or name in wanted]


def _together(charts: Charts, name: str) -> list[Outcome]:
    """Of each chart its scenario *name*, else its default, else its first; on the newest Kubernetes."""
    return [min(mine, key=lambda outcome: _distance(outcome, name)) for _, mine in sorted(charts.items())]


def _distance(outcome: Outcome, wanted: str) -> tuple[bool, bool, str, tuple[int, ...]]:
    name, version = outcome.case.scenario.name, outcome.case.kube_version
    return name != wanted, name != _DEFAULT, name, tuple(-part for part in minor(version))


def _left_out(charts: Charts, shared: Sequence[str], told: frozenset[str]) -> Iterator[NotJudged]:
    """The scenarios of each chart *told* that take no part."""
    chosen = [outcome.case for name in shared for outcome in _together(charts, name)]
    taken = {(case.path, case.scenario.name) for case in chosen}
    for path, mine in sorted(charts.items()):
        cases = sorted(each.case.ref for each in mine if (path, each.case.scenario.name) not in taken)
        if cases and path in told:
            what = "scenarios with a name of their own"
            yield NotJudged(what, mine[0].case.chart, _ALONE, cases=tuple(cases))
