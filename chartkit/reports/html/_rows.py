"""What stands in the page of each finding, whether scripts run or not."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chartkit.model.finding import Finding, Snippet
from chartkit.reports import _groups, _words
from chartkit.reports.html._drifts import Drift
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
    line: Line | None
    steps: tuple[tuple[str, str, str], ...]
    cases: str
    facts: tuple[tuple[str, str], ...]
    drifts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line to show: its *number*, the text *before* what is meant, and what is meant."""

    number: str
    before: str
    text: str
    pointed: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one file."""

    file: str
    rows: tuple[Row, ...]


def rows(groups: Sequence[_groups.Group], drifts: Sequence[Drift], ran: _words.Ran) -> list[Row]:
    """A row for each of *groups*, in their order."""
    held: dict[int, list[int]] = {}
    for number, drift in enumerate(drifts):
        for finding in drift.findings:
            held.setdefault(finding, []).append(number)
    return [_row(group, number, tuple(held.get(number, ())), ran) for number, group in enumerate(groups)]


def by_file(found: Sequence[Row]) -> list[Group]:
    """The rows in their order, in groups of one file."""
    return [
        Group(file, tuple(group))
        for file, group in itertools.groupby(found, key=lambda row: row.finding.place.file)
    ]


def _row(group: _groups.Group, number: int, drifts: tuple[int, ...], ran: _words.Ran) -> Row:
    finding = _groups.head(group)
    head, *rest = finding.message.split("\n")
    cases = _words.cases(finding.cases, finding.chart, ran)
    facts = _facts(group, cases)
    return Row(
        number=number,
        ids=tuple(f"finding-{each.fingerprint}" for each in group),
        finding=finding,
        head=head,
        rest=() if drifts else tuple(rest),
        at=":".join(str(part) for part in (finding.place.line, finding.place.column) if part),
        line=_line(finding.display.snippet, finding) if finding.display.snippet else None,
        steps=tuple((word, _words.where(place), text) for word, place, text in _words.steps(finding)),
        cases=cases,
        facts=tuple((label, text) for label, text in facts.items() if text),
        drifts=drifts,
    )


def _line(snippet: Snippet, finding: Finding) -> Line:
    at = snippet.column - 1
    pointed = snippet.rendered or finding.place.column is not None
    number = f"rendered:{snippet.line}" if snippet.rendered else str(snippet.line)
    return Line(number, visible(snippet.text[:at]), visible(snippet.text[at:]), pointed)


def _facts(group: _groups.Group, cases: str) -> Mapping[str, str]:
    finding, named, charts = group[0], _groups.objects(group), _groups.charts(group)
    where = [_words.listed([*map(_words.resource, named)])] if named else []
    if finding.rendered_line and len(named) < 2:
        where.append(f"line {finding.rendered_line} of the render")
    return {
        "also": "; ".join(f"{each.rule}: {each.message}" for each in _groups.others(group)),
        _several("object", named) if named else "render": ", ".join(where),
        "path": _words.listed([*map(_words.path, _groups.paths(group))]),
        "line": _words.caveat(finding),
        "value": finding.display.value,
        _several("chart", charts): _words.listed(charts),
        "cases": cases,
        "suppressed": finding.suppressed or "",
    }


def _several(word: str, named: Sequence[object]) -> str:
    return word + "s" * (len(named) > 1)
