"""The patterns of ``.Files.Glob``: ``*`` stops at a slash, ``**`` does not."""

from __future__ import annotations

import functools
import operator
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

_BETWEEN: Final = re.compile(r"([^?*\[{\\]+)\*\*([^?*\[{\\]+)")
"""Texts around ``**``, which in Helm may overlap: ``conf/**/a`` finds ``conf/a``, too."""


_DEEPEST: Final = 20


class _Wrong(ValueError):
    """A pattern that is none, which Helm takes for ``**``; one that is nested too deeply counts as such."""


@dataclass(frozen=True)
class _Name:
    """A name, with for each kind of character the set of places where it stands, as bits of a number."""

    text: str
    places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for index, sign in enumerate(self.text):
            self.places[sign] = self.places.get(sign, 0) | 1 << index

    def where(self, wanted: Callable[[str], bool]) -> int:
        return sum(places for sign, places in self.places.items() if wanted(sign))


_Step = Callable[[_Name, int], int]
"""Gives where a part of a pattern may end in a name, that may begin at any of some places."""


class Glob:
    """A pattern; a name takes as many steps as the pattern is long, whatever both are."""

    def __init__(self, pattern: str) -> None:
        self._ends = _BETWEEN.fullmatch(pattern)
        try:
            self._steps: Sequence[_Step] = _GlobParser(pattern).sequence("")
        except _Wrong:
            self._steps = [_anything]

    def matches(self, name: str) -> bool:
        """Whether the whole *name* fits."""
        if self._ends and name.startswith(self._ends[1]) and name.endswith(self._ends[2]):
            return True
        return bool(_run(self._steps, _Name(name), 1) >> len(name))


class _GlobParser:
    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.depth = 0

    def next(self) -> str:
        sign = self.pattern[self.at : self.at + 1]
        self.at += 1
        return sign

    def sequence(self, ends: str) -> list[_Step]:
        """The steps up to one of *ends*, or to the end of the pattern."""
        steps: list[_Step] = []
        while (sign := self.pattern[self.at : self.at + 1]) and sign not in ends:
            self.at += 1
            if sign == "?":
                steps.append(_class(lambda one: one != "/"))
            elif sign == "[":
                steps.append(self.characters())
            elif sign == "{":
                steps.append(self.alternatives())
            elif sign == "*" and self.pattern.startswith("*", self.at):
                self.at += 1
                steps.append(_anything)
            elif sign == "*":
                steps.append(_within_folder)
            else:
                self.at -= sign != "\\"
                steps += [_class(one.__eq__) for one in self.next()]
        return steps

    def alternatives(self) -> _Step:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _Wrong
        ways = [self.sequence(",}")]
        while self.next() == ",":
            ways.append(self.sequence(",}"))
        self.depth -= 1
        return lambda name, places: _union(_run(way, name, places) for way in ways)

    def characters(self) -> _Step:
        """A range ``[a-z]``, else a list of characters; with ``!`` all others."""
        negated = self.pattern.startswith("!", self.at)
        self.at += negated
        low, dash, high = self.pattern[self.at : self.at + 1], self.pattern[self.at + 1 : self.at + 2], ""
        if dash == "-":
            high = self.pattern[self.at + 2 : self.at + 3]
            self.at += 3
            found: Callable[[str], bool] = lambda one: low <= one <= high  # noqa: E731
        else:
            signs = self.listed()
            found = signs.__contains__
        if self.next() != "]" or (dash == "-" and high < low) or not low:
            raise _Wrong
        return _class((lambda one: not found(one)) if negated else found)

    def listed(self) -> str:
        signs = ""
        while (sign := self.pattern[self.at : self.at + 1]) and sign != "]":
            self.at += 1
            signs += self.next() if sign == "\\" else sign
        if not signs:
            raise _Wrong
        return signs


def _run(steps: Sequence[_Step], name: _Name, places: int) -> int:
    for step in steps:
        if not places:
            break
        places = step(name, places)
    return places


def _union(found: Iterable[int]) -> int:
    return functools.reduce(operator.or_, found, 0)


def _class(wanted: Callable[[str], bool]) -> _Step:
    return lambda name, places: (places & name.where(wanted)) << 1


def _anything(name: _Name, places: int) -> int:
    first = places & -places
    return (2 << len(name.text)) - first


def _within_folder(name: _Name, places: int) -> int:
    """From each place up to the next slash: adding carries a bit through a run of others."""
    free = name.where(lambda one: one != "/")
    return places | (((places & free) + free) ^ free)
