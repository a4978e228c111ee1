"""What terms come to in a world, as far as that is known."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from chartkit.coverage.suggest import arithmetic
from chartkit.coverage.suggest.terms import Const, Either, Items, Op, Ref, Root, Table, Term, TextTerm
from chartkit.coverage.suggest.worlds import UNSURE, World
from chartkit.syntax import semver


def evaluate(term: Term, world: World) -> Any:
    """What *term* is in *world*, or UNSURE."""
    found: Any = UNSURE
    match term:
        case Const(value):
            found = value
        case Ref(path):
            found = _given(path, world)
        case Either():
            test = truth(evaluate(term.test, world))
            found = UNSURE if test is None else evaluate(term.then if test else term.other, world)
        case Table():
            found = _table_of(term, world)
        case Items(items):
            found = _all(items, world)
        case TextTerm(parts):
            values = _all(parts, world)
            found = UNSURE if values is UNSURE else "".join(map(arithmetic.printed, values))
        case Op():
            found = _of_function(term, world)
        case Root():
            found = {"Values": {}}
    return found


def truth(value: Any) -> bool | None:
    """What ``if`` makes of *value*; None where it is not known."""
    return None if value is UNSURE else bool(value)


def _given(path: tuple[str, ...], world: World) -> Any:
    if path[0] == "Values":
        return world.at(path[1:])
    major, minor = semver_parts(world.kube_version)
    version = f"v{world.kube_version}"
    known = {
        ("Release", "Name"): world.release,
        ("Release", "Namespace"): world.namespace,
        ("Release", "Service"): "Helm",
        ("Release", "Revision"): 1,
        ("Release", "IsUpgrade"): world.is_upgrade,
        ("Release", "IsInstall"): not world.is_upgrade,
        ("Capabilities", "KubeVersion"): version,
        ("Capabilities", "KubeVersion", "Version"): version,
        ("Capabilities", "KubeVersion", "GitVersion"): version,
        ("Capabilities", "KubeVersion", "Major"): major,
        ("Capabilities", "KubeVersion", "Minor"): minor,
    }
    return known.get(path, UNSURE)


def semver_parts(version: str) -> tuple[str, str]:
    """Major and minor of *version*, as text."""
    found = re.match(r"v?(\d+)\.(\d+)", version)
    return (found[1], found[2]) if found else ("1", "0")


def _table_of(term: Table, world: World) -> Any:
    rest = evaluate(term.rest, world) if term.rest is not None else {}
    values = {name: evaluate(value, world) for name, value in term.items}
    if rest is UNSURE or any(value is UNSURE for value in values.values()):
        return UNSURE
    return {**(rest if isinstance(rest, dict) else {}), **values}


def _all(terms: tuple[Term, ...], world: World) -> Any:
    values = [evaluate(each, world) for each in terms]
    return UNSURE if any(value is UNSURE for value in values) else values


def _of_function(term: Op, world: World) -> Any:
    lazy = _LAZY.get(term.name)
    if lazy is not None:
        return lazy(term.args, world)
    plain = arithmetic.FUNCTIONS.get(term.name)
    if plain is None:
        return UNSURE
    args = _all(term.args, world)
    if args is UNSURE:
        return UNSURE
    try:
        found = plain(*args)
    except (
        TypeError,
        ValueError,
        LookupError,
        AttributeError,
        ArithmeticError,
        re.error,
        json.JSONDecodeError,
    ):
        return UNSURE
    return UNSURE if found is arithmetic.CANNOT else found


def _and(args: tuple[Term, ...], world: World) -> Any:
    value: Any = UNSURE
    unsure = False
    for arg in args:
        value = evaluate(arg, world)
        if truth(value) is False:
            return value if not unsure else False
        unsure |= value is UNSURE
    return UNSURE if unsure else value


def _or(args: tuple[Term, ...], world: World) -> Any:
    value: Any = UNSURE
    unsure = False
    for arg in args:
        value = evaluate(arg, world)
        if truth(value):
            return value if not unsure else UNSURE
        unsure |= value is UNSURE
    return UNSURE if unsure else value


def _default(args: tuple[Term, ...], world: World) -> Any:
    return _or(tuple(reversed(args)), world) if len(args) == 2 else UNSURE


def _one_of(args: tuple[Term, ...], world: World) -> Any:
    values = _all(args, world)
    return values[0] if values is not UNSURE and values and values.count(values[0]) == len(values) else UNSURE


def _ternary(args: tuple[Term, ...], world: World) -> Any:
    return evaluate(Either(args[2], args[0], args[1]), world) if len(args) == 3 else UNSURE


def _has_api(args: tuple[Term, ...], world: World) -> Any:
    wanted = evaluate(args[0], world) if args else UNSURE
    return True if wanted in world.api_versions else UNSURE if not is_not_builtin(wanted) else False


def is_not_builtin(api: Any) -> bool:
    """Whether *api* is not one of Kubernetes' own, so that a cluster has it only where that is said."""
    group = api.split("/")[0] if isinstance(api, str) else ""
    return "." in group and not group.endswith("k8s.io")


def _semver(args: tuple[Term, ...], world: World) -> Any:
    values = _all(args, world)
    if values is UNSURE or len(values) != 2 or not all(isinstance(value, str) for value in values):
        return UNSURE
    try:
        return semver.satisfies(values[0], values[1])
    except ValueError:
        return UNSURE


_LAZY: Final[Mapping[str, Callable[[tuple[Term, ...], World], Any]]] = {
    "and": _and,
    "or": _or,
    "default": _default,
    "coalesce": _or,
    "ternary": _ternary,
    "one of": _one_of,
    "has api": _has_api,
    "semverCompare": _semver,
    "lookup": lambda _args, _world: {},
}
