"""The charts of a run taken together, as they would be installed: one case of each.

First all with their defaults; then each scenario whose name two charts or more share (``ha``, ``cni``), the
other charts with their defaults.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Final

from chartkit.model.finding import Finding, NotJudged
from chartkit.pipeline import failed_cases, worker_jobs
from chartkit.pipeline.records import CheckResult
from chartkit.pipeline.result_cache import Answer, answer_type, encode, name_of
from chartkit.pipeline.run import CaseOutcome, Run
from chartkit.pipeline.scope import RunScope
from chartkit.syntax.semver import minor
from chartkit.system.worker_pool import WorkerFailure

Charts = Mapping[str, Sequence[CaseOutcome]]
"""Of each chart, by path, the cases that Helm renders."""

_DEFAULT: Final = "default"
_ALONE: Final = "judged by themselves; only scenarios of one name are judged together with other charts"


def check(run: Run, scope: RunScope, outcomes: Sequence[CaseOutcome]) -> Iterator[Finding | NotJudged]:
    """What the rules on a release say, and what they did not see; nothing where none of them is on.

    It is reported of the charts that *scope* reports on, or of all. What a chart brings that cannot be
    rendered is not known.
    """
    if not scope.together:
        return
    charts = _rendered(outcomes)
    reported = frozenset(charts) if scope.everywhere else scope.reported
    absent = tuple(chart.shown for chart in failed_cases.unrendered(scope.rendered, outcomes))
    if absent:
        reason = f"no scenario of {', '.join(absent)} can be rendered"
        yield NotJudged("charts together", "", reason)
    shared = _shared(charts, run.config.scenario_names)
    yield from _left_out(charts, shared, scope.reported)
    taken = {name: _together(charts, name) for name in shared}
    once = {tuple(each.case.ref for each in found): name for name, found in reversed(taken.items())}
    started = [(name, _start(run, taken[name], absent, reported)) for name in sorted(once.values())]
    for name, work in started:
        result, _ = work.result()
        if isinstance(result, WorkerFailure):
            yield NotJudged("charts together", "", f"judging scenario {name!r} {result.message}")
        else:
            yield from result.findings
            yield from result.not_judged


def _start(
    run: Run, outcomes: Sequence[CaseOutcome], absent: tuple[str, ...], reported: frozenset[str]
) -> Future[Answer[CheckResult]]:
    """Check the renders of *outcomes* together, unless that was done before."""
    job = worker_jobs.check_release
    names = [
        (run.name_of(worker_jobs.check_case, each.loaded, each.case), encode(each.record.rendered))
        for each in outcomes
    ]
    name = name_of(job, names, arguments=(absent, reported))

    def submit() -> Future[CheckResult | WorkerFailure]:
        parts = tuple((run.pack(each.loaded), each.case, each.record.rendered) for each in outcomes)
        return run.pool.submit(job, run.settings, parts, absent, reported)

    return run.results.find_or_start(name, answer_type(job), submit)


def _rendered(outcomes: Iterable[CaseOutcome]) -> Charts:
    charts: dict[str, list[CaseOutcome]] = {}
    for outcome in outcomes:
        if outcome.record.failure is None:
            charts.setdefault(outcome.case.path, []).append(outcome)
    return charts


def _shared(charts: Charts, wanted: Sequence[str]) -> list[str]:
    """The names of the scenarios in which the charts are taken together: of all, or of those *wanted*."""
    count = Counter(name for mine in charts.values() for name in {each.case.scenario.name for each in mine})
    shared = [_DEFAULT, *sorted(name for name in count if count[name] > 1 and name != _DEFAULT)]
    return [name for name in shared if not wanted or name in wanted]


def _together(charts: Charts, name: str) -> list[CaseOutcome]:
    """Of each chart its scenario *name*, else its default, else its first; on the newest Kubernetes."""
    return [min(mine, key=lambda outcome: _distance(outcome, name)) for _, mine in sorted(charts.items())]


def _distance(outcome: CaseOutcome, wanted: str) -> tuple[bool, bool, str, tuple[int, ...]]:
    name, version = outcome.case.scenario.name, outcome.case.kube_version
    return name != wanted, name != _DEFAULT, name, tuple(-part for part in minor(version))


def _left_out(charts: Charts, shared: Sequence[str], reported: frozenset[str]) -> Iterator[NotJudged]:
    """The scenarios of each chart *reported* that take no part."""
    chosen = [outcome.case for name in shared for outcome in _together(charts, name)]
    taken = {(case.path, case.scenario.name) for case in chosen}
    for path, mine in sorted(charts.items()):
        cases = sorted(each.case.ref for each in mine if (path, each.case.scenario.name) not in taken)
        if cases and path in reported:
            what = "scenarios with a name of their own"
            yield NotJudged(what, mine[0].case.chart, _ALONE, cases=tuple(cases))
