"""What a scenario gives to a chart, as far as conditions ask, and what terms come to in it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from chartkit.coverage.suggest.terms import EACH, KEY
from chartkit.helm import set_values


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
    """A scenario: *given* is what it sets, *values* the chart's defaults with that laid over."""

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
            return replace(self, given=given, values=merged(self.values, given))
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


def merged(below: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """*over* laid over the defaults *below*, as a chart sees it: nulls take away."""
    found = dict(below)
    for name, value in over.items():
        under = found.get(name)
        if value is None:
            found.pop(name, None)
        elif isinstance(value, dict):
            found[name] = merged(under if isinstance(under, dict) else {}, value)
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
        if isinstance(first, dict) and isinstance(below, dict):
            return [set_values.merge(copy.deepcopy(first), below)]
        return [below]
    inner = values.get(step) if isinstance(values, dict) else None
    return {step: _table(inner, rest, value)}
