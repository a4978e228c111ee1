"""Compiles a schema: what jsonschema-rs checks, and what it cannot: items of a list that have equal keys.

Lists are maps or sets where ``x-kubernetes-list-type`` says so, maps by ``x-kubernetes-list-map-keys``; a
missing key counts with its default. Only the parts of an object that can hold such lists are walked.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chartkit.helm import kubernetes_schemas
from chartkit.model.place import Path
from chartkit.rules.schemas import formats

if TYPE_CHECKING:
    import jsonschema_rs


@dataclass(frozen=True, slots=True)
class RepeatedItem:
    """An item at *path* whose *keys* an earlier item, number *first*, has too."""

    path: Path
    keys: tuple[tuple[str, Any], ...]
    first: int
    tolerated: bool


@dataclass(slots=True, eq=False)
class Lists:
    """What to look at below one value: by field, in items, in values of a map; and the value's own keys."""

    fields: list[tuple[str, Lists]] = field(default_factory=list)
    items: Lists | None = None
    values: Lists | None = None
    keys: tuple[tuple[str, Any], ...] | None = None
    is_set: bool = False
    tolerated: bool = False

    def repeated(self, value: Any) -> Iterator[RepeatedItem]:
        """Every repeated item in *value*; the common case, none, costs no more than a look."""
        if not self.distinct(value):
            yield from self.find(value, ())

    def distinct(self, value: Any) -> bool:
        """False where something may be repeated: `find` then says what."""
        if value.__class__ is dict:
            for name, below in self.fields:
                child = value.get(name)
                if child and not below.distinct(child):
                    return False
            return self.values is None or all(map(self.values.distinct, value.values()))
        if value.__class__ is list:
            if len(value) > 1 and not self._distinct_items(value):
                return False
            return self.items is None or all(map(self.items.distinct, value))
        return True

    def _distinct_items(self, items: list[Any]) -> bool:
        if self.keys is None and not self.is_set:
            return True
        try:
            if self.is_set:
                return len(set(items)) == len(items)
            if len(self.keys or ()) == 1:
                ((key, default),) = self.keys or ()
                return len({item.get(key) or default for item in items}) == len(items)
            names = {tuple(item.get(key) or default for key, default in self.keys or ()) for item in items}
            return len(names) == len(items)
        except (TypeError, AttributeError):  # items of the wrong type, or that cannot be hashed
            return False

    def find(self, value: Any, path: Path) -> Iterator[RepeatedItem]:
        """Every repeated item in *value*, which stands at *path*."""
        if value.__class__ is dict:
            for name, below in self.fields:
                if child := value.get(name):
                    yield from below.find(child, (*path, name))
            if self.values is not None:
                for name, child in value.items():
                    yield from self.values.find(child, (*path, name))
        elif value.__class__ is list:
            if len(value) > 1 and (self.is_set or self.keys is not None):
                yield from self._repeated_items(value, path)
            if self.items is not None:
                for index, item in enumerate(value):
                    yield from self.items.find(item, (*path, index))

    def _repeated_items(self, items: list[Any], path: Path) -> Iterator[RepeatedItem]:
        seen: dict[object, int] = {}
        for index, item in enumerate(items):
            name = self._name(item)
            if name is None:
                continue
            first = seen.setdefault(_hashable(name), index)
            if first != index:
                yield RepeatedItem((*path, index), name, first, self.tolerated)

    def _name(self, item: Any) -> tuple[tuple[str, Any], ...] | None:
        """The keys of an item; None where it has none of them (which other checks report)."""
        if self.is_set:
            return (("", item),)
        if not isinstance(item, dict):
            return None
        named = tuple((key, _present(item.get(key), default)) for key, default in self.keys or ())
        return named if any(value is not None for _, value in named) else None


def _present(value: Any, default: Any) -> Any:
    absent = value is None or (value == "" and default is not None)
    return default if absent else value


def _hashable(value: Any) -> object:
    if isinstance(value, dict):
        return ("{}", *((key, _hashable(value[key])) for key in sorted(value)))
    if isinstance(value, list | tuple):
        return ("[]", *map(_hashable, value))
    return value.__class__, value


