"""Cases that are not rendered: what stands for their result, and what they say of their chart."""

from __future__ import annotations

import dataclasses
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final, TypeGuard

from chartkit.model.case import BaseValues, Case, CaseRef
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.render import FAILURE_RULES, Failure, Hit, Render
from chartkit.model.report import CaseResult
from chartkit.pipeline.records import CaseRecord
from chartkit.pipeline.run import CaseAnswer, CaseOutcome, Run
from chartkit.plan.discover import PlannedChart
from chartkit.plan.scenarios import DEFAULT
from chartkit.system.worker_pool import WorkerFailure

_UNREADABLE: Final = "chart-unreadable"
_FILE_MISSING: Final = "values-file-missing"
_REFUSALS: Final = {*FAILURE_RULES.values(), "yaml-unreadable"}
_KEEPING: Final = {*_REFUSALS, _UNREADABLE, _FILE_MISSING}
"""The rules that say why something is not rendered."""

_MISSING: Final = "dependency-missing"
_UNDEFINED: Final = "template-undefined"
_WANTS_VALUES: Final = ("render-refused", "values-schema-violated")
_HINT: Final = "accept it if the chart is meant to want values: another scenario of it gives them"
_ABSENT: Final = re.compile(r"missing propert|is required|must be set|required value")

_UNTRIED: Final = {
    "untried": "not rendered: two other cases of the chart ran into the limit",
    "overdue": "not rendered: the run's time was up",
}
"""Why a case was given up before it was tried, by the kind of what came of it."""

_HINTS: Final = {
    "timeout": "find the loop, or raise limits.seconds in chartkit.yaml if the chart is slow on purpose",
    "memory": "find what grows, or raise limits.memory in chartkit.yaml if the chart is large on purpose",
}

Message = Finding | NotJudged


def outcome_of(run: Run, answer: CaseAnswer[CaseRecord]) -> CaseOutcome:
    """What became of a case, also where its worker did not come back."""
    record, loaded, case = answer.value, answer.loaded, answer.case
    if isinstance(record, WorkerFailure):
        record = untried_record(case, record) if record.is_untried else _failed_record(run, answer, record)
    return CaseOutcome(loaded, case, record, answer.cached)


def untried_record(case: Case, failure: WorkerFailure) -> CaseRecord:
    """What stands for the record of a *case* that was given up before it was tried."""
    reason = _UNTRIED[failure.kind]
    not_judged = NotJudged("case", case.chart, reason, cases=(case.ref,))
    return CaseRecord("", Failure(failure.kind, reason, reason), False, 0, (), (not_judged,), (), ())


def _failed_record(run: Run, answer: CaseAnswer[CaseRecord], failure: WorkerFailure) -> CaseRecord:
    from chartkit.findings.judge_chart import judge_outcome

    render, chart, case = failed_render(run, failure), answer.loaded.chart, answer.case
    found = list(judge_outcome(chart, case, render, (), run.rules, strict=run.settings.strict))
    findings = tuple(item for item in found if isinstance(item, Finding))
    not_judged = tuple(item for item in found if isinstance(item, NotJudged))
    return CaseRecord("", render.failure, False, 0, findings, not_judged, (), ())


def failed_render(run: Run, failure: WorkerFailure) -> Render:
    """What stands for the render of a case that took its worker with it, or more time than it may."""
    message = failure.message
    hint = _HINTS.get(failure.kind, "")
    return Render("", run.settings.engine, failure=Failure(failure.kind, message, message, hint=hint))


def downgrade_missing_values(outcomes: Sequence[CaseOutcome]) -> Iterator[Finding]:
    """What is found in the cases; that a chart wants values is a note where a scenario gives them.

    Where none does, nothing of the chart was judged by these values, and that is an error. Objects that are
    made without those values are judged where they are given.
    """
    rendered = {outcome.loaded.planned.path for outcome in outcomes if outcome.record.failure is None}
    for outcome in outcomes:
        gives_way = outcome.loaded.planned.path in rendered and _is_bare(outcome.case)
        wanting = gives_way and any(map(_wants_values, outcome.record.findings))
        for finding in outcome.record.findings:
            if wanting and _wants_values(finding):
                yield dataclasses.replace(finding, severity=Severity.NOTE, hint=_HINT)
            elif not wanting or finding.resource is None:
                yield finding


def cases_without_finding(outcomes: Iterable[CaseOutcome]) -> Iterator[NotJudged]:
    """The cases that are not rendered, and of which no finding says so because its rule is off."""
    for outcome in outcomes:
        failure = outcome.record.failure
        is_found = any(finding.rule in _REFUSALS for finding in outcome.record.findings)
        if failure is not None and outcome.is_refused and not outcome.is_untried and not is_found:
            reason = f"Helm refuses it: {failure.message}"
            yield NotJudged("case", outcome.case.chart, reason, cases=(outcome.case.ref,))


