"""What is made of several terms (texts, lists, tables), and what is to be asked of these."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from chartkit.coverage.suggest.evaluation import evaluate, truth
from chartkit.coverage.suggest.terms import Const, Items, Table, TextTerm
from chartkit.coverage.suggest.visits import IS_FALSE, Alternative, Goal
from chartkit.coverage.suggest.worlds import World

MOST_PARTS: Final = 3
LONGEST: Final = 200
"""How many parts of a text of how many characters are looked for."""


def of_parts(term: Table | Items, goal: Goal) -> Iterator[Alternative]:
    """``dict`` and ``list`` of terms: their items may be asked for, they themselves are as they are."""
    kind, wanted = goal
    if isinstance(term, Table) and term.rest is not None and kind in {"truth", "length", "longer", "key"}:
        yield ((term.rest, goal),)
    if isinstance(term, Items) and kind == "has":
        value, there = wanted
        options = tuple((item, ("is", (value, there))) for item in term.items)
        yield from ((one,) for one in options) if there else (options,)


def of_text(term: TextTerm, goal: Goal, world: World) -> Iterator[Alternative]:
    """What is printed one after the other: its parts may be asked for."""
    kind, wanted = goal
    variable = [part for part in term.parts if not isinstance(part, Const)]
    if kind == "truth":
        pieces = [(part, goal) for part in term.parts]
        if wanted:
            yield from ((one,) for one in pieces)
        elif not any(isinstance(part, Const) and part.value for part in term.parts):
            yield tuple(pieces)
        return
    if kind == "is" and isinstance(wanted[0], str):
        yield from _of_equal_text(term, wanted, world)
    else:
        yield from (((chosen, goal),) for chosen in variable)


def _of_equal_text(term: TextTerm, wanted: Any, world: World) -> Iterator[Alternative]:
    """What parts of a text are to be, so that the whole is the text that is *wanted*, or is not."""
    text, same = wanted
    variable = [part for part in term.parts if not isinstance(part, Const)]
    if not same:
        yield from (((part, ("is", (text, False))),) for part in variable)
        yield from (((part, ("truth", not truth(evaluate(part, world)))),) for part in variable)
        return
    written = (re.escape(str(part.value)) if isinstance(part, Const) else "(.*?)" for part in term.parts)
    few = len(variable) <= MOST_PARTS and len(text) <= LONGEST
    if found := re.fullmatch("".join(written), text, re.DOTALL) if few else None:
        yield tuple(
            (part, ("is", (group, True))) for part, group in zip(variable, found.groups(), strict=True)
        )
    for chosen in variable:  # or one of them is all of it
        others = tuple((part, IS_FALSE) for part in variable if part is not chosen)
        blank = all(str(part.value).isspace() for part in term.parts if isinstance(part, Const))
        if others and blank:
            yield ((chosen, ("is", (text, True))), *others)
