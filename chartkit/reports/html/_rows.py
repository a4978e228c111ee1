"""What stands in the page of each finding, and of what was not judged, whether scripts run or not."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from chartkit.model.finding import Finding, NotJudged, Snippet
from chartkit.reports import _groups, _words
from chartkit.reports.html._drifts import ObjectDrift
from chartkit.system.terminal import visible


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is shown; *ids* are those of its findings on the page, *cases* their cases in words.

    *steps* are what the other lines did, where, and what they say. *drifts* are the numbers of the
    differences from a golden file that it is about, *rest* what its message has below the first line
    besides those.
    """

    number: int
    ids: tuple[str, ...]
    finding: Finding
    head: str
    rest: tuple[str, ...]
    at: str
    line: CodeLine | None
    steps: tuple[tuple[str, str, str], ...]
    cases: str
    facts: tuple[tuple[str, str], ...]
    drifts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A line to show: its *number*, the text *before* what is meant, and what is meant."""

    number: str
    before: str
    text: str
    pointed: bool


@dataclass(frozen=True, slots=True)
class FileRows:
    """The rows of one file."""

    file: str
    rows: tuple[Row, ...]


def rows(
    groups: Sequence[_groups.Group], drifts: Sequence[ObjectDrift], covered: _words.Covered
) -> list[Row]:
    """A row for each of *groups*, in their order."""
    drifts_of: dict[int, list[int]] = {}
    for number, drift in enumerate(drifts):
        for finding in drift.findings:
            drifts_of.setdefault(finding, []).append(number)
    return [
        _row(group, number, tuple(drifts_of.get(number, ())), covered) for number, group in enumerate(groups)
    ]


def by_file(found: Sequence[Row]) -> list[FileRows]:
    """The rows in their order, in groups of one file."""
    return [
        FileRows(file, tuple(group))
        for file, group in itertools.groupby(found, key=lambda row: row.finding.place.file)
    ]


def _row(group: _groups.Group, number: int, drifts: tuple[int, ...], covered: _words.Covered) -> Row:
    finding = _groups.head(group)
    head, *rest = finding.message.split("\n")
    cases = _words.cases(finding.cases, finding.chart, covered)
    facts = _facts(group, cases)
    return Row(
        number=number,
        ids=tuple(f"finding-{each.fingerprint}" for each in group),
        finding=finding,
        head=head,
        rest=() if drifts else tuple(rest),
        at=":".join(str(part) for part in (finding.place.line, finding.place.column) if part),
        line=_line(finding.display.snippet, finding) if finding.display.snippet else None,
        steps=tuple((word, _words.where(place), text) for word, place, text in _words.other_places(finding)),
        cases=cases,
        facts=tuple((label, text) for label, text in facts.items() if text),
        drifts=drifts,
    )


def _line(snippet: Snippet, finding: Finding) -> CodeLine:
    at = snippet.column - 1
    pointed = snippet.rendered or finding.place.column is not None
    number = f"rendered:{snippet.line}" if snippet.rendered else str(snippet.line)
    return CodeLine(number, visible(snippet.text[:at]), visible(snippet.text[at:]), pointed)


def _facts(group: _groups.Group, cases: str) -> Mapping[str, str]:
    finding, named, charts = group[0], _groups.objects(group), _groups.charts(group)
    where = [_words.listed([*map(_words.resource, named)])] if named else []
    if finding.rendered_line and len(named) < 2:
        where.append(f"line {finding.rendered_line} of the render")
    return {
        "also": "; ".join(f"{each.rule}: {each.message}" for each in _groups.others(group)),
        _several("object", named) if named else "render": ", ".join(where),
        "path": _words.listed([*map(_words.path, _groups.paths(group))]),
        "line": _words.location_note(finding),
        "value": finding.display.value,
        _several("chart", charts): _words.listed(charts),
        "cases": cases,
        "suppressed": finding.suppressed or "",
    }


def _several(word: str, named: Sequence[object]) -> str:
    return word + "s" * (len(named) > 1)


UnjudgedLine = tuple[str, str, str, str]
"""What was not judged, its object, its chart and its cases, in words."""


def unjudged(found: Iterable[NotJudged], covered: _words.Covered) -> list[tuple[str, list[UnjudgedLine]]]:
    """Each reason with what it keeps from being judged, the most frequent first."""
    by_reason: defaultdict[str, list[UnjudgedLine]] = defaultdict(list)
    for each in sorted(found, key=_words.unjudged_order):
        resource = _words.resource(each.resource) if each.resource else ""
        cases = _words.cases(each.cases, each.chart, covered)
        by_reason[each.reason].append((each.what, resource, each.chart, cases))
    return sorted(by_reason.items(), key=lambda item: (-len(item[1]), item[0]))
