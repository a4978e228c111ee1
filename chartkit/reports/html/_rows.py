"""What stands in the page of each finding, whether scripts run or not."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chartkit.model import Finding, Snippet
from chartkit.reports import _words
from chartkit.reports.html._drifts import Drift
from chartkit.terminal import visible


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as it is shown; *id* is its own on the page, *cases* its cases in words.

    *steps* are what the other lines did, where, and what they say. *drifts* are the numbers of the
    differences from a golden file that it is about, *rest* what its message has below the first line
    besides those.
    """

    number: int
    id: str
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


def rows(findings: Sequence[Finding], drifts: Sequence[Drift], ran: _words.Ran) -> list[Row]:
    """The findings in the order that they have."""
    held: dict[int, list[int]] = {}
    for number, drift in enumerate(drifts):
        for finding in drift.findings:
            held.setdefault(finding, []).append(number)
    return [
        _row(finding, number, tuple(held.get(number, ())), ran) for number, finding in enumerate(findings)
    ]


def by_file(found: Sequence[Row]) -> list[Group]:
    """The rows in their order, in groups of one file."""
    return [
        Group(file, tuple(group))
        for file, group in itertools.groupby(found, key=lambda row: row.finding.place.file)
    ]


def _row(finding: Finding, number: int, drifts: tuple[int, ...], ran: _words.Ran) -> Row:
    head, *rest = finding.message.split("\n")
    cases = _words.cases(finding.cases, finding.chart, ran)
    facts = _facts(finding, cases)
    return Row(
        number=number,
        id=f"finding-{finding.fingerprint}",
        finding=finding,
        head=head,
        rest=() if drifts else tuple(rest),
        at=":".join(str(part) for part in (finding.place.line, finding.place.column) if part),
        line=_line(finding.snippet, finding) if finding.snippet else None,
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


def _facts(finding: Finding, cases: str) -> Mapping[str, str]:
    where = [_words.resource(finding.resource)] if finding.resource else []
    if finding.rendered_line:
        where.append(f"line {finding.rendered_line} of the render")
    return {
        "object" if finding.resource else "render": ", ".join(where),
        "path": _words.path(finding.path),
        "line": _words.caveat(finding),
        "value": finding.value,
        "chart": finding.chart,
        "cases": cases,
        "suppressed": finding.suppressed or "",
    }
