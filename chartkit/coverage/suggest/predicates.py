"""Functions that are true or false, and what makes them so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chartkit.coverage.suggest.evaluation import evaluate
from chartkit.coverage.suggest.terms import Const, Term
from chartkit.coverage.suggest.visits import Alternative
from chartkit.coverage.suggest.worlds import UNSURE, World

MIRRORED: Final = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le"}


NEGATED: Final = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt"}


TESTS: Final = frozenset({"contains", "hasPrefix", "hasSuffix", "regexMatch"})


def _not(args: tuple[Term, ...], wanted: bool, _: World) -> Iterator[Alternative]:
    if args:
        yield ((args[0], ("truth", not wanted)),)


def _equal(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    first, others = args[0], args[1:]
    for one, other in [(first, other) for other in others] + [(other, first) for other in others]:
        value = evaluate(other, world)
        if value is not UNSURE and not isinstance(value, dict | list) and not isinstance(one, Const):
            yield ((one, ("is", (value, wanted))),)


def _unequal(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    yield from _equal(args, not wanted, world) if args else ()


def _comparing(operator: str) -> Callable[[tuple[Term, ...], bool, World], Iterator[Alternative]]:
    def compare(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
        if len(args) != 2:
            return
        kept = operator if wanted else NEGATED[operator]
        for one, other, sign in ((args[0], args[1], kept), (args[1], args[0], MIRRORED[kept])):
            value = evaluate(other, world)
            if isinstance(value, int | float | str) and not isinstance(one, Const):
                yield ((one, ("order", (sign, value))),)

    return compare


def _has_key(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    name = evaluate(args[1], world) if len(args) == 2 else UNSURE
    if isinstance(name, str):
        yield ((args[0], ("key", (name, wanted))),)


def _has(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    if len(args) != 2:
        return
    one, many = (evaluate(arg, world) for arg in args)
    if isinstance(many, list) and not isinstance(args[0], Const):
        options = tuple(
            (args[0], ("is", (each, wanted))) for each in many if not isinstance(each, dict | list)
        )
        yield from ((each,) for each in options) if wanted else (options,)
    if one is not UNSURE:
        yield ((args[1], ("has", (one, wanted))),)


def _kind_is(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    name = evaluate(args[0], world) if len(args) == 2 else UNSURE
    if isinstance(name, str):
        yield ((args[1], ("kind", (name, wanted))),)


def _semver(args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    if len(args) != 2:
        return
    constraint = evaluate(args[0], world)
    if isinstance(constraint, str):
        yield ((args[1], ("semver", (constraint, wanted))),)
    else:
        yield ((args[0], ("semver of", wanted)),)


def tested(name: str, args: tuple[Term, ...], wanted: bool, world: World) -> Iterator[Alternative]:
    """``contains`` and its like: the text fits the part, or the part is taken from the text."""
    part, text = (evaluate(arg, world) for arg in args)
    if isinstance(part, str):
        yield ((args[1], ("test", (name, part, wanted))),)
    if isinstance(text, str) and name != "regexMatch" and text and not isinstance(args[0], Const):
        yield ((args[0], ("is", (text, wanted))),)


PREDICATES: Final[Mapping[str, Callable[[tuple[Term, ...], bool, World], Iterator[Alternative]]]] = {
    "not": _not,
    "empty": _not,
    "eq": _equal,
    "ne": _unequal,
    **{name: _comparing(name) for name in NEGATED},
    "hasKey": _has_key,
    "has": _has,
    "kindIs": _kind_is,
    "typeIs": _kind_is,
    "semverCompare": _semver,
}
