"""The ways that lead into the blocks of templates, and what must hold on them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from dataclasses import field as attribute
from typing import Any, Final

from chartkit.coverage.suggest.terms import Term, Unknown

Goal = tuple[str, Any]
"""What is asked of a term: its truth, what it equals, how long it is …"""


Constraint = tuple[Term, Goal]


Alternative = tuple[Constraint, ...]
"""Constraints that together bring another about."""

IS_TRUE: Final[Goal] = ("truth", True)


IS_FALSE: Final[Goal] = ("truth", False)


IS_LOOPED: Final[Goal] = ("longer", 1)


CALLS_ITSELF: Final = Unknown("calls itself")


@dataclass(slots=True, eq=False)
class CallContext:
    """A template (or file) that is run with one dot; *callers* are where from, and under what conditions."""

    name: str
    callers: list[tuple[CallContext | None, tuple[Constraint, ...]]] = attribute(default_factory=list)
    printed: Term = CALLS_ITSELF
    depth: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Visit:
    """A way into a block: *constraints* within its template, and the *context* in which that is run."""

    context: CallContext
    constraints: tuple[Constraint, ...]


@dataclass(slots=True)
class Findings:
    """All that was found: ways into blocks, *needed* terms of ``required`` by place, and what is *read*."""

    visits: dict[int, list[Visit]] = attribute(default_factory=lambda: defaultdict(list))
    needed: dict[tuple[str, int], list[Term]] = attribute(default_factory=lambda: defaultdict(list))
    fails: set[int] = attribute(default_factory=set)
    read: dict[tuple[str, ...], bool] = attribute(default_factory=dict)  # whether it is printed as YAML
    compared: dict[tuple[str, ...], list[object]] = attribute(default_factory=lambda: defaultdict(list))
    added: dict[tuple[tuple[str, ...], str], list[tuple[tuple[Constraint, ...], Term]]] = attribute(
        default_factory=lambda: defaultdict(list)
    )
    cut: bool = False  # there are templates, or calls of them, that were not read
    capped: set[str] = attribute(default_factory=set)  # templates that are also run with dots not looked at
    calls: dict[str, set[str]] = attribute(default_factory=lambda: defaultdict(set))

    def partly_read(self) -> set[str]:
        """The templates that are, or may be, run with dots that were not looked at."""
        found: set[str] = set()
        waiting = [*self.capped]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += self.calls.get(name, ())
        return found
