"""References: the places in a policy's schema that are filled in from the case before it is compiled.

``{$value: image.tag}`` is the case's value of that key, ``{$chart: appVersion}`` a key of Chart.yaml,
``{$case: namespace}`` how it is rendered, ``{$inventory: storage}`` the field of the object's row in the
policy's inventory, each with ``$default:`` for where there is none, and null without. With ``$as: label`` the
text is what a label value may hold of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

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
