"""What values look like that a chart takes: by defaults, schema, commented examples, how they are read."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from chartkit.coverage.suggest.examples import examples_of
from chartkit.coverage.suggest.schemas import down, schemas_of
from chartkit.coverage.suggest.terms import EACH
from chartkit.coverage.suggest.usual import usual
from chartkit.helm.order import YamlReader
from chartkit.model.case import Chart

Path = tuple[str, ...]


class Shapes:
    """What is known of the values of *chart*; *read* is which paths its templates read, and if as YAML."""

    def __init__(
        self,
        chart: Chart,
        values: Mapping[str, Any],
        read: Mapping[tuple[str, ...], bool],
        reader: YamlReader,
    ) -> None:
        self.values = values
        self.examples = dict(examples_of(chart, reader))
        self._schemas = dict(schemas_of(chart))
        self._below: dict[Path, dict[str, None]] = {}
        self._validators: dict[Path, Any] = {}
        self._as_yaml = {path for path, as_yaml in read.items() if as_yaml}
        for path in read:
            for index in range(len(path)):
                self._below.setdefault(path[:index], {})[path[index]] = None

    def schema(self, path: Path) -> Mapping[str, Any]:
        """The part of a values schema that speaks of *path*."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._schemas:
                root = self._schemas[path[:length]]
                return down(root, path[length:])
        return {}

    def made_up(self, path: Path) -> list[Any]:
        """Values for *path* that are not empty, the likeliest first."""
        found: list[Any] = []
        schema = self.schema(path)
        for key in ("examples", "enum"):
            found += schema.get(key) or ()
        found += [schema[key] for key in ("const", "default") if key in schema]
        found += self.examples.get(path, [])
        found += self._of_type(path, schema)
        found += [one for one in [self._generated(path, 0)] if one is not None] if schema else []
        return [one for one in _distinct(one for one in found if one) if self.allows(path, one)]

    def allows(self, path: Path, value: Any) -> bool:
        """Whether the schema of *path*, if there is one, takes *value*."""
        if value is None:
            return True
        if path not in self._validators:
            self._validators[path] = self._validator(path)
        validator = self._validators[path]
        try:
            return validator is None or bool(validator.is_valid(value))
        except ValueError:
            return True

    def _validator(self, path: Path) -> Any:
        import jsonschema_rs

        found = self._root_of(path)
        schema = self.schema(path)
        if found is None or not schema:
            return None
        shared = {key: found[key] for key in ("$defs", "definitions", "$schema") if key in found}
        try:
            return jsonschema_rs.validator_for({**shared, **schema})
        except ValueError:
            return None

    def _root_of(self, path: Path) -> Mapping[str, Any] | None:
        return next(
            (self._schemas[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self._schemas), None
        )

    def _generated(self, path: Path, depth: int) -> Any:
        """A value that the schema of *path* may take, with what it requires."""
        schema = self.schema(path)
        for key in ("const", "default"):
            if schema.get(key):
                return schema[key]
        for key in ("examples", "enum"):
            if schema.get(key):
                return schema[key][0]
        types = schema.get("type")
        types = [types] if isinstance(types, str) else list(types or ())
        properties = schema.get("properties")
        if depth < 6 and ("object" in types or isinstance(properties, dict)):
            names = list(schema.get("required") or list(properties or {})[:1] or ["example"])
            return {name: self._generated((*path, name), depth + 1) for name in names}
        if depth < 6 and "array" in types:
            return [self._generated((*path, EACH), depth + 1)]
        known = usual(path[-1]) if path and path[-1] != EACH else None
        if known is not None and _fits(known, None, types):
            return copy.deepcopy(known)
        return next(self._plain(None, types, schema), "example")

    def _of_type(self, path: Path, schema: Mapping[str, Any]) -> Iterator[Any]:
        name = next((step for step in reversed(path) if step != EACH), "")
        known = usual(name) if path[-1:] != (EACH,) else None
        now = _at(self.values, path)
        types = schema.get("type")
        types = [types] if isinstance(types, str) else list(types or ())
        if known is not None and _fits(known, now, types):
            yield copy.deepcopy(known)
        below = self._below.get(path, {})
        if EACH in below and (isinstance(now, list | None) or "array" in types) and not isinstance(now, dict):
            yield [self._item((*path, EACH))]
        elif below and (isinstance(now, dict | None) or "object" in types):
            yield self._table(path, below)
        if path in self._as_yaml and not types and now in (None, ""):
            yield from ({"example": "example"}, ["example"])
        yield from self._plain(now, types, schema)
        if known is not None and not _fits(known, now, types):
            yield copy.deepcopy(known)

    def _plain(self, now: Any, types: Sequence[str], schema: Mapping[str, Any]) -> Iterator[Any]:
        if isinstance(now, bool) or "boolean" in types:
            yield True
        if (isinstance(now, int | float) and not isinstance(now, bool)) or {"integer", "number"} & set(types):
            least = schema.get("minimum", 1)
            yield least if isinstance(least, int) and least > 0 else 1
        if isinstance(now, dict) or "object" in types:
            required = schema.get("required") or ["example"]
            yield dict.fromkeys(required, "example")
        if isinstance(now, list) or "array" in types:
            yield ["example"]
            yield [{"name": "example"}]
        if isinstance(now, str) or "string" in types or not types:
            yield "example"
        if now is None and not types:
            yield from (1, True, {"example": "example"}, ["example"])

    def _item(self, path: Path) -> Any:
        below = self._below.get(path, {})
        return self._table(path, below) if below and EACH not in below else self._leaf(path)

    def _table(self, path: Path, below: Mapping[str, None]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for step in below:
            inner = (*path, step)
            if step == EACH:
                made["example"] = self._item(inner)
            elif not step.startswith("\0"):
                made[step] = self._leaf(inner)
        return made

    def _leaf(self, path: Path) -> Any:
        below = self._below.get(path, {})
        now = _at(self.values, path)
        if now not in (None, "", [], {}):
            return copy.deepcopy(now)
        known = usual(path[-1]) if path[-1] != EACH else None
        if known is not None:
            return copy.deepcopy(known)
        if len(path) > 12:
            return "example"
        if EACH in below:
            return [self._item((*path, EACH))]
        return self._table(path, below) if below else "example"


def _fits(value: Any, now: Any, types: Sequence[str]) -> bool:
    """Whether *value* is of the type that the default has, or the schema asks for."""
    if types:
        names = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}
        return names.get(type(value), "number") in types or (isinstance(value, int) and "number" in types)
    if now is None or now == "":
        return now is None or isinstance(value, str | int)
    return isinstance(value, type(now)) and isinstance(value, bool) is isinstance(now, bool)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if step == EACH:
            many = list(value.values()) if isinstance(value, dict) else value
            value = many[0] if isinstance(many, list) and many else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        text = json.dumps(value, sort_keys=True, default=str)
        if text not in seen:
            seen.add(text)
            yield value
