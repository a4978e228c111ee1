"""The schema engine of policies: compiles their schemas, and takes its errors apart."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chartkit.model.place import Path

if TYPE_CHECKING:
    import jsonschema_rs


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong at *path* of the judged part: *key* is the name that is wrong or missing, if one is."""

    path: Path
    value: Any = field(repr=False)
    reason: str
    expected: str = ""
    key: str = ""


class BadSchema(Exception):
    """Not a JSON Schema of draft 2020-12, or one that needs a regular expression that looks around."""


@functools.lru_cache(maxsize=1024)
def compiled(schema: str) -> jsonschema_rs.Draft202012Validator:
    """The validator of *schema*, a JSON text; made once for each. Raises BadSchema.

    Patterns run in linear time, and nothing is ever fetched.
    """
    import jsonschema_rs

    try:
        return jsonschema_rs.Draft202012Validator(
            json.loads(schema), pattern_options=jsonschema_rs.RegexOptions(), retriever=_refuse
        )
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise BadSchema(str(error).splitlines()[0]) from error


def _refuse(uri: str) -> Any:
    raise LookupError(f"schemas are not fetched: {uri}")


def takes(schema: str, value: Any) -> bool:
    """Whether *value* fits *schema*, where there is one; what cannot be told counts as fitting."""
    try:
        return not schema or bool(compiled(schema).is_valid(value))
    except ValueError:
        return True


def troubles(validator: jsonschema_rs.Draft202012Validator, value: Any) -> Iterator[Trouble]:
    """What *validator* finds wrong in *value*, one trouble a path."""
    try:
        found = [] if validator.is_valid(value) else list(validator.iter_errors(value))
    except ValueError as error:  # text with half a surrogate pair, which no JSON can hold
        yield Trouble((), None, f"cannot be judged: {error}")
        return
    seen = set[Path]()
    for trouble in (trouble for error in found for trouble in _apart(error)):
        if trouble.path not in seen:
            seen.add(trouble.path)
            yield trouble


def _apart(error: jsonschema_rs.ValidationError) -> Iterator[Trouble]:
    path: Path = tuple(error.instance_path)
    kind: Any = error.kind
    match kind.name:
        case "propertyNames":
            name = str(kind.error.instance)
            yield Trouble((*path, name), name, kind.error.message, _expected(kind.error.kind), name)
        case "required":
            yield Trouble((*path, kind.property), None, error.message, key=kind.property)
        case "additionalProperties" | "unevaluatedProperties":
            for name in kind.unexpected:
                yield Trouble((*path, name), _child(error.instance, name), error.message, key=name)
        case _:
            key = str(path[-1]) if path else ""
            yield Trouble(path, error.instance, error.message, _expected(kind), key)


def _expected(kind: Any) -> str:
    if kind.name == "const":
        return repr(kind.expected_value)
    if kind.name == "enum":
        return " or ".join(repr(option) for option in kind.options)
    return ""


def _child(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, Mapping) else None
