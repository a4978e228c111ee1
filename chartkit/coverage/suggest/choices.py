"""Functions that give one of what they are given, or all of it: what to ask of which."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chartkit.coverage.suggest.terms import Term
from chartkit.coverage.suggest.visits import IS_FALSE, IS_TRUE, Alternative, Goal


def _and(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    if goal[0] == "truth" and not goal[1]:
        yield from (((arg, goal),) for arg in args)
    elif args:
        yield (*((arg, IS_TRUE) for arg in args[:-1]), (args[-1], goal))


def _or(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    """``or`` and ``coalesce``: the first that is true, else the last."""
    if goal == IS_FALSE:
        yield tuple((arg, goal) for arg in args)
        return
    if goal == IS_TRUE:
        yield from (((arg, goal),) for arg in args)
        return
    for index, arg in enumerate(args):
        falsy = tuple((one, IS_FALSE) for one in args[:index])
        truthy = ((arg, IS_TRUE),) if index < len(args) - 1 else ()
        yield (*falsy, *truthy, (arg, goal))


def _default(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    if len(args) == 2:
        yield from _or((args[1], args[0]), goal)


def _one_of(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    yield from (((arg, goal),) for arg in args)


def _lists(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    """``concat`` and ``merge``: one has it all, the others nothing."""
    kind, wanted = goal
    if (kind == "truth" and not wanted) or (kind == "length" and wanted == 0):
        yield tuple((arg, IS_FALSE) for arg in args)
        return
    for index, arg in enumerate(args):
        yield ((arg, goal),)
        others = tuple((one, IS_FALSE) for at, one in enumerate(args) if at != index)
        if others and kind == "length":
            yield (*others, (arg, goal))


def _repeated(args: tuple[Term, ...], goal: Goal) -> Iterator[Alternative]:
    """What a loop over the first prints of the second."""
    if goal == IS_FALSE:
        yield ((args[0], IS_FALSE),)
        yield ((args[1], IS_FALSE),)
    else:
        yield ((args[0], IS_TRUE), (args[1], goal))


CHOOSING: Final[Mapping[str, Callable[[tuple[Term, ...], Goal], Iterator[Alternative]]]] = {
    "and": _and,
    "or": _or,
    "coalesce": _or,
    "default": _default,
    "one of": _one_of,
    "concat": _lists,
    "append": _lists,
    "prepend": _lists,
    "merge": _lists,
    "repeated": _repeated,
}
