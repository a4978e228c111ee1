"""A broken rule at a place, how bad it is, and what was not judged."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field

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
class Finding:
    """A broken rule, at a place, seen in one or more cases.

    *path* is a JSON pointer into the resource (or file). *place* is where to edit: of what templates
    only pass on, where the value is set, and then *passed_on* is the line of the template. *includes*
    are the lines that called, innermost first. *precision* is how well the line of the template is
    known: ``text``, ``action``, ``yaml``, ``coarse``; *unplaced* says why it is not. *value* names the value
    that the line only prints, and says what sets it, where that is no line of a file. *suppressed* is the
    reason, or None.

    *snippet* is the line at *place*, or of the render where that is not known; *quoted* the lines at
    *passed_on* and *includes*, empty where they cannot be shown; *rendered* that of the render besides.

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
    snippet: Snippet | None = None
    precision: str = ""
    unplaced: str = ""
    passed_on: Place | None = None
    value: str = ""
    quoted: tuple[str, ...] = ()
    rendered: Snippet | None = None
    occurrence: int = 0

    @property
    def places(self) -> tuple[Place, ...]:
        """Every line that has to do with it, the one to edit first."""
        return (self.place, *filter(None, (self.passed_on,)), *self.includes)

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes it the same fault: rule, chart, file, resource and path, not lines.

        The file tells charts of one name apart. Where there is no resource, the message stands for it.
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
