"""Compiles a schema: what jsonschema-rs checks, and what it cannot (keys that stand twice in a list)."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chartkit.helm import kubernetes_schemas
from chartkit.rules.schemas import formats
from chartkit.rules.schemas.list_keys import Lists, plan

if TYPE_CHECKING:
    import jsonschema_rs

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
    return Compiled(schema, validator, plan(schema, known))


@functools.cache
def compiled(line: int) -> Compiled:
    """The schema of the kind whose definition has the number *line*, compiled once in a process."""
    schema = {"$ref": f"#/$defs/{line}", "$defs": kubernetes_schemas.of([line])}
    return compile_schema(schema, _KNOWN_LISTS)
