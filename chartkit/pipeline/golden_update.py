"""`chartkit golden update`: renders every case twice, and records what both renders agree on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartkit.findings.judge_chart import judge_outcome
from chartkit.findings.writer import FindingWriter, placeholder_chart
from chartkit.golden import files as golden_files
from chartkit.golden import update as golden_update
from chartkit.golden.update import Rendered
from chartkit.model.case import Case, Chart
from chartkit.model.errors import Unfinished
from chartkit.model.finding import Finding, NotJudged, merge, number_occurrences
from chartkit.model.render import Render
from chartkit.model.report import CaseResult, Report, Taken
from chartkit.pipeline import failed_cases, golden_check, worker_jobs
from chartkit.pipeline.run import LoadedChart, Progress, Run, Work, finish, open_run
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan
from chartkit.system.worker_pool import WorkerFailure


@dataclass(frozen=True, slots=True)
class Recorded:
    """What an update did: the files *written* and *removed*, and what it could not record.

    *left* are files that no case is compared with, and that chartkit has not written.
    """

    report: Report
    written: tuple[str, ...]
    removed: tuple[str, ...]
    left: tuple[str, ...] = ()


def update(
    config: Config, paths: Sequence[str] = (), progress: Progress = lambda *_: None, *, dry_run: bool = False
) -> Recorded:
    """Record the cases of the charts at *paths* (none: all); files are replaced whole or not at all.

    With *dry_run* nothing is touched, and what would be done is reported. Raises Unfinished, before
    anything is written, where the run's time is up.
    """
    plan = discover.plan(config, paths)
    places = golden_check.place(config, plan)
    messages: list[Finding | NotJudged] = []
    rendered: list[Rendered] = []
    results: list[CaseResult] = []
    read: list[Chart] = []
    taken = set[Taken]()
    with open_run(config) as run:
        for chart, case, answers in _twice(run, plan, messages, read, taken, progress):
            failed = next((one for one in answers if isinstance(one, WorkerFailure)), None)
            if failed is not None and failed.is_untried:
                messages += failed_cases.untried_record(case, failed).not_judged
                results.append(CaseResult(case.ref, rendered=False))
                continue
            first, second = (
                failed_cases.failed_render(run, one) if isinstance(one, WorkerFailure) else one
                for one in answers
            )
            messages += judge_outcome(chart, case, first, (), run.rules)
            texts = [None if one.failure else one.text for one in (first, second)]
            rendered.append(Rendered(case, *texts))
            results.append(CaseResult(case.ref, first.failure is None))
        if run.pool.overdue:
            raise Unfinished(config.timeout)
        unused = golden_check.unused_files(plan, places, {chart.path for chart in read}, config)
        gone = [file for file in unused if golden_files.is_written(places, file)]
        slots = [places.slots[each.case] for each in rendered]
        before = golden_files.read(places, {file for slot in slots for file in (slot.base, slot.own)})
        revision = golden_update.revise(places, rendered, before, gone, run.severities)
    if not dry_run:
        golden_files.clean(places)
        golden_files.write(places, revision.texts, revision.removed)
    messages += (*revision.findings, *revision.not_judged)
    report = Report(
        number_occurrences(merge(item for item in messages if isinstance(item, Finding))),
        tuple(item for item in messages if isinstance(item, NotJudged)),
        tuple(sorted(results, key=lambda result: result.case)),
        fail_on=config.fail_on,
        taken=tuple(sorted(taken)),
    )
    left = [file for file in unused if file not in gone]
    return Recorded(
        report, *(tuple(map(places.name, each)) for each in (revision.texts, revision.removed, left))
    )


def _twice(
    run: Run,
    plan: Plan,
    messages: list[Finding | NotJudged],
    read: list[Chart],
    taken: set[Taken],
    progress: Progress,
) -> Iterator[tuple[Chart, Case, tuple[Render | WorkerFailure, Render | WorkerFailure]]]:
    """Two renders of every case of the charts that can be *read*; of the others there are *messages*."""
    first: Work[Render] = []
    second: Work[Render] = []
    for planned, found, loaded in run.load_each(plan.charts):
        taken.update(loaded.found_elsewhere)
        chart = found.chart if found else placeholder_chart(planned.name, planned.shown)
        messages += FindingWriter(chart, run.rules).findings((*planned.hits, *loaded.hits))
        if found and loaded.withheld:
            why = f"not recorded, as Helm would render something else: {loaded.withheld[0].message}"
            cases = tuple(case.ref for case in planned.cases)
            messages.append(NotJudged("golden files", planned.name, why, cases=cases))
        elif found:
            read.append(found.light().chart)
            first += _start(run, found, "first")
            second += _start(run, found, "second")
    for one, other in zip(finish(first, progress), finish(second), strict=True):
        yield one.loaded.chart, one.case, (one.value, other.value)


def _start(run: Run, found: LoadedChart, time: str) -> Work[Render]:
    light, group = found.light(), f"{time} render of {found.planned.path}"
    return [
        (light, case, run.start_uncached(worker_jobs.render_case, found, case, group=group))
        for case in found.planned.cases
    ]
