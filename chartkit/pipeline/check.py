"""The run: every chart through every stage, in the order of the glossary."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, as_completed
from dataclasses import dataclass, field
from typing import Final

from chartkit.findings import baseline, suppress
from chartkit.findings.writer import Writer, placeholder_chart
from chartkit.model.case import Case, CaseRef, Chart
from chartkit.model.finding import Finding, NotJudged, merge, number_occurrences
from chartkit.model.render import Hit
from chartkit.model.report import CaseResult, Report, Taken
from chartkit.pipeline import evidence as gathering
from chartkit.pipeline import golden_check, neighbours, other_charts_crds, refusals, release, untried
from chartkit.pipeline.coverage_threshold import Threshold
from chartkit.pipeline.records import Record, Said
from chartkit.pipeline.review.scope import Scope, around
from chartkit.pipeline.run import Answer, LoadedChart, Outcome, Progress, Run, open_run
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan, PlannedChart
from chartkit.rules import catalogue
from chartkit.system.worker_pool import Lost

_SHOWN: Final = 1 << 20
"""How much of a file is read to show a line of it, in bytes."""


def check(
    config: Config,
    paths: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    *,
    evidence: gathering.Wanted | None = None,
) -> Report:
    """Take every chart through every stage; *evidence* says of which findings it is gathered.

    Raises ChartkitError where chartkit cannot do what was asked; all that is wrong in a chart is in
    the report.
    """
    plan = discover.plan(config, paths)
    if config.since is None:
        with open_run(config) as run:
            return judge(run, around(config, plan), progress, evidence=evidence)
    from chartkit.pipeline.review import reviewing

    with reviewing.open_review(config, plan, paths) as review:
        if review.is_idle:
            return review.told(Report())
        scope = review.scope
        with open_run(config, scope.changed) as run:
            report = judge(run, scope, progress, evidence=evidence)
        return review.told(report)


def judge(
    run: Run,
    scope: Scope,
    progress: Progress = lambda *_: None,
    *,
    evidence: gathering.Wanted | None = None,
) -> Report:
    """Take the charts of *scope* through every stage of an open *run*; only those of its plan are told of."""
    started, plan = _start(run, scope, progress), scope.plan
    outcomes = tuple(_finished(run, started.work, progress))
    beside = _defining(run, scope, outcomes, progress)
    outcomes = tuple(untried.settled(neighbours.judge(run, outcomes, beside)))
    outcomes = other_charts_crds.judge(run, outcomes, beside)
    together = tuple(release.judge(run, scope, outcomes))
    outcomes = scope.outcomes(outcomes)
    golden = tuple(golden_check.compare(run, plan, outcomes))
    covered = tuple(started.threshold.findings(plan))
    said = [
        *started.said,
        *_said_of_files(started),
        *_said(run, outcomes),
        *together,
        *golden,
        *covered,
        *_empty(run, outcomes),
        *plan.not_judged,
        *_cacheless(run),
    ]
    started.suppressions += suppress.in_config(run.config.ignore)
    report = _report(run, plan, said, outcomes, started)
    return report if evidence is None else gathering.with_evidence(run, report, outcomes, evidence)


Work = dict[Future[Answer[Record]], tuple[LoadedChart, Case]]
"""What the workers do, with the cases that it is done for."""


@dataclass(slots=True)
class _Started:
    """What is known once all charts are read and all cases handed out."""

    threshold: Threshold
    said: list[Finding | NotJudged] = field(default_factory=list)
    files: list[tuple[Chart, Future[Answer[Said]]]] = field(default_factory=list)
    work: Work = field(default_factory=dict)
    suppressions: list[suppress.Suppression] = field(default_factory=list)
    taken: set[Taken] = field(default_factory=set)
    unread: list[Case] = field(default_factory=list)


def _start(run: Run, scope: Scope, progress: Progress) -> _Started:
    """Read each chart, say what is wrong with its files, and hand its cases to the workers."""
    started = _Started(Threshold(run))
    done: list[object] = []
    total = sum(len(planned.cases) for planned in scope.rendered)
    started.said += Writer(placeholder_chart("", ""), run.rules).findings(scope.plan.hits)
    for planned in scope.rendered:
        if run.pool.gives_up():
            started.unread += planned.cases if planned.shown in scope.reported else ()
            started.said.append(_unread(planned))
            continue
        found, loaded = run.load(planned)
        started.taken.update(loaded.taken)
        if planned.shown not in scope.reported:
            if found is not None:
                _start_beside(run, started, found, done)
            continue
        chart = found.chart if found else _broken(run, planned, loaded.hits)
        started.said += Writer(chart, run.rules).findings((*planned.hits, *loaded.hits))
        started.said += planned.not_judged
        if found is None:
            started.unread += planned.cases
            started.said += refusals.unread(run, planned, loaded.hits)
            continue
        started.files.append((found.light().chart, run.start_files(found)))
        started.said += scope.judge_change(run, planned, chart)
        started.suppressions += suppress.in_files(chart)
        _start_cases(run, started, found, done)
        started.threshold.start(found, planned)
        progress(len(done), total, f"reading {planned.shown}")
    return started


def _unread(planned: PlannedChart) -> NotJudged:
    """What to say of a chart for which there was no time."""
    cases = tuple(case.ref for case in planned.cases)
    return NotJudged("chart", planned.name, "not read: the run's time was up", cases=cases)


def _start_cases(run: Run, started: _Started, found: LoadedChart, done: list[object]) -> None:
    for case in found.planned.cases:
        future = run.start(found, case)
        future.add_done_callback(done.append)
        started.work[future] = (found.light(), case)


def _start_beside(run: Run, started: _Started, found: LoadedChart, done: list[object]) -> None:
    """Hand out the cases of a chart that is not told of, whose own suppressions are nobody's matter."""
    known = catalogue.known(run.settings.policies)
    started.suppressions += (
        each for each in suppress.in_files(found.chart) if each.reason and each.rule in known
    )
    _start_cases(run, started, found, done)


