"""The first stages of a check: each chart is read, and its files and cases are handed to the workers."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chartkit.findings import suppress
from chartkit.findings.writer import FindingWriter, placeholder_chart
from chartkit.helm import charts
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.render import Hit
from chartkit.model.report import Taken
from chartkit.pipeline import failed_cases, worker_jobs
from chartkit.pipeline.records import COVERAGE_TOO_LOW, CaseRecord, CheckResult
from chartkit.pipeline.result_cache import Answer
from chartkit.pipeline.run import LoadedChart, Progress, Run, Work
from chartkit.pipeline.scope import RunScope
from chartkit.plan.discover import PlannedChart

if TYPE_CHECKING:
    from chartkit.pipeline.coverage import Measuring

_SHOWN: Final = 1 << 20
"""How much of a file is read to show a line of it, in bytes."""


@dataclass(slots=True)
class StartedCharts:
    """What is known once all charts are read and all cases handed out.

    *messages* are of charts as they are read, *unread* the cases of those that cannot be, *measured* the
    charts whose coverage is held to a threshold.
    """

    messages: list[Finding | NotJudged] = field(default_factory=list)
    files: list[tuple[Chart, Future[Answer[CheckResult]]]] = field(default_factory=list)
    cases: Work[CaseRecord] = field(default_factory=list)
    suppressions: list[suppress.Suppression] = field(default_factory=list)
    taken: set[Taken] = field(default_factory=set)
    unread: list[Case] = field(default_factory=list)
    measured: list[Measuring] = field(default_factory=list)


def start(run: Run, scope: RunScope, progress: Progress) -> StartedCharts:
    """Read each chart, check what can be without a render, and hand its files and cases to the workers."""
    started = StartedCharts()
    started.messages += FindingWriter(placeholder_chart("", ""), run.rules).findings(scope.plan.hits)
    total = sum(len(planned.cases) for planned in scope.rendered)
    left, done = list(scope.rendered), list[object]()
    for planned, found, loaded in run.load_each(scope.rendered):
        left.remove(planned)
        started.taken.update(loaded.found_elsewhere)
        before = len(started.cases)
        if planned.shown in scope.reported:
            _start_reported(run, scope, started, planned, found, loaded)
        elif found is not None:
            _start_other(run, started, found)
        for _, _, future in started.cases[before:]:
            future.add_done_callback(done.append)
        progress(len(done), total, f"reading {planned.shown}")
    for planned in left:
        cases = tuple(case.ref for case in planned.cases)
        started.messages.append(
            NotJudged("chart", planned.name, "not read: the run's time was up", cases=cases)
        )
        started.unread += planned.cases if planned.shown in scope.reported else ()
    return started


def _start_reported(
    run: Run,
    scope: RunScope,
    started: StartedCharts,
    planned: PlannedChart,
    found: LoadedChart | None,
    loaded: charts.Loaded,
) -> None:
    """Hand out the files and cases of a chart that is reported on, and check it beside what it was."""
    chart = found.chart if found else _broken(run, planned, loaded.hits)
    started.messages += FindingWriter(chart, run.rules).findings((*planned.hits, *loaded.hits))
    started.messages += planned.not_judged
    if found is None:
        started.unread += planned.cases
        started.messages += failed_cases.charts_without_finding(run, planned, loaded.hits)
        return
    started.files.append((found.light().chart, run.start(worker_jobs.check_files, found, planned.cases)))
    started.messages += scope.judge_change(run, planned, chart)
    started.suppressions += suppress.in_files(chart)
    started.cases += start_cases(run, found)
    if holds_coverage(run) and planned.cases and not run.config.is_narrowed:
        from chartkit.pipeline import coverage

        started.measured.append(coverage.start(run, found, planned.cases))


def holds_coverage(run: Run) -> bool:
    """Whether the coverage of the charts is measured, too, as the configuration has a threshold."""
    return run.config.coverage.fail_under is not None and COVERAGE_TOO_LOW in run.rules


def _start_other(run: Run, started: StartedCharts, found: LoadedChart) -> None:
    """Hand out the cases of a chart that is not reported on; its unused suppressions do not matter."""
    in_files = suppress.in_files(found.chart)
    started.suppressions += (each for each in in_files if each.reason and each.rule in run.every_rule)
    started.cases += start_cases(run, found)


def start_cases(run: Run, found: LoadedChart, group: str = "") -> Work[CaseRecord]:
    """Hand the cases of a chart to the workers, as a *group* of which two may run out of time."""
    light = found.light()
    return [
        (light, case, run.start(worker_jobs.check_case, found, case, group=group or case.path))
        for case in found.planned.cases
    ]


def _broken(run: Run, planned: PlannedChart, hits: Iterable[Hit]) -> Chart:
    """What stands for a chart that cannot be read, with the YAML files that say why, to show their lines."""
    files = {}
    for hit in hits:
        if hit.place and hit.place.line and hit.place.file.endswith(".yaml"):
            with contextlib.suppress(OSError), (run.config.cwd / hit.place.file).open("rb") as stream:
                files[hit.place.file] = stream.read(_SHOWN)
    origins = {name: name for name in files}
    return dataclasses.replace(placeholder_chart(planned.name, planned.shown), files=files, origins=origins)
