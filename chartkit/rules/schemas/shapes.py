"""Makes of a custom resource what the API server validates: defaults set, nulls dropped.

A null where the schema is not nullable is dropped, and its default applies: "Defaulting and nullable" in
https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/.
Also tells which CEL rules hold for an object, so that they can be reported as not evaluated.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chartkit.model.place import Path


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
