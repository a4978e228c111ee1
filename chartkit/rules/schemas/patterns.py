r"""Go's regular expressions (RE2), rewritten for the engine of jsonschema-rs.

Both run in linear time and share most of their syntax. In Go ``\d``, ``\s``, ``\w`` and ``\b`` know only
ASCII, ``\Q…\E`` quotes, and ``[[:alpha:]]`` is a class.
"""

from __future__ import annotations

import re
from typing import Final

_ASCII: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\x0B\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN: Final = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\(.)|\[:(\^?\w+):\]|(\[\^?\]?)|(\])", re.DOTALL)
_UNTRANSLATED: Final = "("
"""What no engine compiles, so that the pattern is reported as not evaluated."""


def translated(pattern: str) -> str:
    """*pattern* as the fast engine reads it, with the meaning that Go gives it."""
    if re.search(r"\[:\^\w+:\]", pattern):
        return _UNTRANSLATED
    in_class = False

    def replace(found: re.Match[str]) -> str:
        nonlocal in_class
        literal, escaped, posix, opens, closes = found.groups()
        if literal is not None:
            return re.escape(literal)
        if escaped is not None:
            return _escape(escaped, in_class=in_class)
        if posix is not None and in_class:
            return _POSIX.get(posix, found[0])
        if closes is not None:
            in_class = False
            return found[0]
        text = (opens or found[0]).replace("]", r"\]") if not in_class else found[0].replace("[", r"\[")
        if in_class and found[0].endswith("]"):
            in_class = False
            return text
        in_class = True
        return text

    return _TOKEN.sub(replace, pattern)


def _escape(letter: str, *, in_class: bool) -> str:
    if letter in _ASCII:
        return _ASCII[letter] if in_class else f"[{_ASCII[letter]}]"
    if letter.lower() in _ASCII:
        return f"[^{_ASCII[letter.lower()]}]"
    if letter in "bB" and not in_class:
        return rf"(?-u:\{letter})"
    return "\\" + letter
