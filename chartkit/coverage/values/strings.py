"""What is known of the strings that templates put together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from chartkit.coverage.values.references import ANY, UNKNOWN, Refs, TextRef, texts

_MOST: Final = 8
_VERB: Final = re.compile(r"%[-+# 0]*[\d.\[\]*]*[a-zA-Z%]")


def joined(parts: Sequence[Refs]) -> Refs:
    """The texts that *parts* may make together."""
    options = {""}
    for part in parts:
        options = {before + after for before in options for after in texts(part) or {ANY}}
        if len(options) > _MOST:
            return UNKNOWN
    return frozenset(TextRef(option) for option in options)


def formatted(args: Sequence[Refs]) -> Refs:
    """What ``printf`` makes of *args*; only ``%s`` is looked into."""
    formats = texts(args[0])
    if len(formats) != 1 or "[" in (form := formats.pop()):
        return UNKNOWN
    parts: list[Refs] = []
    position = 0
    values = iter(args[1:])
    for verb in _VERB.finditer(form):
        parts.append(_text(form[position : verb.start()]))
        if verb[0] == "%%":
            parts.append(_text("%"))
        else:
            value = next(values, UNKNOWN)
            parts.append(value if verb[0] == "%s" else UNKNOWN)
        position = verb.end()
    return joined([*parts, _text(form[position:])])


def _text(text: str) -> Refs:
    return frozenset({TextRef(text)})
