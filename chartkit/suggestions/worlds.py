"""What a scenario gives to a chart, as far as conditions ask, and what terms come to in it."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from chartkit import semver
from chartkit.helm import set_values
from chartkit.suggestions import arithmetic
from chartkit.suggestions.terms import EACH, KEY, Const, Either, Items, Op, Ref, Root, Table, Term, Text


class _Unsure:
    """Stands for a value that is not known."""

    def __repr__(self) -> str:
        return "UNSURE"


UNSURE: Final = _Unsure()
EXAMPLE: Final = "example"
"""The key of an entry that is made up."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing that a scenario says: *what* is ``value`` (at *path* of the values), or an option's name."""

    what: str
    value: Any = field(hash=False)
    path: tuple[str, ...] = ()


@dataclass(frozen=True)
class World:
    """A scenario: *given* is what it sets over the chart's *values* (defaults, with what is given laid over)."""

    values: Mapping[str, Any]
    kube_version: str
    release: str = "release-name"
    namespace: str = "default"
    is_upgrade: bool = False
    api_versions: tuple[str, ...] = ()
    given: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def having(self, setting: Setting) -> World:
        """This, and what *setting* says."""
        if setting.what == "value":
            given = _merged(self.given, _table(self.values, setting.path, setting.value))
            return replace(self, given=given, values=laid(self.values, given))
        options = dict(self.options)
        if setting.what == "api-versions":
            more = (*self.api_versions, setting.value)
            options[setting.what] = [*options.get(setting.what, ()), setting.value]
            return replace(self, api_versions=more, options=options)
        options[setting.what] = setting.value
        changed: dict[str, Any] = {_FIELDS[setting.what]: setting.value}
        return replace(self, options=options, **changed)

    def at(self, path: tuple[str, ...]) -> Any:
        """The value at *path*, None where there is none; UNSURE where it is in several items that differ."""
        return _at(self.values, path)


_FIELDS: Final = {
    "kube-versions": "kube_version",
    "upgrade": "is_upgrade",
    "namespace": "namespace",
    "release": "release",
}


def _merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    return set_values.merge(dict(below), dict(over))


def laid(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """*over* laid over the defaults *below*, as a chart sees it: nulls take away."""
    found = dict(below)
    for name, value in over.items():
        under = found.get(name)
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict):
            found[name] = laid(under if isinstance(under, dict) else {}, value)
        else:
            found[name] = value
    return found


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for index, step in enumerate(path):
        if step in {EACH, KEY} and isinstance(value, dict | list):
            if step == KEY:
                found = list(value) if isinstance(value, dict) else list(range(len(value)))
                return found[0] if len(found) == 1 else UNSURE
            items = list(value.values()) if isinstance(value, dict) else value
            reached = [_at(one, path[index + 1 :]) for one in items]
            return reached[0] if reached and all(one == reached[0] for one in reached) else UNSURE
        if not isinstance(value, dict):
            return None
        value = value.get(step)
    return value


def _table(values: Any, path: tuple[str, ...], value: Any) -> Any:
    """What lays *value* at *path* over *values*: lists are given whole, and keep one item."""
    if not path:
        return copy.deepcopy(value)
    step, rest = path[0], path[1:]
    if step == KEY:
        items = values if isinstance(values, dict) else {}
        return {str(value): copy.deepcopy(next(iter(items.values()), {}))}
    if step == EACH and isinstance(values, dict) and values:
        key = next(iter(values))
        return {key: _table(values[key], rest, value)}
    if step == EACH:
        first = values[0] if isinstance(values, list) and values else None
        below = _table(first, rest, value)
        both = isinstance(first, dict) and isinstance(below, dict)
        return [set_values.merge(copy.deepcopy(first), below) if both else below]
    inner = values.get(step) if isinstance(values, dict) else None
    return {step: _table(inner, rest, value)}


def evaluate(term: Term, world: World) -> Any:
    """What *term* is in *world*, or UNSURE."""
    if isinstance(term, Const):
        return term.value
    if isinstance(term, Ref):
        return _given(term.path, world)
    if isinstance(term, Either):
        test = truth(evaluate(term.test, world))
        return UNSURE if test is None else evaluate(term.then if test else term.other, world)
    if isinstance(term, Table):
        return _table_of(term, world)
    if isinstance(term, Items):
        return _all(term.items, world)
    if isinstance(term, Text):
        parts = _all(term.parts, world)
        return UNSURE if parts is UNSURE else "".join(map(arithmetic.printed, parts))
    if isinstance(term, Op):
        return _of_function(term, world)
    return {} if isinstance(term, Root) else UNSURE


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
    return True if wanted in world.api_versions else UNSURE if not foreign(wanted) else False


def foreign(api: Any) -> bool:
    """Whether *api* is not one of Kubernetes' own, so that a cluster is only known to have it where it is said."""
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
