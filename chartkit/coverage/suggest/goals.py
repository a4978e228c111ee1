"""What must hold of a term, and how that comes about: by other terms, or by what a scenario sets."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chartkit.coverage.suggest import arithmetic
from chartkit.coverage.suggest.choices import CHOOSING
from chartkit.coverage.suggest.compounds import of_parts, of_text
from chartkit.coverage.suggest.evaluation import evaluate, truth
from chartkit.coverage.suggest.measures import MEASURING
from chartkit.coverage.suggest.predicates import PREDICATES, TESTS, tested
from chartkit.coverage.suggest.terms import Const, Either, Items, Op, Ref, Table, TextTerm, parts
from chartkit.coverage.suggest.visits import IS_FALSE, IS_TRUE, Alternative, Constraint, Goal
from chartkit.coverage.suggest.worlds import UNSURE, World
from chartkit.syntax import semver

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
    elif isinstance(term, TextTerm):
        yield from of_text(term, goal, world)
    elif isinstance(term, Table | Items):
        yield from of_parts(term, goal)


def _of_function(term: Op, goal: Goal, world: World) -> Iterator[Alternative]:
    name, args = term.name, term.args
    if name in CHOOSING:
        yield from CHOOSING[name](args, goal)
    elif name in PREDICATES or (name in TESTS and len(args) == 2):
        wanted = _as_truth(goal)
        if wanted is not None:
            found = PREDICATES[name](args, wanted, world) if name in PREDICATES else None
            yield from tested(name, args, wanted, world) if found is None else found
    elif name in MEASURING:
        yield from MEASURING[name](args, goal)
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