def _broken(run: Run, planned: PlannedChart, hits: Iterable[Hit]) -> Chart:
    """What stands for a chart that cannot be read, with the YAML files that say why, to show their lines."""
    files = {}
    for hit in hits:
        if hit.place and hit.place.line and hit.place.file.endswith(".yaml"):
            with contextlib.suppress(OSError), (run.config.cwd / hit.place.file).open("rb") as stream:
                files[hit.place.file] = stream.read(_SHOWN)
    origins = {name: name for name in files}
    return dataclasses.replace(placeholder_chart(planned.name, planned.shown), files=files, origins=origins)


def _finished(run: Run, work: Work, progress: Progress) -> Iterator[Outcome]:
    """The outcomes in the order of *work*, once all are there."""
    for done, future in enumerate(as_completed(work), 1):
        _, case = work[future]
        progress(done, len(work), f"{case.chart}/{case.scenario.name}")
    yield from untried.settled([_outcome(run, *about, future) for future, about in work.items()])


def _outcome(run: Run, loaded: LoadedChart, case: Case, future: Future[Answer[Record]]) -> Outcome:
    record, cached = future.result()
    if isinstance(record, Lost):
        record = run.lost(loaded, case, record)
    return Outcome(loaded, case, record, cached)


def _defining(run: Run, scope: Scope, outcomes: Iterable[Outcome], progress: Progress) -> tuple[Outcome, ...]:
    """The outcomes of charts that were not asked for, which may define what has no schema or is asked for."""
    if not any(outcome.record.unmatched or neighbours.asks_for_more(outcome) for outcome in outcomes):
        return ()
    work: Work = {}
    for planned in scope.defining():
        found, _ = (None, None) if run.pool.gives_up() else run.load(planned)
        if found is not None:
            group = f"beside {planned.path}"
            work |= {run.start(found, case, group): (found.light(), case) for case in planned.cases}
    return tuple(_finished(run, work, progress))


def _said(run: Run, outcomes: Sequence[Outcome]) -> Iterator[Finding | NotJudged]:
    """What the cases say; objects without a schema are findings only where that is asked for."""
    strict = run.settings.strict
    yield from refusals.milder(outcomes)
    yield from refusals.untold(outcomes)
    for outcome in outcomes:
        yield from outcome.record.not_judged
        yield from outcome.record.unmatched if strict else map(_unjudged, outcome.record.unmatched)


