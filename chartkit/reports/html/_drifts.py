"""Differences from golden files, object by object; what is the same in many files is shown once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.golden.diff.text import style_of
from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding
from chartkit.reports import _words

RULE: Final = "golden-drifted"
_ON: Final = "on Kubernetes "
_CLASSES: Final = {"red": "minus", "green": "plus", "yellow": "change", "bold": "path", "": ""}


@dataclass(frozen=True, slots=True)
class ObjectDrift:
    """What differs in one object of *chart*; *cases* says where, *findings* which ones show it, by place.

    *lines* are the difference, each with the class of its style. *sign* is ``+``, ``-``, ``~`` or empty.
    """

    number: int
    chart: str
    sign: str
    heading: str
    lines: tuple[tuple[str, str], ...]
    cases: str
    findings: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _DriftedObject:
    heading: str
    lines: tuple[str, ...]
    versions: frozenset[str]


def drifts(findings: Sequence[Finding], covered: _words.Covered) -> list[ObjectDrift]:
    """The differences that *findings* show, by chart, in their order."""
    found: dict[tuple[str, str, tuple[str, ...]], dict[int, list[CaseRef]]] = {}
    for place, finding in enumerate(findings):
        for part in _parts(finding) if finding.rule == RULE else ():
            refs = [ref for ref in finding.cases if _is_of(ref, part)]
            key = (finding.chart, part.heading, part.lines)
            found.setdefault(key, {}).setdefault(place, []).extend(refs)
    by_chart = sorted(found.items(), key=lambda item: item[0][0])
    return [_drift(number, *key, places, covered) for number, (key, places) in enumerate(by_chart)]


def _drift(
    number: int,
    chart: str,
    heading: str,
    lines: Iterable[str],
    places: dict[int, list[CaseRef]],
    covered: _words.Covered,
) -> ObjectDrift:
    refs = {ref for found in places.values() for ref in found}
    signed = heading[:1] in "+-~"
    return ObjectDrift(
        number,
        chart,
        heading[:1] if signed else "",
        heading[2:] if signed else heading,
        tuple((_CLASSES.get(style_of(line), ""), line[4:]) for line in lines),
        _words.cases(refs, chart, covered),
        tuple(places),
    )


def _is_of(ref: CaseRef, part: _DriftedObject) -> bool:
    return not part.versions or _words.version(ref.kube_version) in part.versions


def _parts(finding: Finding) -> Iterator[_DriftedObject]:
    """The objects in a message: each begins at the margin, what differs in it is indented."""
    heading, lines, versions = "", list[str](), frozenset[str]()
    for line in finding.message.split("\n")[1:]:
        if line.startswith(" ") or not line:
            lines.append(line)
            continue
        if heading:
            yield _DriftedObject(heading, tuple(lines), versions)
        heading, lines = line, []
        if line.startswith(_ON):
            heading, versions = "", frozenset(line.removeprefix(_ON).rstrip(":").split(", "))
    if heading:
        yield _DriftedObject(heading, tuple(lines), versions)
