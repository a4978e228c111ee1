"""The stages of a check, in their order: each takes and gives frozen values.

load → files and cases → APIs and CRDs of other charts → release → golden files → coverage → what is missing
→ suppressed and known findings → report → evidence
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from chartkit.findings import suppress
from chartkit.findings.writer import FindingWriter
from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, merge, number_occurrences
from chartkit.model.render import Hit
from chartkit.model.report import CaseResult, Report
from chartkit.pipeline import failed_cases, load_charts, other_charts, release
from chartkit.pipeline.load_charts import StartedCharts
from chartkit.pipeline.records import CaseRecord
from chartkit.pipeline.run import CaseOutcome, Progress, Run, Work, finish
from chartkit.pipeline.scope import RunScope
from chartkit.plan.discover import Plan
from chartkit.rules import catalogue
from chartkit.system.worker_pool import WorkerFailure

if TYPE_CHECKING:
    from chartkit.model.coverage import Coverage


def check_charts(
    run: Run,
    scope: RunScope,
    progress: Progress = lambda *_: None,
    *,
    evidence: Callable[[Finding], bool] | None = None,
) -> Report:
    """Take the charts of *scope* through every stage; only those of its plan are reported."""
    started = load_charts.start(run, scope, progress)
    outcomes = _outcomes(run, started.cases, progress)
    others = _other_outcomes(run, scope, outcomes, progress)
    outcomes = other_charts.with_apis(run, outcomes, others)
    outcomes = other_charts.with_crds(run, outcomes, others)
    together = tuple(release.check(run, scope, outcomes))
    outcomes = scope.outcomes(outcomes)
    coverage, too_low = _coverage(run, scope.plan, started)
    messages = (
        *started.messages,
        *_of_files(started),
        *_of_cases(run, outcomes),
        *together,
        *_golden(run, scope.plan, outcomes),
        *too_low,
        *_empty(run, outcomes),
        *scope.plan.not_judged,
        *_unwritable_cache(run),
    )
    report = _report(run, scope.plan, messages, outcomes, started, coverage)
    if evidence is None or not any(map(evidence, report.findings)):
        return report
    from chartkit.pipeline.evidence import with_evidence  # few formats want it, and few findings

    return with_evidence(run, report, outcomes, evidence)


def _outcomes(run: Run, cases: Work[CaseRecord], progress: Progress) -> tuple[CaseOutcome, ...]:
    return tuple(failed_cases.outcome_of(run, answer) for answer in finish(cases, progress))


def _other_outcomes(
    run: Run, scope: RunScope, outcomes: Iterable[CaseOutcome], progress: Progress
) -> tuple[CaseOutcome, ...]:
    """The outcomes of charts that were not asked for, which may define what has no schema or is asked for."""
    if not other_charts.may_help(outcomes):
        return ()
    work: Work[CaseRecord] = []
    for planned, found, _ in run.load_each(scope.defining()):
        work += load_charts.start_cases(run, found, f"beside {planned.path}") if found else ()
    return _outcomes(run, work, progress)


def _of_files(started: StartedCharts) -> Iterator[Finding | NotJudged]:
    for chart, future in started.files:
        result, _ = future.result()
        if isinstance(result, WorkerFailure):
            yield NotJudged("files of the chart", chart.name, result.message)
        else:
            yield from result.findings


def _of_cases(run: Run, outcomes: Sequence[CaseOutcome]) -> Iterator[Finding | NotJudged]:
    """What is found in the cases; objects without a schema are findings only where that is asked for."""
    strict = run.settings.strict
    yield from failed_cases.downgrade_missing_values(outcomes)
    yield from failed_cases.cases_without_finding(outcomes)
    for outcome in outcomes:
        yield from outcome.record.not_judged
        yield from outcome.record.unmatched if strict else map(_without_schema, outcome.record.unmatched)


def _golden(run: Run, plan: Plan, outcomes: Sequence[CaseOutcome]) -> Iterable[Finding | NotJudged]:
    if not run.settings.golden:
        return ()
    from chartkit.pipeline import golden_check

    return golden_check.compare(run, plan, outcomes)


def _without_schema(finding: Finding) -> NotJudged:
    resource = finding.resource
    what = f"{resource.api_version} {resource.kind}" if resource else finding.place.file
    return NotJudged(what, finding.chart, finding.message, resource, finding.cases)


def _coverage(
    run: Run, plan: Plan, started: StartedCharts
) -> tuple[Coverage | None, list[Finding | NotJudged]]:
    """The coverage of the charts, and where it is too low; nothing where that is not asked for."""
    if not load_charts.holds_coverage(run):
        return None, []
    from chartkit.pipeline.coverage import with_threshold

    return with_threshold(run, plan, started.measured)


def _empty(run: Run, outcomes: Iterable[CaseOutcome]) -> Iterator[Finding]:
    """The charts of which no case renders a single object, though nothing failed."""
    charts: dict[str, list[CaseOutcome]] = {}
    for outcome in outcomes:
        if outcome.case.scenario.fails is None:
            charts.setdefault(outcome.case.path, []).append(outcome)
    for mine in charts.values():
        records = [outcome.record for outcome in mine]
        if not any(record.objects or record.failure or record.findings for record in records):
            hit = Hit((), "no scenario renders a single object", rule="render-empty")
            yield from FindingWriter(mine[0].loaded.chart, run.rules).findings([hit])


def _unwritable_cache(run: Run) -> Iterator[NotJudged]:
    if run.config.cache_dir is not None and not run.results.outlives_run:
        what = f"cache {run.config.shown(run.config.cache_dir)}"
        yield NotJudged(what, "", "it cannot be written, so nothing is kept for the next run")


def _report(
    run: Run,
    plan: Plan,
    messages: Iterable[Finding | NotJudged],
    outcomes: Sequence[CaseOutcome],
    started: StartedCharts,
    coverage: Coverage | None,
) -> Report:
    """Merge what was found, take out what is suppressed or in the baseline, and sum it up."""
    messages = failed_cases.merge_missing(messages)
    unrendered = failed_cases.unrendered(plan.charts, outcomes)
    findings = _accepted(run, plan, messages, outcomes, started, {chart.name for chart in unrendered})
    cases = [_result(outcome) for outcome in outcomes]
    cases += [CaseResult(case.ref, rendered=False, path=case.path) for case in started.unread]
    not_judged = (
        *(item for item in messages if isinstance(item, NotJudged)),
        *failed_cases.suppressed_refusals(findings, cases),
    )
    return Report(
        findings,
        _merged(not_judged),
        tuple(sorted(cases, key=lambda result: result.case)),
        rules=catalogue.texts({finding.rule for finding in findings}, run.rules, run.every_rule),
        fail_on=run.config.fail_on,
        compared=run.settings.golden,
        unrendered=tuple((chart.name, chart.shown) for chart in unrendered),
        taken=tuple(sorted(started.taken)),
        coverage=coverage,
        unfinished=run.pool.overdue,
    )


def _accepted(
    run: Run,
    plan: Plan,
    messages: Iterable[Finding | NotJudged],
    outcomes: Sequence[CaseOutcome],
    started: StartedCharts,
    unrendered: set[str],
) -> tuple[Finding, ...]:
    """One finding a fault, those that are accepted marked: by comments, configuration, or the baseline."""
    complete = _is_complete(run, plan, outcomes)
    written = [each for outcome in outcomes for each in outcome.record.suppressions]
    findings = suppress.apply(
        merge(item for item in messages if isinstance(item, Finding)),
        (*started.suppressions, *suppress.in_config(run.config.ignore), *written),
        run.severities,
        run.every_rule,
        complete=complete,
    )
    keeping = functools.partial(failed_cases.keeps_from_judging, charts=unrendered)
    if not run.config.baseline:
        return number_occurrences(findings)
    from chartkit.findings import baseline

    # the baseline names findings by their numbers, and has findings of its own
    known = baseline.apply(
        number_occurrences(findings), run.config, run.severities, keeping, complete=complete
    )
    return number_occurrences(known)


def _is_complete(run: Run, plan: Plan, outcomes: Iterable[CaseOutcome]) -> bool:
    """Whether all was judged that the configuration speaks of, so that what is idle is so for good."""
    config = run.config
    narrowed = config.select or config.deselect or config.overrides.kube_versions or run.pool.overdue
    refused = any(outcome.is_refused or outcome.is_untried for outcome in outcomes)
    return plan.whole and not narrowed and not refused


def _result(outcome: CaseOutcome) -> CaseResult:
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
