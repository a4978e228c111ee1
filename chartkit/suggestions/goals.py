"""What must hold of a term, and how that comes about: by other terms, or by what a scenario sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chartkit import semver
from chartkit.suggestions import arithmetic
from chartkit.suggestions.evaluation import evaluate, truth
from chartkit.suggestions.predicates import PREDICATES, TESTS, tested
from chartkit.suggestions.terms import Const, Either, Items, Op, Ref, Table, Term, Text, parts
from chartkit.suggestions.visits import IS_FALSE, IS_TRUE, Alternative, Constraint, Goal
from chartkit.suggestions.worlds import UNSURE, World

MOST_PARTS: Final = 3
LONGEST: Final = 200
"""How many parts of a text of how many characters are looked for."""

_SAME_VALUE: Final = frozenset(
    {
        "int",
        "int64",
        "float64",
        "atoi",
        "tpl",
        "deepCopy",
        "uniq",
        "compact",
        "fromYaml",
        "fromJson",
        "toString",
    }
    | {"lower", "upper", "trim", "trunc", "trimSuffix", "trimPrefix", "fromYamlArray", "sortAlpha", "values"}
    | {
        "required",
        "replace",
        "keys",
        "fromJsonArray",
        "regexReplaceAll",
        "nospace",
        "default of",
        "ceil",
        "floor",
    }
)
_LAST: Final = frozenset({"required", "trunc", "trimSuffix", "trimPrefix", "replace", "regexReplaceAll"})
_COUNTING: Final = frozenset({"add", "add1", "sub", "mul", "max", "min"})
_ALWAYS: Final = frozenset({"quote", "toYaml", "kindOf", "typeOf", "semver"})


def holds(constraint: Constraint, world: World) -> bool | None:
    """Whether *constraint* holds in *world*; None where that is not known."""
    term, (kind, wanted) = constraint
    value = evaluate(term, world)
    if value is UNSURE:
        return None
    try:
        found = _CHECKS[kind](value, wanted)
    except (TypeError, ValueError, LookupError, re.error):  # Helm refuses such a comparison
        return None
    return None if found is arithmetic.CANNOT else bool(found)


def _ordered(value: Any, wanted: Any) -> Any:
    return arithmetic.FUNCTIONS[wanted[0]](value, wanted[1])


def _is(value: Any, wanted: Any) -> Any:
    same = arithmetic.equal(value, wanted[0])
    return same if same is arithmetic.CANNOT else same is wanted[1]


def _tested(value: Any, wanted: Any) -> Any:
    found = arithmetic.FUNCTIONS[wanted[0]](wanted[1], value)
    return found if found is arithmetic.CANNOT else found is wanted[2]


def _length(value: Any) -> int:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return int(value)  # ``range 3``
    return len(value) if isinstance(value, str | list | dict) else 0


_CHECKS: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "truth": lambda value, wanted: bool(value) is wanted,
    "is": _is,
    "order": _ordered,
    "length": lambda value, wanted: _length(value) == wanted,
    "longer": lambda value, wanted: not isinstance(value, str) and _length(value) >= wanted,
    "kind": lambda value, wanted: (arithmetic.kind_of(value) in arithmetic.kinds(wanted[0])) is wanted[1],
    "key": lambda value, wanted: (isinstance(value, dict) and value.get(wanted[0]) is not None) is wanted[1],
    "has": lambda value, wanted: (wanted[0] in (value or [])) is wanted[1],
    "test": _tested,
    "semver": lambda value, wanted: _satisfies(wanted[0], value) is wanted[1],
}


def _satisfies(constraint: str, version: Any) -> bool | None:
    try:
        return semver.satisfies(constraint, str(version))
    except ValueError:
        return None


def ways(constraint: Constraint, world: World) -> Iterator[Alternative]:
    """What brings *constraint* about, each way as other constraints; none of a `Ref`, which is set."""
    term, goal = constraint
    if isinstance(term, Either):
        yield ((term.test, IS_TRUE), (term.then, goal))
        yield ((term.test, IS_FALSE), (term.other, goal))
    elif isinstance(term, Op):
        yield from _of_function(term, goal, world)
    elif isinstance(term, Text):
        yield from _of_text(term, goal, world)
    elif isinstance(term, Table | Items):
        yield from _of_parts(term, goal)


def _of_parts(term: Table | Items, goal: Goal) -> Iterator[Alternative]:
    """``dict`` and ``list`` of terms: their items may be asked for, they themselves are as they are."""
    kind, wanted = goal
    if isinstance(term, Table) and term.rest is not None and kind in {"truth", "length", "longer", "key"}:
        yield ((term.rest, goal),)
    if isinstance(term, Items) and kind == "has":
        value, there = wanted
        options = tuple((item, ("is", (value, there))) for item in term.items)
        yield from ((one,) for one in options) if there else (options,)


def _of_text(term: Text, goal: Goal, world: World) -> Iterator[Alternative]:
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


def _of_equal_text(term: Text, wanted: Any, world: World) -> Iterator[Alternative]:
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


def _of_function(term: Op, goal: Goal, world: World) -> Iterator[Alternative]:
    name, args = term.name, term.args
    if name in _CHOOSING:
        yield from _CHOOSING[name](args, goal)
    elif name in PREDICATES or (name in TESTS and len(args) == 2):
        wanted = _as_truth(goal)
        if wanted is not None:
            found = PREDICATES[name](args, wanted, world) if name in PREDICATES else None
            yield from tested(name, args, wanted, world) if found is None else found
    elif name in _MEASURING:
        yield from _MEASURING[name](args, goal)
    elif name in _SAME_VALUE and args:
        yield ((args[-1 if name in _LAST else 0], _converted(name, goal)),)
    elif name in _ALWAYS and args and goal[0] != "truth":
        yield ((args[0], _converted(name, goal)),)
    elif name in _COUNTING:
        yield from (((arg, goal),) for arg in args if not isinstance(arg, Const))


def _converted(name: str, goal: Goal) -> Goal:
    """What is asked of the value before ``int`` or ``toString`` made another of it."""
    kind, wanted = goal
    if kind != "is" or not isinstance(wanted[0], str):
        return goal
    if name == "toString" and wanted[0] in {"true", "false"}:
        return "is", (wanted[0] == "true", wanted[1])
    if name in {"upper", "lower"}:
        return "is", (wanted[0].lower(), wanted[1])
    if name == "quote":
        return "is", (wanted[0].strip('"'), wanted[1])
    return goal


def _as_truth(goal: Goal) -> bool | None:
    """What truth *goal* asks of something that is true or false."""
    kind, wanted = goal
    if kind == "truth":
        return bool(wanted)
    if kind == "is" and isinstance(wanted[0], bool):
        return bool(wanted[0] is wanted[1])
    if kind == "is" and wanted[0] in {"true", "false"}:
        return bool((wanted[0] == "true") is wanted[1])
    return None


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


_CHOOSING: Final[Mapping[str, Callable[[tuple[Term, ...], Goal], Iterator[Alternative]]]] = {
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


_MEASURING: Final[Mapping[str, Callable[[tuple[Term, ...], Goal], Iterator[Alternative]]]] = {
    "len": _of_length,
    "kindOf": _kind_of,
    "typeOf": _kind_of,
    "join": _join,
    "splitList": _split,
    "split": _split,
    "until": _until,
}


def constant(constraint: Constraint, world: World) -> bool:
    """Whether *constraint* speaks of nothing that a scenario sets."""
    term, (kind, _) = constraint
    if kind in {"truth", "length", "longer"} and (
        isinstance(term, Items) or (isinstance(term, Table) and term.items) or term == Ref(("Values",))
    ):
        return True
    waiting = [term]
    while waiting:
        term = waiting.pop()
        if isinstance(term, Ref):
            return False
        waiting += parts(term)
    return truth(evaluate(constraint[0], world)) is not None
