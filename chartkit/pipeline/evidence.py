"""Gathers what there is to see of findings: each is shown in the first case that has it."""

from __future__ import annotations

import bisect
import contextlib
import dataclasses
import functools
import pathlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final

from chartkit.findings.writer import value_sources
from chartkit.helm import manifests
from chartkit.model.case import Case, CaseRef
from chartkit.model.chart_file import is_packed
from chartkit.model.evidence import Evidence, Excerpt, PackedLines, Spot, around, of_document
from chartkit.model.finding import Finding
from chartkit.model.place import Path
from chartkit.model.render import Manifest
from chartkit.model.report import Report
from chartkit.pipeline.records import Settings, StoredRender
from chartkit.pipeline.result_cache import Answer
from chartkit.pipeline.run import CaseOutcome, Run
from chartkit.system.paths import content
from chartkit.system.worker_pool import WorkerFailure

_MOST_READ: Final = 4 << 20

Wanted = Callable[[Finding], bool]


def with_evidence(run: Run, report: Report, outcomes: Sequence[CaseOutcome], wanted: Wanted) -> Report:
    """*report* with the evidence of those of its findings that are *wanted*."""
    choice = _Outcomes(outcomes)
    work: defaultdict[int | None, list[Finding]] = defaultdict(list)
    for finding in filter(wanted, report.findings):
        work[choice.number_of(finding)].append(finding)
    files = Files(run.config.cwd)
    loose = work.pop(None, [])
    cases = [
        _CaseEvidence(run, outcomes[number], found) for number, found in work.items() if number is not None
    ]
    evidence = {each.fingerprint: Evidence(sources=tuple(files.sources(each))) for each in loose}
    for case in cases:
        evidence.update(case.evidence(files))
    return dataclasses.replace(report, evidence=evidence)


class _Outcomes:
    """Finds the outcome that shows a finding, where several charts may have one name."""

    def __init__(self, outcomes: Sequence[CaseOutcome]) -> None:
        self._outcomes = outcomes
        self._by_case: defaultdict[CaseRef, list[int]] = defaultdict(list)
        self._files: dict[str, frozenset[str]] = {}
        for number, outcome in enumerate(outcomes):
            self._by_case[outcome.case.ref].append(number)

    def number_of(self, finding: Finding) -> int | None:
        """The number of the outcome of the first case of *finding*, of its own chart before others."""
        cases = sorted(finding.cases, key=lambda case: case.chart != finding.chart)
        found = self._by_case.get(cases[0], []) if cases else []
        own = (one for one in found if self._is_of(self._outcomes[one], finding))
        return next(own, next(iter(found), None))

    def _is_of(self, outcome: CaseOutcome, finding: Finding) -> bool:
        chart = outcome.loaded.chart
        if chart.path not in self._files:
            self._files[chart.path] = frozenset((*chart.origins.values(), chart.path))
        return any(place.file in self._files[chart.path] for place in finding.places)


class Files:
    """Reads files of the working tree, and of charts and values files also beside it."""

    def __init__(self, root: pathlib.Path) -> None:
        self._root, self._real = root, root.resolve()
        self._lines = functools.lru_cache(maxsize=64)(self._read)

    def sources(
        self, finding: Finding, allowed: frozenset[str] = frozenset(), packed: Iterable[Excerpt] = ()
    ) -> Iterator[Excerpt]:
        """Around each place of *finding*; of those in an archive, what *packed* has of it."""
        for place in dict.fromkeys(finding.places):
            if place.line is None:
                yield from (each for each in packed if each.file.startswith(f"{place.file}/"))
            elif place.file in allowed or (self._root / place.file).resolve().is_relative_to(self._real):
                found = around(self._lines(place.file), place.file, place.line, place.column)
                yield from [found] if found else []

    def _read(self, file: str) -> Sequence[str]:
        with contextlib.suppress(OSError, ValueError):
            text = content(self._root / file, _MOST_READ).decode("utf-8", "surrogateescape")
            return text.split("\n") if text else ()
        return ()


@dataclass(frozen=True, slots=True)
class _ShownFinding:
    """A *finding* of the report as the case itself has it, its lines being those of this render."""

    fingerprint: str
    finding: Finding
    rendered: Excerpt | None
    packed: int | None = None


class _CaseEvidence:
    """The findings that are shown in one case; a worker begins with what is in archives at once."""

    def __init__(self, run: Run, outcome: CaseOutcome, findings: Iterable[Finding]) -> None:
        self._outcome = outcome
        text = run.store.text(outcome.record.text) if outcome.record.text else ""
        render, spots = RenderedObjects(text), list[Spot]()
        own: defaultdict[object, list[Finding]] = defaultdict(list)
        for each in outcome.record.findings:
            own[each.identity].append(each)
        self._seen = [_seen(render, finding, own.get(finding.identity, ()), spots) for finding in findings]
        self._has_render = bool(render.documents)
        self._packed = _start(run, outcome, tuple(spots)) if spots else None
        self._unread = tuple(_unread(run, outcome))

    def evidence(self, files: Files) -> Iterator[tuple[str, Evidence]]:
        """The evidence of each finding, by its fingerprint."""
        chart, answer = self._outcome.loaded.chart, self._packed.result()[0] if self._packed else None
        allowed = frozenset((*chart.origins.values(), *value_sources(self._outcome.case.scenario)))
        for each in self._seen:
            packed: Sequence[Excerpt] = ()
            unknown = [*self._unread]
            if isinstance(answer, PackedLines) and each.packed is not None:
                packed = answer.of_spots[each.packed]
            elif isinstance(answer, WorkerFailure) and each.packed is not None:
                unknown.append(f"the lines in archives: finding them {answer.message}")
            unknown = [*_unknown(each, packed, has_render=self._has_render), *unknown]
            sources = tuple(files.sources(each.finding, allowed, packed))
            yield each.fingerprint, Evidence(self._outcome.case.ref, sources, each.rendered, tuple(unknown))


