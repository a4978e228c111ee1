"""A values coverage as lines of text, and as data for JSON."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from typing import Any, Final

from chartkit.model import Place
from chartkit.values_coverage.keys import dotted
from chartkit.values_coverage.references import Steps
from chartkit.values_coverage.results import Entry, Status, ValuesCoverage

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


def text_lines(coverage: ValuesCoverage) -> Iterator[str]:
    """The report as lines, without any markup; tables of which the same is true are one line."""
    counts = collections.Counter(entry.status for entry in coverage.entries)
    declared = len(coverage.entries) - counts[Status.UNDECLARED]
    yield f"{coverage.path}: {declared} keys, {counts[Status.READ]} read over {_scenarios(coverage)}"
    yield from (f"  note: {note}" for note in coverage.notes)
    for status, head in _HEADS.items():
        yield from _section(head, list(coverage.of(status)), coverage, with_evidence=True)
    yield from _section(_UNVARIED, list(coverage.unvaried), coverage, with_evidence=False)


def _scenarios(coverage: ValuesCoverage) -> str:
    count = len(coverage.scenarios)
    return f"{count} scenario{'' if count == 1 else 's'}"


def _section(
    head: str, entries: Sequence[Entry], coverage: ValuesCoverage, *, with_evidence: bool
) -> Iterator[str]:
    if not entries:
        return
    yield f"  {head} ({len(entries)}):"
    for path, group in _grouped(entries, coverage):
        first = group[0]
        below = f" (all {len(group)} keys below)" if path != first.path else ""
        sentence = f": {first.evidence}" if with_evidence else ""
        seen = f" [{', '.join(map(_shown, first.sites))}]" if with_evidence and first.sites else ""
        where = f"{_shown(first.place)}  " if first.place else ""
        yield f"    {where}{dotted(path)}{below}{sentence}{seen}"


def _grouped(entries: Sequence[Entry], coverage: ValuesCoverage) -> Iterator[tuple[Steps, list[Entry]]]:
    """*entries* by the largest table that holds nothing but such as them."""
    mine, every = _sizes(entries), _sizes(coverage.entries)
    groups: dict[Steps, list[Entry]] = {}
    for entry in entries:
        prefixes = (entry.path[:size] for size in range(1, len(entry.path) + 1))
        path = next((prefix for prefix in prefixes if mine[prefix] == every[prefix]), entry.path)
        groups.setdefault(path if mine[path] > 1 else entry.path, []).append(entry)
    yield from groups.items()


def _sizes(entries: Sequence[Entry]) -> collections.Counter[Steps]:
    """How many of *entries* are at a path or below it."""
    paths = (entry.path[:size] for entry in entries for size in range(1, len(entry.path) + 1))
    return collections.Counter(paths)


def _shown(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.line else place.file


def as_json(coverage: ValuesCoverage) -> dict[str, Any]:
    """The report as plain data, the same for the same result."""
    counts = collections.Counter(entry.status.value for entry in coverage.entries)
    return {
        "chart": coverage.chart,
        "path": coverage.path,
        "scenarios": list(coverage.scenarios),
        "notes": list(coverage.notes),
        "summary": {status.value: counts[status.value] for status in Status}
        | {"unvaried": sum(1 for _ in coverage.unvaried)},
        "keys": [_entry(entry) for entry in coverage.entries],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    place = entry.place or Place("")
    return {
        "key": dotted(entry.path),
        "path": list(entry.path),
        "file": place.file or None,
        "line": place.line,
        "column": place.column,
        "status": entry.status.value,
        "evidence": entry.evidence,
        "sites": [{"file": site.file, "line": site.line} for site in entry.sites],
        "mentions": entry.mentions,
        "varied_by": list(entry.varied_by),
    }
