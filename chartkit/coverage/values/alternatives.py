"""Other values for a key, each of which shows in another way whether anything reads it.

A mark is a text that is nowhere else; one that turns up in a render says which key it came from.
"""

from __future__ import annotations

import base64
import re
from typing import Any, Final

from chartkit.coverage.values.keys import ABSENT

REMOVED: Final = None
"""Helm takes away the default of a key that is given as null."""

_MARK: Final = re.compile(r"zq(\d+)qz", re.IGNORECASE)
_BASE64: Final = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{8,}={0,2}(?![\w+/=])")
_MORE: Final = 1009
"""Enough to be beyond most limits, and few enough to be counted to."""

Option = tuple[int, Any]
"""A level, and a value to try at it."""

LEVELS: Final = 6
"""Level 0 keeps what is true true, so that the same branches run; the last removes the key."""


def mark(number: int) -> str:
    """The mark of the key with *number*."""
    return f"zq{number}qz"


def marks(text: str) -> set[int]:
    """The numbers of all marks in *text*, also in base64."""
    found = {int(number) for number in _MARK.findall(text)}
    for coded in _BASE64.findall(text):
        if len(coded) % 4 == 0:
            plain = base64.b64decode(coded).decode("latin-1")
            found |= {int(number) for number in _MARK.findall(plain)}
    return found


def is_marked(value: Any) -> bool:
    """Whether *value* shows where it came from."""
    return bool(marks(repr(value)))


def options(value: Any, number: int, *, alone: bool) -> list[Option]:
    """What to try instead of *value*; *alone*: its table holds nothing else, and must stay filled."""
    text = mark(number)
    table, items = {text: text}, [text]
    found: list[Option]
    if value is None or value is ABSENT:
        return [(0, False), (1, text), (2, table), (3, items), (4, _MORE), (5, True)]
    if isinstance(value, bool):
        found = [(0, text), (1, False), (3, table)] if value else [(1, True), (3, table)]
    elif isinstance(value, (int, float)):
        more = value + _MORE
        found = [(0, text), (1, 0), (2, more), (3, table)] if value else [(1, more), (2, text), (3, table)]
    elif isinstance(value, str):
        found = [(0, text), (1, "")] if value else [(1, text)]
        found += [(2, _other(value)), (3, table)]
    elif isinstance(value, list):
        found = (
            [(0, _marked(value, text)), (1, []), (3, text)]
            if value
            else [(1, items), (2, [table]), (3, text)]
        )
    else:
        found = [(1, table), (3, text)]
    return found if alone else [*found, (LEVELS - 1, REMOVED)]


def _other(value: str) -> Any:
    """What *value* may be where templates do not take it for text: another number, another truth."""
    if value.lower() in {"true", "false"}:
        return "false" if value.lower() == "true" else "true"
    return str(int(value) + _MORE) if value.isdecimal() else _MORE


def _marked(value: Any, text: str) -> Any:
    """The list *value* with every string in it replaced, so that its items keep their form."""
    fresh = _with_text(value, text)
    return [*value, text] if fresh == value else fresh


def _with_text(value: Any, text: str) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [_with_text(item, text) for item in value]
    if isinstance(value, dict):
        return {key: _with_text(item, text) for key, item in value.items()}
    return value