def _said_of_files(started: _Started) -> Iterator[Finding | NotJudged]:
    for chart, future in started.files:
        said, _ = future.result()
        if isinstance(said, Lost):
            yield NotJudged("files of the chart", chart.name, said.message)
        else:
            yield from said.findings


def _cacheless(run: Run) -> Iterator[NotJudged]:
    if run.config.cache_dir is not None and not run.keeps:
        what = f"cache {run.config.shown(run.config.cache_dir)}"
        yield NotJudged(what, "", "it cannot be written, so nothing is kept for the next run")


def _unjudged(finding: Finding) -> NotJudged:
    resource = finding.resource
    what = f"{resource.api_version} {resource.kind}" if resource else finding.place.file
    return NotJudged(what, finding.chart, finding.message, resource, finding.cases)


def _empty(run: Run, outcomes: Iterable[Outcome]) -> Iterator[Finding]:
    """The charts of which no case renders a single object, though nothing failed."""
    charts: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        if outcome.case.scenario.fails is None:
            charts.setdefault(outcome.case.path, []).append(outcome)
    for mine in charts.values():
        records = [outcome.record for outcome in mine]
        if not any(record.objects or record.failure or record.findings for record in records):
            hit = Hit((), "no scenario renders a single object", rule="render-empty")
            yield from Writer(mine[0].loaded.chart, run.rules).findings([hit])


def _report(
    run: Run,
    plan: Plan,
    said: Iterable[Finding | NotJudged],
    outcomes: Sequence[Outcome],
    started: _Started,
) -> Report:
    said = refusals.once(said)
    found = merge(item for item in said if isinstance(item, Finding))
    written = [each for outcome in outcomes for each in outcome.record.suppressions]
    complete = _is_complete(run, plan, outcomes)
    findings = suppress.apply(
        found,
        (*started.suppressions, *written),
        run.severities,
        catalogue.known(run.settings.policies),
        complete=complete,
    )
    unrendered = refusals.unrendered(plan.charts, outcomes)
    keeping = functools.partial(refusals.keeps_from_judging, charts={chart.name for chart in unrendered})
    findings = baseline.apply(
        number_occurrences(findings), run.config, run.severities, keeping, complete=complete
    )
    done = [_result(outcome) for outcome in outcomes]
    done += [CaseResult(case.ref, rendered=False, path=case.path) for case in started.unread]
    accepted = refusals.accepted(findings, done)
    not_judged = _merged((*(item for item in said if isinstance(item, NotJudged)), *accepted))
    told = number_occurrences(findings)
    return Report(
        told,
        not_judged,
        tuple(sorted(done, key=lambda result: result.case)),
        rules=catalogue.texts({finding.rule for finding in told}, run.rules, run.settings.policies),
        fail_on=run.config.fail_on,
        compared=run.settings.golden,
        unrendered=tuple((chart.name, chart.shown) for chart in unrendered),
        taken=tuple(sorted(started.taken)),
        coverage=started.threshold.coverage,
        unfinished=run.pool.overdue,
    )


def _is_complete(run: Run, plan: Plan, outcomes: Iterable[Outcome]) -> bool:
    """Whether all was judged that the configuration speaks of, so that what is idle is so for good."""
    config = run.config
    narrowed = config.select or config.deselect or config.overrides.kube_versions or run.pool.overdue
    refused = any(outcome.is_refused or outcome.is_untried for outcome in outcomes)
    return plan.whole and not narrowed and not refused


def _result(outcome: Outcome) -> CaseResult:
    record = outcome.record
    return CaseResult(
        outcome.case.ref,
        record.failure is None,
        record.objects,
        round(record.seconds, 3),
        outcome.cached,
        outcome.case.scenario.fails is not None and not outcome.is_untried,
        outcome.case.path,
    )


def _merged(items: Iterable[NotJudged]) -> tuple[NotJudged, ...]:
    """One entry for the same thing in several cases."""
    groups: dict[NotJudged, set[CaseRef]] = {}
    for item in items:
        groups.setdefault(dataclasses.replace(item, cases=()), set()).update(item.cases)
    united = (dataclasses.replace(item, cases=tuple(sorted(cases))) for item, cases in groups.items())
    return tuple(sorted(united, key=lambda item: (item.chart, item.what, item.reason, str(item.resource))))