def find_lists(schema: Mapping[str, Any], known: dict[str, Lists | None] | None = None) -> Lists | None:
    """What to look at for *schema*, whose references lead into its own ``$defs``; None for nothing.

    *known* keeps what was found of definitions, for further schemas with the same ones. A definition that
    refers to itself is followed once: in Kubernetes only JSONSchemaProps does, which has no such lists.
    """
    return _ListFinder(schema.get("$defs", {}), {} if known is None else known).build(schema)


@dataclass(frozen=True, slots=True)
class _ListFinder:
    definitions: Mapping[str, Any]
    known: dict[str, Lists | None]

    def build(self, node: Any) -> Lists | None:
        if not isinstance(node, dict):
            return None
        if "$ref" not in node:
            return self._lists(node)
        name = node["$ref"].rpartition("/")[2]
        if name not in self.known:
            self.known[name] = None
            self.known[name] = self._lists(self.definitions[name])
        return self.known[name]

    def _lists(self, node: Mapping[str, Any]) -> Lists | None:
        parts = ((name, self.build(part)) for name, part in node.get("properties", {}).items())
        fields = [(name, below) for name, below in parts if below is not None]
        items, values = self.build(node.get("items")), self.build(node.get("additionalProperties"))
        keys = self._keys(node)
        is_set = node.get("x-kubernetes-list-type") == "set"
        if not (fields or items or values or keys or is_set):
            return None
        return Lists(fields, items, values, keys, is_set, bool(node.get("x-chartkit-tolerated")))

    def _keys(self, node: Mapping[str, Any]) -> tuple[tuple[str, Any], ...] | None:
        keys = node.get("x-kubernetes-list-map-keys")
        if node.get("x-kubernetes-list-type") != "map" or not isinstance(keys, list):
            return None
        items = node.get("items")
        if isinstance(items, dict) and "$ref" in items:
            items = self.definitions[items["$ref"].rpartition("/")[2]]
        properties = items.get("properties", {}) if isinstance(items, dict) else {}
        return tuple((key, _default(properties, key)) for key in keys if isinstance(key, str))


def _default(properties: Mapping[str, Any], key: str) -> Any:
    part = properties.get(key)
    return part.get("default") if isinstance(part, dict) else None


_KNOWN_LISTS: Final[dict[str, Lists | None]] = {}


@dataclass(frozen=True, slots=True)
class Compiled:
    """A schema with what checks it; *lists* is None where no list has keys."""

    schema: Mapping[str, Any] = field(repr=False)
    validator: jsonschema_rs.Draft202012Validator
    lists: Lists | None

    def errors(self, body: Any) -> Iterator[jsonschema_rs.ValidationError]:
        """All errors at once; the common case, none, costs one pass in Rust."""
        if not self.validator.is_valid(body):
            yield from self.validator.iter_errors(body)

    def node(self, schema_path: list[str | int]) -> Any:
        """The part of the schema that an error names; None where it is not there."""
        node: Any = self.schema
        for step in schema_path:
            if isinstance(node, dict):  # the engine gives names that are digits as numbers
                node = node.get(str(step))
            elif isinstance(node, list) and isinstance(step, int) and step < len(node):
                node = node[step]
            else:
                return None
        return node


def compile_schema(schema: dict[str, Any], known: dict[str, Lists | None] | None = None) -> Compiled:
    """Patterns run in linear time; raises ValueError for one that the engine cannot take.

    *known* is shared between schemas whose ``$defs`` have the same names for the same things.
    """
    import jsonschema_rs

    validator = jsonschema_rs.Draft202012Validator(
        schema,
        pattern_options=jsonschema_rs.RegexOptions(),
        validate_formats=True,
        formats=formats.CHECKS,
    )
    return Compiled(schema, validator, find_lists(schema, known))


@functools.cache
def schema_of_kind(line: int) -> Compiled:
    """The schema of the kind whose definition has the number *line*, compiled once in a process."""
    schema = {"$ref": f"#/$defs/{line}", "$defs": kubernetes_schemas.of([line])}
    return compile_schema(schema, _KNOWN_LISTS)
