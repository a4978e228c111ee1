"""What an expression of a template gives, as a term over what a scenario can set.

Terms are values: equal ones are equal, so that a template called twice with the same is read once.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final

EACH: Final = "*"
"""The step of a path that stands for an item of a list or a mapping."""

KEY: Final = "\0key"
"""The step that stands for the key of such an item."""

LARGEST: Final = 400
"""How many parts a term may have; what is larger is not worked out."""


@dataclass(frozen=True, slots=True)
class Const:
    """A scalar; *kind* tells True from 1."""

    value: str | int | float | bool | None
    kind: str = ""

    @classmethod
    def of(cls, value: str | float | bool | None) -> Const:
        return cls(value, type(value).__name__)


@dataclass(frozen=True, slots=True)
class Ref:
    """Something that is given to the chart: ``("Values", "web", "port")``, ``("Release", "IsUpgrade")``.

    *whole*: it is all values of a subchart, whose ``global`` is that of the chart.
    """

    path: tuple[str, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """The dot that a template file is given: that of the chart *below* (its keys in the values of the whole).

    *about* is what ``.Chart`` tells, *added* what templates ``set`` on it.
    """

    below: tuple[str, ...] = ()
    about: tuple[tuple[str, str], ...] = ()
    added: tuple[tuple[str, Term], ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A mapping with these *items*, laid over *rest* (None: over nothing)."""

    items: tuple[tuple[str, Term], ...]
    rest: Term | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """*then* where *test* is true, else *other*."""

    test: Term
    then: Term
    other: Term


@dataclass(frozen=True, slots=True)
class TextTerm:
    """What is printed one after the other."""

    parts: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Op:
    """The function *name* of *args*."""

    name: str
    args: tuple[Term, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """What cannot be worked out, and *why*."""

    why: str


Term = Const | Ref | Root | Table | Items | Either | TextTerm | Op | Unknown

TRUE: Final = Const.of(True)
FALSE: Final = Const.of(False)
NIL: Final = Const.of(None)
EMPTY: Final = Const.of("")


@functools.lru_cache(maxsize=200_000)
def size(term: Term) -> int:
    """How many parts *term* has."""
    return 1 + sum(size(part) for part in parts(term))


def parts(term: Term) -> tuple[Term, ...]:
    """The terms that *term* is made of."""
    if isinstance(term, Table):
        return (*(value for _, value in term.items), *((term.rest,) if term.rest is not None else ()))
    if isinstance(term, Items):
        return term.items
    if isinstance(term, Either):
        return (term.test, term.then, term.other)
    if isinstance(term, TextTerm):
        return term.parts
    return term.args if isinstance(term, Op) else ()


def bounded(term: Term) -> Term:
    """*term*, or that it is too large."""
    return Unknown("its condition is too long to work out") if size(term) > LARGEST else term


def either(test: Term, then: Term, other: Term) -> Term:
    """An `Either`, unless both are the same, or *test* is known to be true."""
    if test == TRUE:
        return then
    return then if then == other else bounded(Either(test, then, other))


def text(pieces: list[Term]) -> Term:
    """What *pieces* print, joined where they are constant."""
    joined: list[Term] = []
    for piece in pieces:
        for part in piece.parts if isinstance(piece, TextTerm) else (piece,):
            last = joined[-1] if joined else None
            if (
                isinstance(part, Const)
                and part.kind == "str"
                and isinstance(last, Const)
                and last.kind == "str"
            ):
                joined[-1] = Const.of(f"{last.value}{part.value}")
            elif part != EMPTY:
                joined.append(part)
    if not joined:
        return EMPTY
    if len(joined) == 1 and isinstance(joined[0], Const) and joined[0].kind == "str":
        return joined[0]
    return bounded(TextTerm(tuple(joined)))
