"""Functions that say how long, or of what kind, something is, or that take it apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chartkit.coverage.suggest.terms import Const, Term
from chartkit.coverage.suggest.visits import IS_FALSE, Alternative, Goal


def _of_length(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    """``len``."""
    kind, wanted = goal
    if not args:
        return
    term = args[0]
    if kind == "truth":
        yield ((term, goal),)
    elif kind == "is":
        value, same = wanted
        if isinstance(value, int) and not isinstance(value, bool):
            yield ((term, ("length", value if same else value + 1)),)
    elif kind == "order":
        operator, number = wanted
        if isinstance(number, str):
            return
        length = {"lt": number - 1, "le": number, "gt": number + 1, "ge": number}[operator]
        if length >= 0:
            yield ((term, ("length", int(length))),)


def _kind_of(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    if args and goal[0] == "is":
        yield ((args[0], ("kind", goal[1])),)


def _until(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    kind, wanted = goal
    if args and kind in {"length", "longer"}:
        yield ((args[0], ("is", (wanted, True))),)
    elif args and kind == "truth":
        yield ((args[0], ("order", ("gt", 0)) if wanted else ("is", (0, True))),)


def _join(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    kind, wanted = goal
    if len(args) != 2:
        return
    separator = args[0].value if isinstance(args[0], Const) else None
    if kind == "is" and isinstance(separator, str) and separator and isinstance(wanted[0], str):
        fits = ("is", (wanted[0].split(separator), True)) if wanted[1] else IS_FALSE
        yield ((args[1], fits),)
    elif kind == "truth":
        yield ((args[1], goal),)


def _split(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    separator = args[0].value if len(args) == 2 and isinstance(args[0], Const) else None
    if not isinstance(separator, str):
        return
    if goal[0] in {"length", "longer"} and isinstance(goal[1], int) and goal[1] > 0:
        yield ((args[1], ("is", (separator.join("ab"[: goal[1]] if goal[1] < 3 else "a" * goal[1]), True))),)
    else:
        yield ((args[1], goal),)


MEASURING: Final[Mapping[str, Callable[[tuple[Term, ...], Goal], Iterator[Alternative]]]] = {
    "len": _of_length,
    "kindOf": _kind_of,
    "typeOf": _kind_of,
    "join": _join,
    "splitList": _split,
    "split": _split,
    "until": _until,
}
