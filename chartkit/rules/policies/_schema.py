"""The schema of a policy: references are filled in from the case, it is compiled, and errors taken apart.

``{$value: image.tag}`` is the case's value of that key, ``{$chart: appVersion}`` a key of Chart.yaml,
``{$case: namespace}`` how it is rendered, ``{$inventory: storage}`` the field of the object's row in the
policy's inventory, each with ``$default:`` for where there is none, and null without. With ``$as: label`` the
text is what a label value may hold of it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.place import Path

if TYPE_CHECKING:
    import jsonschema_rs


KINDS: Final = ("$value", "$chart", "$case", "$inventory")

_PLACEHOLDERS: Final[Mapping[str, Any]] = {
    "enum": [],
    "required": [],
    "prefixItems": [],
    **dict.fromkeys(("pattern", "$comment", "title", "description"), ""),
    **dict.fromkeys(("maxItems", "minItems", "maxLength", "minLength", "maxProperties", "minProperties"), 0),
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), 0),
    "multipleOf": 1,
    "type": "null",
    "uniqueItems": True,
}
"""What stands for a reference under these keywords while the schema is only looked at."""

FORMS: Final = ("label",)
"""What ``$as`` makes of a text."""

Lookup = Callable[[str, Any], Any]
"""Gives what a kind of reference means with an argument; None where there is none."""


def is_reference(value: object) -> bool:
    return isinstance(value, Mapping) and any(kind in value for kind in KINDS)


def unknown_forms(value: object) -> set[str]:
    """What the references in *value* have under ``$as`` that is none of FORMS."""
    return {str(reference["$as"]) for reference in _references(value) if "$as" in reference} - {*FORMS}


def kinds(value: object) -> set[str]:
    """The kinds of the references in *value*."""
    return {kind for reference in _references(value) for kind in KINDS if kind in reference}


def filled(value: Any, lookup: Lookup) -> Any:
    """*value* with every reference in it replaced."""
    if isinstance(value, list):
        return [filled(each, lookup) for each in value]
    if not isinstance(value, Mapping):
        return value
    if not is_reference(value):
        return {key: filled(each, lookup) for key, each in value.items()}
    kind = next(kind for kind in KINDS if kind in value)
    found = lookup(kind, filled(value[kind], lookup))
    if found is None:
        found = filled(value.get("$default"), lookup)
    return _as_label(found) if "$as" in value and isinstance(found, str) else found


def blank(value: Any, keyword: str = "") -> Any:
    """*value* with placeholders for references, to see whether the rest is a schema."""
    if is_reference(value):
        return _PLACEHOLDERS.get(keyword)
    if isinstance(value, list):
        return [blank(each) for each in value]
    return {key: blank(each, key) for key, each in value.items()} if isinstance(value, Mapping) else value


def dig(value: Any, path: str) -> Any:
    """What is at the dotted *path* in *value*, or None; a key that holds dots itself goes first."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    head, dot, rest = path.partition(".")
    return dig(value.get(head), rest) if dot else None


def _as_label(text: str) -> str:
    """*text* as charts make it a label value: "+" becomes "_", as in helm.sh/chart, and what else is not
    allowed "-"; at most 63 characters, and neither end is a sign."""
    return re.sub(r"[^A-Za-z0-9_.-]", "-", text.replace("+", "_"))[:63].strip("-_.")


def _references(value: object) -> Iterator[Mapping[str, Any]]:
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, Mapping):
            if is_reference(each):
                yield each
            pending += each.values()
        elif isinstance(each, list):
            pending += each


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
    """Whether *value* fits *schema*, where there is one; what cannot be decided counts as fitting."""
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
    for trouble in (trouble for error in found for trouble in _troubles_of(error)):
        if trouble.path not in seen:
            seen.add(trouble.path)
            yield trouble


def _troubles_of(error: jsonschema_rs.ValidationError) -> Iterator[Trouble]:
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
