"""From what is known of a key to what is said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.coverage.values.experiments import Outcome
from chartkit.coverage.values.keys import dotted
from chartkit.coverage.values.references import ANY, Read, ReadSite
from chartkit.coverage.values.results import Entry, Status
from chartkit.coverage.values.study import Study, Subject
from chartkit.model.case import Chart
from chartkit.model.place import Place

_SITES: Final = 5


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """All that was found out; *doubt* and *obstacle* are sentences, or empty.

    *doubt*: why a template may read what none mentions. *obstacle*: why it is not known what runs.
    """

    chart: Chart
    study: Study
    outcome: Outcome
    doubt: str
    obstacle: str

    def place(self, site: ReadSite) -> Place:
        text = self.study.templates.get(site.file)
        if text is None:
            text = self.chart.files.get(site.file, b"").decode(errors="replace")
            if not text:
                return Place("a template text in values")
        return Place(self.chart.origin(site.file), text.count("\n", 0, site.start) + 1)


def classify(subject: Subject, varied_by: tuple[str, ...], facts: KeyFacts) -> Entry | None:
    """What is said of *subject*; None where it is a candidate that came to nothing."""
    reads = facts.study.mentions.of(subject.path)
    if subject.candidate is not None:
        return _undeclared(subject, varied_by, facts)
    status, evidence = _status(subject, reads, facts)
    if not reads:
        uncalled = facts.study.uncalled if status is Status.UNREAD else None
        reads = uncalled.of(subject.path) if uncalled else facts.study.mentions.dumps_of(subject.path)
    assert subject.key is not None
    return _entry(subject, subject.key.place, (status, evidence), reads, varied_by, facts)


def _entry(
    subject: Subject,
    place: Place | None,
    reason: tuple[Status, str],
    reads: Sequence[Read],
    varied_by: tuple[str, ...],
    facts: KeyFacts,
) -> Entry:
    places = sorted(
        {facts.place(read.site) for read in reads}, key=lambda place: (place.file, place.line or 0)
    )
    return Entry(subject.path, place, *reason, tuple(places[:_SITES]), len(places), varied_by)


_Said = tuple[Status, str]


def _status(subject: Subject, reads: Sequence[Read], facts: KeyFacts) -> _Said:
    outcome = facts.outcome
    if subject.number in outcome.shown:
        return Status.READ, _shows(*outcome.shown[subject.number])
    if helm := [read for read in reads if read.site.file.endswith(("Chart.yaml", "requirements.yaml"))]:
        file = helm[0].site.file.rpartition("/")[2]
        return Status.READ, f"Helm itself reads it for a dependency in {file}"
    dumped = "it shows where all values are printed or hashed" if subject.number in outcome.dumped else ""
    status, why = _named(reads, facts) if reads else _nameless(subject, dumped, facts)
    return status, "; ".join(filter(None, (why, dumped)))


def _named(reads: Sequence[Read], facts: KeyFacts) -> _Said:
    """Of what templates name, and what did not show."""
    running = facts.outcome.running
    if facts.obstacle:
        return Status.UNDETERMINED, f"no scenario shows it, but {facts.obstacle}"
    if runs := [read.site for read in reads if read.site in running]:
        return (
            Status.IDLE,
            f"{_at(facts.place(runs[0]))} reads it in scenario {running[runs[0]]}, to no effect",
        )
    mentions = facts.study.mentions
    if all(mentions.is_single(read) and read.site.end > read.site.start for read in reads):
        return Status.UNREACHED, "no scenario reaches what reads it"
    return Status.UNREACHED, "what may read it does not run, or reads other keys there"


def _nameless(subject: Subject, dumped: str, facts: KeyFacts) -> _Said:
    """Of what no template names: the first of these that holds."""
    dumps = facts.study.mentions.dumps_of(subject.path)
    uncalled = facts.study.uncalled.of(subject.path)
    missing = _missing(subject, facts)
    is_anchor = subject.key is not None and subject.key.is_anchor
    checks = [
        (missing, Status.UNDETERMINED, f"dependency {missing} is missing, which may read it"),
        (is_anchor, Status.ANCHOR, "an alias in the values file repeats it, and no template names it"),
        (dumped, Status.DUMPED, "no template names it"),
        (dumps, Status.UNREACHED, f"no template names it; {_first(dumps, facts)} may use it with all others"),
        (facts.doubt, Status.UNDETERMINED, f"no template names it, but {facts.doubt}"),
        (
            uncalled,
            Status.UNREAD,
            f"only a named template that nothing calls reads it: {_first(uncalled, facts)}",
        ),
    ]
    reason = ((status, why) for holds, status, why in checks if holds)
    return next(reason, (Status.UNREAD, "no template reads it"))


def _first(reads: Sequence[Read], facts: KeyFacts) -> str:
    return _at(facts.place(min(reads).site)) if reads else ""


def _missing(subject: Subject, facts: KeyFacts) -> str:
    """A dependency that is not there, and that sees the key."""
    for scope, name in facts.study.scopes.missing.items():
        if subject.path[: len(scope)] == scope or subject.path[0] == "global":
            return name
    return ""


def _shows(scenario: str, where: str) -> str:
    return f"changes {where or 'the render'} in scenario {scenario}"


def _at(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.line else place.file


def _undeclared(subject: Subject, varied_by: tuple[str, ...], facts: KeyFacts) -> Entry | None:
    candidate, outcome = subject.candidate, facts.outcome
    assert candidate is not None
    shown = outcome.shown.get(subject.number)
    running = [read.site for read in candidate.reads if read.site in outcome.running]
    if not candidate.certain and shown is None:
        return None
    if shown:
        reason = _shows(*shown)
    elif running:
        reason = f"read at {_at(facts.place(running[0]))} in scenario {outcome.running[running[0]]}"
    else:
        reason = "no scenario shows it"
    named = (read.path for read in candidate.reads if len(read.path) > len(subject.path))
    longer = sorted({dotted(path) for path in named if ANY not in path})
    if longer:
        reason += f"; templates read {', '.join(longer[:3])}" + (" …" if len(longer) > 3 else "")
    if candidate.below_empty:
        reason += f"; {dotted(subject.path[:-1])} is declared empty"
    return _entry(
        subject, _comment(subject, facts), (Status.UNDECLARED, reason), candidate.reads, varied_by, facts
    )


def _comment(subject: Subject, facts: KeyFacts) -> Place | None:
    """The line of values.yaml that names the key in a comment, as ``# name: …``."""
    declared = facts.study.declared
    lines: Mapping[str, tuple[int, ...]] = declared.comments
    above = [
        key.place.line or 0 for key in declared.keys if key.path[: len(subject.path) - 1] == subject.path[:-1]
    ]
    first = min(above, default=0) if len(subject.path) > 1 else 0
    found = [line for line in lines.get(subject.path[-1], ()) if line >= first - 1]
    return Place(declared.file, found[0]) if found else None
