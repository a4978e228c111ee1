"""Finds out with few renders which of many changes show: many at once, then fewer where something does."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.references import Steps

_BATCH: Final = 8


class SearchOutOfTime(Exception):
    """The limit of the measurement is reached."""


@dataclass(frozen=True, slots=True)
class KeyChange:
    """One key with another value; *number* is what its mark says."""

    path: Steps
    value: Any
    number: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What changed values made of a render: nothing (*same*), or something, in the template *where*.

    *marks* are those that turned up, and in which template. *blamed* are numbers of changes that a
    failure may be due to.
    """

    same: bool
    where: str = ""
    marks: Mapping[int, str] = field(default_factory=dict)
    blamed: Collection[int] = ()


Trial = Callable[[Sequence[KeyChange]], Seen]


@dataclass(frozen=True, slots=True)
class Effect:
    """A change that shows, and in which template."""

    number: int
    where: str


def effects(changes: Sequence[KeyChange], trial: Trial, *, at_once: bool) -> Iterator[Effect]:
    """The effect of each of *changes* that shows.

    *at_once*: few are expected to, or marks tell them apart; else the first groups are small.
    """
    waiting = list(changes)
    size = len(waiting) if at_once else _BATCH
    while waiting:
        group, waiting = waiting[:size], waiting[size:]
        before = len(group)
        quiet = True
        for effect in _split(group, trial):
            quiet = False
            yield effect
        size = size * 2 if quiet else max(1, before // 2)


def _split(group: list[KeyChange], trial: Trial) -> Iterator[Effect]:
    stack = [group]
    while stack:
        group = stack.pop()
        seen = trial(group)
        if seen.same:
            continue
        shown = [change for change in group if len(group) == 1 or change.number in seen.marks]
        yield from (Effect(change.number, seen.marks.get(change.number, seen.where)) for change in shown)
        rest = [change for change in group if change not in shown]
        blamed = [change for change in rest if change.number in seen.blamed]
        others = [change for change in rest if change.number not in seen.blamed]
        if shown or not rest:
            parts = [rest]
        elif blamed and others:
            parts = [others, blamed]
        else:
            half = len(rest) // 2
            parts = [rest[half:], rest[:half]]
        stack += filter(None, parts)
