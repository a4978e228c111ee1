"""What the scenarios of charts run of their templates: branches, lines and named templates.

All of it is frozen values; the file with the same text is one file, whichever charts use it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chartkit.model.place import Place


@dataclass(frozen=True, slots=True, order=True)
class ScenarioRef:
    """A scenario of a chart, which runs some of its templates."""

    chart: str
    scenario: str

    def __str__(self) -> str:
        return f"{self.chart}/{self.scenario}"


Hits = Mapping[ScenarioRef, int]
"""How often each scenario ran something, on all its Kubernetes versions; those that did not are left out."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hit: int = 0
    of: int = 0

    @property
    def percent(self) -> float:
        """Rounded down to tenths, so that 100 means all; of nothing, all is covered."""
        return self.hit * 1000 // self.of / 10 if self.of else 100.0

    def __add__(self, other: Share) -> Share:
        return Share(self.hit + other.hit, self.of + other.of)


@dataclass(frozen=True, slots=True)
class BranchCoverage:
    """One way on from a decision.

    *kind* is ``if``, ``else if``, ``else``, ``with``, ``else with``, of a loop ``zero``, ``one`` and
    ``many``, or of an operand what it was, as ``default empty``. *text* is the condition, the list, or the
    operand; *decision* what all ways on from it share, *at* the line that it is made on. *reached* says
    whether it was met, *hidden* whether all around it was never run.
    *excuse* is why it need not be taken (see `excuses`). It stands from *start* to *end* of the
    template's text; of what is not written out, both are where the decision is. *head* is how the decision
    begins: ``if``, ``with``, ``range``; *simple*: there are two ways only.
    """

    number: int
    decision: int
    at: int
    kind: str
    line: int
    column: int
    start: int
    end: int
    text: str
    hits: Hits = field(repr=False)
    reached: bool
    hidden: bool = False
    excuse: str = ""
    head: str = "if"
    simple: bool = False

    @property
    def covered(self) -> bool:
        return bool(self.hits)

    @property
    def missed(self) -> bool:
        """Whether it counts as not covered."""
        return not self.hits and not self.excuse


@dataclass(frozen=True, slots=True)
class DefineCoverage:
    """A named template, at its first *line* to its *end_line*.

    *replaced* is where another of its name stands that is called instead, *unseen* whether values may
    call it, through ``tpl``, which is not counted.
    """

    name: str
    line: int
    end_line: int
    hits: Hits = field(repr=False)
    replaced: Place | None = None
    unseen: bool = False
    excuse: str = ""
    number: int = -1


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """A template: *lines* are those that hold something to run. *users* are the charts that have it.

    *unmeasured* says why nothing is known of it in some cases (empty: all is).
    """

    path: str
    source: str = field(repr=False)
    branches: tuple[BranchCoverage, ...]
    lines: Mapping[int, Hits] = field(repr=False)
    defines: tuple[DefineCoverage, ...]
    users: tuple[str, ...]
    unmeasured: str = ""

    @property
    def branch_share(self) -> Share:
        counted = [branch for branch in self.branches if branch.covered or not branch.excuse]
        return Share(sum(branch.covered for branch in counted), len(counted))

    @property
    def line_share(self) -> Share:
        return Share(sum(map(bool, self.lines.values())), len(self.lines))

    @property
    def define_share(self) -> Share:
        counted = [define for define in self.defines if define.hits or not define.excuse]
        return Share(sum(bool(define.hits) for define in counted), len(counted))

    @property
    def excused(self) -> int:
        return sum(bool(branch.excuse) and not branch.covered for branch in self.branches)


@dataclass(frozen=True, slots=True)
class ChartCoverage:
    """The templates of one chart; *kind* is ``application``, ``library`` or ``vendored``.

    *whole*: every chart of the configuration that uses it was run, in all its scenarios.
    """

    name: str
    path: str
    kind: str
    files: tuple[FileCoverage, ...]
    whole: bool = True

    @property
    def branch_share(self) -> Share:
        return sum((file.branch_share for file in self.files), Share())

    @property
    def line_share(self) -> Share:
        return sum((file.line_share for file in self.files), Share())

    @property
    def define_share(self) -> Share:
        return sum((file.define_share for file in self.files), Share())

    @property
    def excused(self) -> int:
        return sum(file.excused for file in self.files)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is not in the figures, or not as it should be."""

    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """A scenario that was run, in so many *cases*; *ended* says why it ends early, where it does."""

    ran: ScenarioRef
    cases: int
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """A whole run: the single argument of every format.

    *values* is what is known of the values of each chart, as plain data, where that was asked for.
    """

    charts: tuple[ChartCoverage, ...] = ()
    scenarios: tuple[ScenarioRun, ...] = ()
    remarks: tuple[Remark, ...] = ()
    values: tuple[Mapping[str, Any], ...] | None = field(default=None, hash=False)

    @property
    def files(self) -> Iterator[FileCoverage]:
        return (file for chart in self.charts for file in chart.files)

    @property
    def branch_share(self) -> Share:
        return sum((chart.branch_share for chart in self.charts), Share())

    @property
    def line_share(self) -> Share:
        return sum((chart.line_share for chart in self.charts), Share())

    @property
    def define_share(self) -> Share:
        return sum((chart.define_share for chart in self.charts), Share())

    @property
    def excused(self) -> int:
        return sum(chart.excused for chart in self.charts)

    def below(self, percent: float) -> tuple[ChartCoverage, ...]:
        """The charts of whose branches fewer than *percent* are covered, as far as that is known."""
        return tuple(chart for chart in self.charts if chart.whole and chart.branch_share.percent < percent)


def total(hits: Hits) -> int:
    """How often something was run in all."""
    return sum(hits.values())
