"""A values coverage as text: keys by what is known of them, by file; what is true of several is said once."""

from __future__ import annotations

import collections
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.coverage.values.keys import dotted
from chartkit.coverage.values.references import Steps
from chartkit.coverage.values.results import Entry, Status, ValuesCoverage
from chartkit.model.place import Place
from chartkit.system.terminal import visible, wrap

_HEADS: Final = {
    Status.UNREAD: "no template reads",
    Status.ANCHOR: "only an alias in the values file uses",
    Status.UNDECLARED: "templates read, and the values file does not declare",
    Status.UNREACHED: "no scenario reaches what reads",
    Status.IDLE: "read without effect in any scenario",
    Status.DUMPED: "only where all values are printed or hashed",
    Status.UNDETERMINED: "not known",
}
_UNVARIED: Final = "read, and no scenario varies"
_NOWHERE: Final = "not even a comment names"
_SITES: Final = 3
"""So many files that may read a key are told."""


@dataclass(frozen=True, slots=True)
class _Item:
    """A key, or a table of which the same is true, in a *line* of *file*; *said* is what is known of it."""

    file: str
    line: int | None
    words: str
    evidence: str


def text_lines(coverage: ValuesCoverage, width: int = 100) -> Iterator[str]:
    """The report as lines of *width*, without any markup; tables of which the same is true are one line."""
    counts = collections.Counter(entry.status for entry in coverage.entries)
    declared = len(coverage.entries) - counts[Status.UNDECLARED]
    read = f"{counts[Status.READ]:,} read over {_scenarios(coverage)}"
    yield from _wrapped(f"{coverage.path}: {declared:,} keys, {read}", width, 0)
    for note in coverage.notes:
        yield from _wrapped(f"note: {note}", width, 2)
    for status, head in _HEADS.items():
        yield from _section(head, list(coverage.of(status)), coverage, width, with_evidence=True)
    yield from _section(_UNVARIED, list(coverage.unvaried), coverage, width, with_evidence=False)


def _scenarios(coverage: ValuesCoverage) -> str:
    count = len(coverage.scenarios)
    return f"{count:,} scenario{'' if count == 1 else 's'}"


def _section(
    head: str, entries: Sequence[Entry], coverage: ValuesCoverage, width: int, *, with_evidence: bool
) -> Iterator[str]:
    if not entries:
        return
    yield ""
    yield from _wrapped(f"{head} ({len(entries):,}):", width, 2)
    items = [
        _item(path, group, with_evidence=with_evidence) for path, group in _grouped(entries, coverage).items()
    ]
    for file, listed in _by(items, lambda one: one.file):
        yield from _wrapped(file or _NOWHERE, width, 4)
        for evidence, alike in _by(listed, lambda one: one.evidence):
            for one in alike:
                yield from _numbered(one, width)
            if evidence:
                yield from _wrapped(evidence, width, 12)


def _by(items: Iterable[_Item], key: Callable[[_Item], str]) -> Iterator[tuple[str, list[_Item]]]:
    """*items* by their *key*, in the order in which these come first."""
    found: dict[str, list[_Item]] = {}
    for one in items:
        found.setdefault(key(one), []).append(one)
    yield from found.items()


def _item(path: Steps, group: Sequence[Entry], *, with_evidence: bool) -> _Item:
    first = group[0]
    below = f" (all {len(group):,} keys below)" if path != first.path else ""
    place = first.place or Place("")
    evidence = _evidence(first) if with_evidence else ""
    return _Item(place.file, place.line, dotted(path) + below, evidence)


def _evidence(entry: Entry) -> str:
    if not entry.sites:
        return entry.evidence
    lines: dict[str, list[str]] = {}
    for place in entry.sites:
        lines.setdefault(place.file, []).extend([str(place.line)] if place.line else [])
    sites = [f"{file}:{','.join(numbers)}" if numbers else file for file, numbers in lines.items()]
    more = f" and {len(sites) - _SITES:,} more" if len(sites) > _SITES else ""
    return f"{entry.evidence}; named in {', '.join(sites[:_SITES])}{more}"


def _numbered(one: _Item, width: int) -> Iterator[str]:
    number = f"{one.line or '':>8}  "
    for line in wrap(visible(one.words), width - len(number)):
        yield number + line
        number = " " * len(number)


def _wrapped(text: str, width: int, indent: int) -> Iterator[str]:
    yield from (" " * indent + line for line in wrap(visible(text), width - indent))


def _grouped(entries: Sequence[Entry], coverage: ValuesCoverage) -> Mapping[Steps, list[Entry]]:
    """*entries* by the largest table that holds nothing but such as them."""
    mine, every = _sizes(entries), _sizes(coverage.entries)
    groups: dict[Steps, list[Entry]] = {}
    for entry in entries:
        prefixes = (entry.path[:size] for size in range(1, len(entry.path) + 1))
        path = next((prefix for prefix in prefixes if mine[prefix] == every[prefix]), entry.path)
        groups.setdefault(path if mine[path] > 1 else entry.path, []).append(entry)
    return groups


def _sizes(entries: Sequence[Entry]) -> collections.Counter[Steps]:
    """How many of *entries* are at a path or below it."""
    paths = (entry.path[:size] for entry in entries for size in range(1, len(entry.path) + 1))
    return collections.Counter(paths)