def _seen(
    render: RenderedObjects, finding: Finding, own: Sequence[Finding], spots: list[Spot]
) -> _ShownFinding:
    """*finding* as its case has it; where it has lines in archives, its place in the render joins *spots*."""
    at_place = [each for each in own if each.place == finding.place]
    seen = next(iter(at_place or own), finding)
    rendered = render.excerpt(seen, certain=bool(own))
    if rendered is None or rendered.line is None or not any(is_packed(each.file) for each in seen.places):
        return _ShownFinding(finding.fingerprint, seen, rendered)
    spots.append((rendered.line, rendered.column or 1))
    return _ShownFinding(finding.fingerprint, seen, rendered, len(spots) - 1)


def _start(run: Run, outcome: CaseOutcome, spots: tuple[Spot, ...]) -> Future[Answer[PackedLines]]:
    loaded, case, rendered = outcome.loaded, outcome.case, outcome.record.rendered
    return run.start(packed_lines, loaded, case, rendered, spots)


def packed_lines(
    settings: Settings, chart_file: str, case: Case, rendered: StoredRender, spots: tuple[Spot, ...]
) -> PackedLines:
    """The job that finds the lines within archives that made the *spots* of the render of *case*."""
    from chartkit.pipeline import evidence_worker

    return evidence_worker.packed_lines(settings, chart_file, case, rendered, spots)


def _unread(run: Run, outcome: CaseOutcome) -> Iterator[str]:
    """What Helm may render by, and what was not read for safety."""
    chart = outcome.loaded.chart
    unread = [name.partition("/")[2] for name, place in chart.left_out.items() if place is None]
    if unread and run.load(outcome.loaded.planned)[1].withheld:
        for name in unread:
            yield f"what Helm makes of {name!r}: it is unsafe to read, so this is another render than Helm's"


def _unknown(seen: _ShownFinding, packed: Sequence[Excerpt], *, has_render: bool) -> Iterator[str]:
    """What could not be found out of the places and the render, and why."""
    finding = seen.finding
    if finding.display.line_unknown and not packed and not any(place.line for place in finding.places):
        yield f"the line of the template: {finding.display.line_unknown}"
    if seen.rendered is None and (finding.resource is not None or finding.rendered_line is not None):
        refused = "Helm refuses the case, so nothing is rendered"
        yield "the rendered object: " + ("it is not in this case's render" if has_render else refused)


class RenderedObjects:
    """The documents of a render, in which the objects of findings are looked up."""

    def __init__(self, text: str) -> None:
        self.documents = tuple(manifests.documents(text))
        self._first = [first for _, _, first in self.documents]
        self._objects = functools.cache(lambda number: manifests.read_document(*self.documents[number])[0])

    def excerpt(self, finding: Finding, *, certain: bool) -> Excerpt | None:
        """The document of the object of *finding*; None where there is none.

        Where it is *certain* that the finding's line is of this render, the object need not be read.
        """
        line, number = finding.rendered_line, self._at(finding.rendered_line)
        column = _column(finding)
        if number is not None and line is not None and certain and column is not None:
            return self._shown(number, line, column)
        if finding.resource is None:
            return self._shown(number, line, column) if number is not None and line is not None else None
        everywhere = range(len(self.documents))
        for each in everywhere if number is None else [number, *everywhere]:
            if named := [one for one in self._objects(each) if one.resource == finding.resource]:
                at, start = manifests.position(named[0], _steps(named[0], finding.path))
                if each != number or line is None:
                    return self._shown(each, at, start)
                return self._shown(each, line, column or (start if at == line else None))
        return None

    def _at(self, line: int | None) -> int | None:
        """The number of the document that holds *line*."""
        number = bisect.bisect_right(self._first, line) - 1 if line is not None else -1
        if line is None or number < 0:
            return None
        text, _, first = self.documents[number]
        return number if line <= first + text.count("\n") else None

    def _shown(self, number: int, line: int, column: int | None) -> Excerpt | None:
        text, _, first = self.documents[number]
        return of_document(text, line, column, first)


def _column(finding: Finding) -> int | None:
    """Where in its line of the render it is, as far as the finding says so."""
    shown = finding.display.in_render
    return shown.column if shown and shown.line == finding.rendered_line else None


def _steps(manifest: Manifest, pointer: str) -> Path:
    """The JSON *pointer* into the object as a path from the top of its document."""
    value: Any = manifest.body
    path: list[str | int] = []
    for raw in pointer.split("/")[1:]:
        step: str | int = raw.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and raw.isdecimal():
            step = int(raw)
        path.append(step)
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
    return (*manifest.base, *path)
