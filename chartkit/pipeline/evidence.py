"""What there is to see of findings, asked of the workers once for each case that tells of them."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Final

from chartkit.model.case import CaseRef
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.finding import Finding
from chartkit.model.place import Place
from chartkit.model.report import Report
from chartkit.pipeline import cache_keys, codec, excerpts
from chartkit.pipeline.records import Asked, Gathered
from chartkit.pipeline.run import Answer, Outcome, Run
from chartkit.system import cache
from chartkit.system.worker_pool import Lost

_AT_ONCE: Final = 300
"""Findings of a case that one job gathers for: it must end in time."""

Wanted = Callable[[Finding], bool]


def everything(_: Finding) -> bool:
    """For those who want the evidence of every finding."""
    return True


def with_evidence(
    run: Run, report: Report, outcomes: Sequence[Outcome], wanted: Wanted = everything
) -> Report:
    """*report* with the evidence of its findings, those that are not *wanted* with none.

    A finding is shown in the first of its cases; what all findings of a case need is gathered together.
    """
    told = _Told(outcomes)
    found: dict[int, Evidence] = {}
    work: defaultdict[int, list[int]] = defaultdict(list)
    for number, finding in enumerate(report.findings):
        if wanted(finding):
            outcome = told.outcome_of(finding)
            if outcome is None:
                found[number] = Evidence(sources=tuple(_sources(run, finding.places)))
            else:
                work[outcome].append(number)
    lines: dict[str, str] = {}
    for number, each in _gathered(run, report, [(outcomes[one], numbers) for one, numbers in work.items()]):
        found[number] = _shared(each, lines)
    evidence = (found.get(number, Evidence()) for number in range(len(report.findings)))
    return dataclasses.replace(report, evidence=tuple(evidence))


def _gathered(
    run: Run, report: Report, work: Sequence[tuple[Outcome, Sequence[int]]]
) -> Iterator[tuple[int, Evidence]]:
    """The evidence of the findings with these numbers, a few hundred of a case at a time."""
    started = []
    for outcome, numbers in work:
        for first in range(0, len(numbers), _AT_ONCE):
            part = numbers[first : first + _AT_ONCE]
            started.append((outcome, part, _start(run, outcome, [report.findings[one] for one in part])))
    for outcome, part, future in started:
        answer = future.result()[0]
        if isinstance(answer, Lost):
            lost = Evidence(outcome.case.ref, unknown=(f"all of it: gathering it {answer.message}",))
            answer = Gathered((lost,) * len(part))
        yield from zip(part, answer.evidence, strict=True)


class _Told:
    """Finds the outcome that tells of a finding, where several charts may have one name."""

    def __init__(self, outcomes: Sequence[Outcome]) -> None:
        self._outcomes = outcomes
        self._by_case: defaultdict[CaseRef, list[int]] = defaultdict(list)
        self._files: dict[str, frozenset[str]] = {}
        for number, outcome in enumerate(outcomes):
            self._by_case[outcome.case.ref].append(number)

    def outcome_of(self, finding: Finding) -> int | None:
        """The number of the outcome of the first case of *finding*, of its own chart before others."""
        cases = sorted(finding.cases, key=lambda case: case.chart != finding.chart)
        found = self._by_case.get(cases[0], []) if cases else []
        own = (one for one in found if self._is_of(self._outcomes[one], finding))
        return next(own, next(iter(found), None))

    def _is_of(self, outcome: Outcome, finding: Finding) -> bool:
        chart = outcome.loaded.chart
        if chart.path not in self._files:
            self._files[chart.path] = frozenset((*chart.origins.values(), chart.path))
        return any(place.file in self._files[chart.path] for place in finding.places)


def _start(run: Run, outcome: Outcome, findings: Sequence[Finding]) -> Future[Answer[Gathered]]:
    own: defaultdict[object, list[Finding]] = defaultdict(list)
    for each in outcome.record.findings:
        own[each.identity].append(each)
    asked = tuple(_asked(_as_seen(finding, own)) for finding in findings)
    loaded, case, rendered = outcome.loaded, outcome.case, outcome.record.rendered
    files = sorted({place.file for one in asked for place in one.places} - {*loaded.chart.origins.values()})
    texts = ((file, excerpts.beginning(run.config.cwd / file)) for file in files)
    contents = [(file, cache.digest(text.encode("utf-8", "surrogateescape"))) for file, text in texts]
    of_case = cache_keys.of_case(run.shared, loaded.chart, case)
    name = cache.key("evidence", of_case, rendered.text, codec.encode(asked), contents)
    function = "chartkit.pipeline.evidence_worker:gather"
    return run.start_job(name, Gathered, function, loaded, case, rendered, str(run.config.cwd), asked)


def _as_seen(finding: Finding, own: Mapping[object, Sequence[Finding]]) -> Finding:
    """*finding* as the case itself tells it: its lines of the render are those of this case."""
    same = own.get(finding.identity, ())
    at_place = [each for each in same if each.place == finding.place]
    return next(iter(at_place or same), finding)


def _asked(finding: Finding) -> Asked:
    rendered = finding.rendered
    if rendered is None and finding.snippet is not None and finding.snippet.rendered:
        rendered = finding.snippet
    return Asked(
        finding.places,
        (finding.passed_on or finding.place, *finding.includes),
        finding.resource,
        finding.path,
        finding.rendered_line,
        rendered.column if rendered is not None and rendered.line == finding.rendered_line else None,
        finding.unplaced,
    )


def _sources(run: Run, places: Sequence[Place]) -> Iterator[Excerpt]:
    """The lines around *places*: of what is told of a chart or of the configuration, there is no more."""
    root = run.config.cwd
    for place in dict.fromkeys(places):
        path = root / place.file
        if place.line is not None and path.resolve().is_relative_to(root.resolve()):
            text = excerpts.beginning(path)
            found = excerpts.around(text.split("\n"), place.file, place.line, place.column)
            yield from [found] if text and found else []


def _shared(evidence: Evidence, lines: dict[str, str]) -> Evidence:
    """*evidence* with each line in memory once, however many findings show it."""

    def slim(excerpt: Excerpt) -> Excerpt:
        shared = tuple(lines.setdefault(line, line) for line in excerpt.lines)
        return dataclasses.replace(excerpt, lines=shared)

    return dataclasses.replace(
        evidence,
        sources=tuple(map(slim, evidence.sources)),
        rendered=slim(evidence.rendered) if evidence.rendered else None,
    )