def charts_without_finding(run: Run, planned: PlannedChart, hits: Sequence[Hit]) -> Iterator[NotJudged]:
    """The chart that cannot be read, where no finding says so because its rule is off."""
    if _UNREADABLE not in run.rules:
        reason = next((hit.message for hit in hits if hit.rule == _UNREADABLE), "it cannot be read")
        yield NotJudged("chart", planned.name, reason, cases=tuple(case.ref for case in planned.cases))


def unrendered(charts: Iterable[PlannedChart], outcomes: Iterable[CaseOutcome]) -> tuple[PlannedChart, ...]:
    """Those of *charts* of which nothing is rendered, though something should be."""
    rendered = {outcome.case.path for outcome in outcomes if outcome.record.failure is None}
    left = (chart for chart in charts if not chart.library and chart.shown not in rendered)
    return tuple(chart for chart in left if not chart.cases or any(map(_must_render, chart.cases)))


def _must_render(case: Case) -> bool:
    return case.scenario.fails is None


def keeps_from_judging(finding: Finding, charts: Collection[str]) -> bool:
    """Whether *finding* says why one of *charts* (by name) is not judged, of which nothing is rendered.

    What else is wrong with such a chart is not known, so a baseline cannot accept it as it is.
    """
    return finding.rule in _KEEPING and finding.chart in charts


def suppressed_refusals(findings: Iterable[Finding], results: Iterable[CaseResult]) -> Iterator[NotJudged]:
    """What is not rendered, where the finding that says so is suppressed."""
    left = {result.case for result in results if not result.rendered and not result.must_fail}
    for finding in findings:
        about = finding.suppressed is not None and finding.rule in _KEEPING - {_FILE_MISSING}
        if about and not (finding.cases and left.isdisjoint(finding.cases)):
            reason = "it is not rendered: " + finding.message.partition("\n")[0]
            what = "case" if finding.cases else "chart"
            yield NotJudged(what, finding.chart, reason, cases=finding.cases)


def _wants_values(finding: Finding) -> bool:
    """Whether the chart only says that a value is not there; a default of the wrong type is a fault."""
    if finding.rule == "values-schema-violated":
        return _ABSENT.search(finding.message) is not None
    return finding.rule in _WANTS_VALUES


def _is_bare(case: Case) -> bool:
    """Whether *case* is of the scenario that every chart has, and gives no values; ``{}`` says no more."""
    scenario = case.scenario
    gives = scenario.values_files or scenario.values or scenario.set_values or scenario.base != BaseValues()
    return scenario.name == DEFAULT and not gives


def merge_missing(messages: Iterable[Message]) -> list[Message]:
    """*messages*, with what is missing reported once: a dependency where it is declared.

    A template that is not defined is reported by the cases that Helm refuses for it, where there are any.
    """
    items = list(messages)
    declared = {_folder(item) for item in items if _is_missing(item) and not item.cases}
    refused: dict[str, set[CaseRef]] = {}
    for item in items:
        if _is_missing(item) and _folder(item) in declared:
            refused.setdefault(_folder(item), set()).update(item.cases)
    kept: list[Message] = []
    for item in items:
        if not _is_missing(item) or _folder(item) not in declared:
            kept.append(item)
        elif not item.cases:
            kept.append(dataclasses.replace(item, cases=tuple(sorted(refused[_folder(item)]))))
    return list(_merge_undefined(kept))


def _merge_undefined(items: Sequence[Message]) -> Iterator[Message]:
    """*items* without the undefined templates that a case runs; the refusal has the hint then."""
    hints = {_line(item): item.hint for item in items if _has_rule(item, _UNDEFINED)}
    run = {_line(item) for item in items if _has_rule(item, FAILURE_RULES["template"])}
    for item in items:
        if _has_rule(item, FAILURE_RULES["template"]) and not item.hint and _line(item) in hints:
            yield dataclasses.replace(item, hint=hints[_line(item)])
        elif not (_has_rule(item, _UNDEFINED) and _line(item) in run):
            yield item


def _has_rule(item: Message, rule: str) -> TypeGuard[Finding]:
    return isinstance(item, Finding) and item.rule == rule


def _line(finding: Finding) -> tuple[str, int | None]:
    return finding.place.file, finding.place.line


def _is_missing(item: Message) -> bool:
    return isinstance(item, Finding) and item.rule == _MISSING


def _folder(item: Message) -> str:
    """The chart that a finding is about: its folder, or its archive."""
    if not isinstance(item, Finding):
        return ""
    file = pathlib.PurePosixPath(item.place.file)
    return str(file.parent if file.suffix == ".yaml" else file)
