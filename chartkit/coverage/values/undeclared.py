"""Keys that templates may read and values.yaml does not have."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.references import ANY, Read, Steps

_MOST: Final = 50
"""How many keys of a table are looked into where templates go through all of them."""


@dataclass(slots=True)
class Candidate:
    """The first key on the way to *reads* that is not declared.

    *certain*: a template names it, and nothing else there. *below_empty*: the
    table that would hold it is declared, and is empty.
    """

    path: Steps
    below_empty: bool
    certain: bool = False
    reads: list[Read] = field(default_factory=list)


def candidates(
    reads: Collection[Read],
    defaults: Mapping[str, Any],
    writes: Collection[Steps],
    concerns: Callable[[Read], bool],
    is_single: Callable[[Read], bool],
) -> list[Candidate]:
    """What is read and not in *defaults*, and not among what templates write themselves.

    *concerns* tells whether a read is the business of the chart, and not of one below it, *is_single*
    whether what reads it reads nothing else.
    """
    found: dict[Steps, Candidate] = {}
    for read in sorted(reads):
        if not read.path or not concerns(read):
            continue
        for path, below_empty in _missing(defaults, read.path, ()):
            if any(path[: len(write)] == write for write in writes):
                continue
            candidate = found.setdefault(path, Candidate(path, below_empty))
            candidate.certain |= is_single(read)
            candidate.reads.append(read)
    return list(found.values())


def _missing(table: Any, path: Steps, above: Steps) -> Iterator[tuple[Steps, bool]]:
    """The first step of *path* that is not in *table*, for each way through it."""
    step, rest = path[0], path[1:]
    if step == ANY:
        for name in list(table)[:_MOST] if isinstance(table, Mapping) and rest else ():
            yield from _missing(table[name], rest, (*above, name))
    elif table is None or (isinstance(table, Mapping) and not table):
        yield (*above, step), bool(above)
    elif isinstance(table, Mapping):
        if step not in table:
            yield (*above, step), False
        elif rest:
            yield from _missing(table[step], rest, (*above, step))
