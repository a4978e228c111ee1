"""The words of messages: values, fields and types as a person would name them."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, Final

from yaml.nodes import ScalarNode

from chartkit.model.place import Path
from chartkit.model.render import Manifest
from chartkit.syntax.yaml import kube_yaml, scalars

MOST_CHOICES: Final = 8

_TYPES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}


def expected(schema: Mapping[str, Any]) -> str:
    """What the pattern of *schema* stands for, in words where somebody gave them."""
    words = schema.get("x-chartkit-expected")
    return str(words) if words else f"of the form {cut(str(schema.get('pattern', '')), 120)}"


def place(path: Path, title: object) -> str:
    """A path as people write it (``spec.ports[0]``); for the whole object its *title*."""
    dotted = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return cut(dotted.removeprefix("."), 120) if dotted else str(title or "the object")


def field(path: Path) -> str:
    """The name of what stands at *path*."""
    name = next((step for step in reversed(path) if isinstance(step, str)), "the object")
    return f"an item of '{cut(name)}'" if path and isinstance(path[-1], int) else f"'{cut(name)}'"


def fields(known: Iterable[str]) -> str:
    """A hint with all *known* fields, where they are few."""
    names = sorted(known)
    return f"use one of: {', '.join(names)}" if 0 < len(names) <= MOST_CHOICES else ""


def types(names: Iterable[str]) -> str:
    """JSON Schema's types as alternatives; null is said only where nothing else is allowed."""
    wanted = [_TYPES[name] for name in _TYPES if name in names]
    return " or ".join(wanted) or "null"


def choices(options: list[Any]) -> str:
    """The first few *options*, and how many more there are."""
    listed = [shown(option) for option in options[:MOST_CHOICES]]
    more = len(options) - len(listed)
    return ", ".join(listed) + (f" and {more} more" if more > 0 else "")


def shown(value: Any) -> str:
    """A value in a sentence: strings quoted and cut, collections only named."""
    if isinstance(value, str):
        return f"'{cut(value)}'"
    if isinstance(value, dict):
        return "a mapping"
    return "a list" if isinstance(value, list) else json.dumps(value)


def cut(text: str, most: int = 80) -> str:
    """At most *most* characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def number(value: Any) -> str:
    """A limit without a needless ``.0``."""
    whole = isinstance(value, float) and math.isfinite(value) and value.is_integer()
    return str(int(value) if whole else value)


def lowered(text: str) -> str:
    """A sentence of the engine's, as ours begin."""
    return cut(text[:1].lower() + text[1:], 200)


def plain_would_do(value: str, wanted: Iterable[str]) -> bool:
    """Whether *value* without quotes would have one of the *wanted* types."""
    meant = scalars.plain(value)
    if isinstance(meant, bool):
        return "boolean" in wanted
    return isinstance(meant, int | float) and ("integer" in wanted or "number" in wanted)


def read(manifest: Manifest, path: Path, value: Any) -> str:
    """A value with its type, and what is written where YAML made something else of it."""
    if isinstance(value, dict | list):
        return ("an empty " if not value else "a ") + ("mapping" if isinstance(value, dict) else "list")
    if value is None:
        return "null"
    kind = "boolean" if isinstance(value, bool) else "string" if isinstance(value, str) else "number"
    text = f"{kind} {shown(value)}"
    written = "" if kind == "string" else _written(manifest, path)
    return text if written in ("", json.dumps(value)) else f"{text} (written {cut(written)})"


def _written(manifest: Manifest, path: Path) -> str:
    """The scalar at *path* as it stands in the document; empty where a default stands in for it."""
    whole = (*manifest.base, *path)
    spot = kube_yaml.find(manifest.text, whole)
    if spot is None or spot.steps < len(whole) or not isinstance(spot.node, ScalarNode):
        return ""
    return str(spot.node.value)
