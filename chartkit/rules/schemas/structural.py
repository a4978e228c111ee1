"""What the structural schema of a custom resource means: the JSON Schema that says the same, and its shape.

Structural schemas prune: a field that no ``properties`` names is unknown, unless
``x-kubernetes-preserve-unknown-fields`` keeps it. Below ``allOf``, ``anyOf``, ``oneOf`` and ``not`` stand
only value checks. A null where the schema is not nullable is dropped, and its default applies.
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.rules.schemas import formats

Schema = dict[str, Any]

_COPIED: Final = (
    *("minLength", "maxLength", "multipleOf", "minItems", "maxItems", "minProperties", "maxProperties"),
    *("required", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "default"),
)
_BOUNDS: Final = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))
_RANGES: Final = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_OBJECT: Final[Mapping[str, Schema]] = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}}


def root(node: Any, metadata: Schema) -> Schema:
    """The schema of the whole object; *metadata* is Kubernetes' own, which holds for all objects."""
    result = structural(node)
    own = result.setdefault("properties", {}).get("metadata", {})
    narrowed = {
        key: part for key, part in own.get("properties", {}).items() if key in ("name", "generateName")
    }
    result["properties"] |= _OBJECT
    result["properties"]["metadata"] = (
        {"allOf": [metadata, {"properties": narrowed}]} if narrowed else metadata
    )
    result["type"] = "object"
    return result


def structural(node: Any) -> Schema:
    """One node and all below it; raises TypeError for what is no schema."""
    if not isinstance(node, dict):
        raise TypeError(f"expected a schema, got {type(node).__name__}")
    result = _values(node, structural)
    if "properties" in node:
        result["properties"] = {name: structural(part) for name, part in node["properties"].items()}
    embedded = node.get("x-kubernetes-embedded-resource") is True
    if embedded:
        result["properties"] = {**result.get("properties", {}), **_OBJECT, "metadata": {"type": "object"}}
        result["required"] = sorted({*result.get("required", ()), "apiVersion", "kind"})
    _close(node, result)
    return result


def _close(node: Schema, result: Schema) -> None:
    """Say what becomes of fields that no property names."""
    further = node.get("additionalProperties")
    if isinstance(further, dict):
        result["additionalProperties"] = structural(further)
        return
    has_fields = node.get("type") == "object" or "properties" in node
    if further is None and has_fields and node.get("x-kubernetes-preserve-unknown-fields") is not True:
        result["additionalProperties"] = False


def values(node: Any) -> Schema:
    """A node below a logical keyword: its checks, without a word on unknown fields."""
    if not isinstance(node, dict):
        raise TypeError(f"expected a schema, got {type(node).__name__}")
    result = _values(node, values)
    if "properties" in node:
        result["properties"] = {name: values(part) for name, part in node["properties"].items()}
    if isinstance(node.get("additionalProperties"), dict):
        result["additionalProperties"] = values(node["additionalProperties"])
    return result


def _values(node: Schema, below: Callable[[Any], Schema]) -> Schema:
    result: Schema = {key: node[key] for key in _COPIED if key in node}
    _type(node, result)
    _bounds(node, result)
    if isinstance(node.get("pattern"), str):
        result["pattern"] = formats.translate_pattern(node["pattern"])
    if isinstance(node.get("enum"), list):
        result["enum"] = [*node["enum"], None] if node.get("nullable") is True else node["enum"]
    if name := formats.prefixed_format(node.get("format")):
        result["format"] = name
    if "items" in node:
        result["items"] = below(node["items"])
    for key in ("allOf", "anyOf", "oneOf"):
        if isinstance(node.get(key), list):
            result[key] = [values(part) for part in node[key]]
    if "not" in node:
        result["not"] = values(node["not"])
    return result


def _type(node: Schema, result: Schema) -> None:
    names = ["integer", "string"] if node.get("x-kubernetes-int-or-string") is True else node.get("type")
    if isinstance(names, str) and names:
        names = [names]
    if names not in (None, "") and not isinstance(names, list):
        raise TypeError("a type is no text")
    if names:
        result["type"] = [*names, "null"] if node.get("nullable") is True else names


def _bounds(node: Schema, result: Schema) -> None:
    """OpenAPI 3.0 says with a boolean whether a bound is exclusive."""
    low, high = (
        _RANGES.get(str(node.get("format")), (None, None)) if node.get("type") == "integer" else (None, None)
    )
    if low is not None:
        result["minimum"], result["maximum"] = low, high
    for inclusive, exclusive in _BOUNDS:
        if inclusive in node:
            result.pop(inclusive, None)
            result[exclusive if node.get(exclusive) is True else inclusive] = node[inclusive]


@dataclass(slots=True, eq=False)
class Shape:
    """One node of a structural schema, as far as preparing an object needs it."""

    nullable: bool = False
    fields: dict[str, Shape] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    items: Shape | None = None
    values: Shape | None = None
    rules: tuple[str, ...] = ()

    def prepared(self, value: Any) -> Any:
        """*value* with defaults and without the nulls that the server drops; *value* is not changed."""
        if value.__class__ is dict:
            return self._mapping(value)
        if value.__class__ is list and self.items is not None:
            return [self.items.prepared(item) for item in value]
        return value

    def _mapping(self, value: Mapping[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for name, child in value.items():
            below = self.fields.get(name) or self.values
            if below is None:
                result[name] = child
            elif child is not None or below.nullable:
                result[name] = below.prepared(child)
        for name, default in self.defaults.items():
            if name not in result:
                result[name] = self.fields[name].prepared(copy.deepcopy(default))
        return result

    def holding(self, value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
        """Where in the schema a CEL rule stands for which *value* holds something, and the rule."""
        yield from ((path, rule) for rule in self.rules)
        if value.__class__ is dict:
            for name, child in value.items():
                below = self.fields.get(name)
                step = name if below else "*"
                below = below or self.values
                if below is not None and child is not None:
                    yield from below.holding(child, (*path, step))
        elif value.__class__ is list and self.items is not None:
            for item in value:
                yield from self.items.holding(item, (*path, "*"))


def shape(node: Any) -> Shape:
    """The shape of a structural schema; what is no mapping has none."""
    result = Shape()
    if not isinstance(node, dict):
        return result
    result.nullable = node.get("nullable") is True
    properties = node.get("properties")
    for name, part in properties.items() if isinstance(properties, dict) else ():
        result.fields[name] = shape(part)
        if isinstance(part, dict) and part.get("default") is not None:
            result.defaults[name] = part["default"]
    if isinstance(node.get("items"), dict):
        result.items = shape(node["items"])
    if isinstance(node.get("additionalProperties"), dict):
        result.values = shape(node["additionalProperties"])
    rules = node.get("x-kubernetes-validations")
    if isinstance(rules, list):
        result.rules = tuple(str(rule["rule"]) for rule in rules if isinstance(rule, dict) and "rule" in rule)
    return result
