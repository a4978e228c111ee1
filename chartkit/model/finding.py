"""A broken rule at a place, how bad it is, and what was not judged."""

from __future__ import annotations

import enum
import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.model.case import CaseRef
from chartkit.model.place import Place, ResourceId


class Severity(enum.IntEnum):
    """How bad, in SARIF's three levels; ordered, so that ``max`` gives the worst."""

    NOTE = 1
    WARNING = 2
    ERROR = 3

    @property
    def label(self) -> str:
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Snippet:
    """The line that a finding is about, to show it; *rendered* when it is of the render."""

    text: str
    line: int
    column: int
    rendered: bool


@dataclass(frozen=True, slots=True)
class Display:
    """What is needed to show a finding: its lines, and how well they are known.

    *snippet* is the line at the finding's place, or of the render where that is not known; *rendered* that of
    the render besides. *passed_on* is the line of a template that only passes on what is set at the place.
    *quoted* are the lines at *passed_on* and at those that called, empty where they cannot be shown.

    *precision* is how well the line of the template is known: ``text``, ``action``, ``yaml``, ``coarse``;
    *line_unknown* says why it is not. *value* names the value that the line only prints, and says what sets
    it, where that is no line of a file.
    """

    snippet: Snippet | None = None
    rendered: Snippet | None = None
    passed_on: Place | None = None
    quoted: tuple[str, ...] = ()
    precision: str = ""
    line_unknown: str = ""
    value: str = ""

    @property
    def in_render(self) -> Snippet | None:
        """The line of the render, where that is shown."""
        return self.rendered or (self.snippet if self.snippet and self.snippet.rendered else None)


NO_DISPLAY: Final = Display()
"""That of a finding about no line."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, at a place, seen in one or more cases.

    *path* is a JSON pointer into the resource (or file). *place* is where to edit: of what templates
    only pass on, where the value is set. *includes* are the lines that called, innermost first. *suppressed*
    is the reason, or None.

    *occurrence* numbers findings of one identity at several places, in the order of lines, from 0.
    """

    rule: str
    severity: Severity
    message: str
    chart: str
    place: Place
    hint: str = ""
    includes: tuple[Place, ...] = ()
    resource: ResourceId | None = None
    path: str = ""
    rendered_line: int | None = None
    cases: tuple[CaseRef, ...] = ()
    suppressed: str | None = None
    display: Display = NO_DISPLAY
    occurrence: int = 0

    @property
    def is_active(self) -> bool:
        """Whether it counts: it is not suppressed."""
        return self.suppressed is None

    @property
    def places(self) -> tuple[Place, ...]:
        """Every line that has to do with it, the one to edit first."""
        return (self.place, *filter(None, (self.display.passed_on,)), *self.includes)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same fault: rule, chart, file, resource and path, not lines.

        The file is in it as charts may share a name. Where there is no resource, the message stands for it.
        """
        what = self.message if self.resource is None else self.resource
        return (self.rule, self.chart, self.place.file, what, self.path)

    @property
    def fingerprint(self) -> str:
        """A stable name of the finding, 16 hexadecimal digits; in a report no two have the same."""
        named = (*self.identity, self.occurrence) if self.occurrence else self.identity
        return hashlib.blake2b(repr(named).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class NotJudged:
    """Something that no rule or schema looked at, and why."""

    what: str
    chart: str
    reason: str
    resource: ResourceId | None = None
    cases: tuple[CaseRef, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleText:
    """What a report can say of a rule: its page as Markdown, and the rule sets that hold it.

    *severity* is the one that it has in the run.
    """

    id: str
    severity: Severity
    text: str = field(default="", repr=False)
    sets: tuple[str, ...] = ()


def merge(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """One finding a fault: the same rule, chart, resource, path and place in several cases is one, sorted.

    Where the place is not known in some of them, it is that of the others. Several messages for one fault
    (of several checks, or of cases that differ) are all kept.
    """
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.identity, []).append(finding)
    united = [_as_one(group) for same in groups.values() for group in _by_place(same)]
    return tuple(sorted(united, key=order))


def _by_place(same: list[Finding]) -> Iterable[list[Finding]]:
    """The findings of one fault by place; those that have none go with the first."""
    places: dict[Place, list[Finding]] = {}
    for finding in same:
        if not finding.display.line_unknown:
            places.setdefault(finding.place, []).append(finding)
    unplaced = [finding for finding in same if finding.display.line_unknown]
    if not places:
        return [unplaced]
    first, *others = sorted(places, key=lambda place: (place.line or 0, place.column or 0))
    return [places[first] + unplaced, *(places[place] for place in others)]


def _as_one(group: list[Finding]) -> Finding:
    first = min(
        group, key=lambda finding: (bool(finding.display.line_unknown), finding.cases, finding.message)
    )
    messages = sorted({finding.message for finding in group} - {first.message})
    also = f" (also: {'; '.join(messages)})" if messages else ""
    return replace(
        first,
        message=first.message + also,
        severity=max((finding.severity for finding in group), default=Severity.NOTE),
        cases=tuple(sorted({case for finding in group for case in finding.cases})),
    )


def number_occurrences(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """*findings* in their order; of those of one identity, the second and later ones bear their number."""
    seen: Counter[tuple[object, ...]] = Counter()
    numbered = []
    for finding in sorted(findings, key=order):
        number = seen[finding.identity]
        seen[finding.identity] += 1
        numbered.append(replace(finding, occurrence=number) if number else finding)
    return tuple(numbered)


def order(finding: Finding) -> tuple[object, ...]:
    """Findings by file, line, rule and resource; the rest makes the order total."""
    place, display = finding.place, finding.display
    return (
        place.file,
        place.line or 0,
        finding.rule,
        resource_order(finding.resource),
        finding.path,
        place.column or 0,
        finding.rendered_line or 0,
        finding.message,
        finding.cases,
        finding.severity,
        repr((finding.chart, finding.hint, finding.includes, finding.suppressed, display.snippet)),
        repr((display.passed_on, display.precision, display.line_unknown, display.quoted, display.rendered)),
        display.value,
    )


def resource_order(resource: ResourceId | None) -> tuple[str, ...]:
    """Resources by kind and name; what belongs to none comes first."""
    if resource is None:
        return ()
    return (resource.kind, resource.name, resource.namespace, resource.api_version)
