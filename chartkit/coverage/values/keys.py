"""Which keys a values.yaml declares, where, and with what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.references import Steps
from chartkit.model.errors import FileError
from chartkit.model.place import Place
from chartkit.syntax.yaml import yaml_file

_PLAIN: Final = re.compile(r"[A-Za-z0-9_-]+")
_COMMENTED: Final = re.compile(r"^[ \t]*#+[ \t]*(?:- )?[\"']?([\w./-]+)[\"']?:(?:\s|$)")


class Absent:
    """The value of a key that is not there."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Key:
    """A key without keys below it; *is_anchor*: an alias repeats what is written here."""

    path: Steps
    place: Place
    is_anchor: bool = False


@dataclass(frozen=True, slots=True)
class Declared:
    """What a values.yaml declares: its *data* as Helm reads it, and its keys in their order.

    *comments* are the lines that say ``# name:``, by name.
    """

    data: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[Key, ...] = ()
    comments: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    file: str = ""


def declared(text: str, data: Mapping[str, Any], shown: str) -> Declared:
    """The keys of the values file *text*, which Helm reads as *data* and reports call *shown*."""
    try:
        written = yaml_file.loads(text, shown)
    except FileError:
        keys = tuple(Key(path, Place(shown)) for path in leaves(data))
    else:
        anchors = written.anchors()
        keys = tuple(
            Key(path, written.place(path, on_key=True), _is_anchor(path, anchors)) for path in leaves(data)
        )
    comments: dict[str, tuple[int, ...]] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _COMMENTED.match(line):
            comments[match[1]] = (*comments.get(match[1], ()), number)
    return Declared(data, tuple(sorted(keys, key=_position)), comments, shown)


def _position(key: Key) -> tuple[int, int, Steps]:
    return key.place.line or 0, key.place.column or 0, key.path


def _is_anchor(path: Steps, anchors: frozenset[tuple[str | int, ...]]) -> bool:
    return any(path[:size] in anchors for size in range(1, len(path) + 1))


def leaves(table: Mapping[str, Any], above: Steps = ()) -> Iterator[Steps]:
    """The paths of what holds no keys; an empty table is one, and a list, whatever is in it."""
    for name, value in table.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name)


def value_at(table: Any, path: Steps) -> Any:
    """What is at *path*, or `ABSENT`."""
    for step in path:
        if not isinstance(table, Mapping) or step not in table:
            return ABSENT
        table = table[step]
    return table


def with_values(table: Mapping[str, Any], changes: Mapping[Steps, Any]) -> dict[str, Any]:
    """*table* with *changes*; only what changes is copied. What is no table on the way becomes one."""
    below: dict[str, dict[Steps, Any]] = {}
    fresh = dict(table)
    for path, value in changes.items():
        if len(path) == 1:
            fresh[path[0]] = value
        else:
            below.setdefault(path[0], {})[path[1:]] = value
    for name, inner in below.items():
        there = fresh.get(name)
        fresh[name] = with_values(there if isinstance(there, Mapping) else {}, inner)
    return fresh


def dotted(path: Steps) -> str:
    """*path* as templates write it, with quotes where they would need them."""
    shown = "".join(f".{step}" if _PLAIN.fullmatch(step) else f'["{step}"]' for step in path)
    return shown.removeprefix(".")
