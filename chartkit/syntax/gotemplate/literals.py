"""What the literals of templates say: the strings of Go."""

from __future__ import annotations

import re
from typing import Final

_ESCAPE: Final = re.compile(
    r"""(?P<bytes>(?:\\x[0-9A-Fa-f]{2} | \\[0-3][0-7]{2})+)
      | \\u(?P<short>[0-9A-Fa-f]{4})
      | \\U(?P<long>[0-9A-Fa-f]{8})
      | \\(?P<sign>[abfnrtv\\"])
      | (?P<wrong>\\)""",
    re.VERBOSE,
)
_BYTE: Final = re.compile(r"\\x(..)|\\(...)")
_SIGNS: Final = dict(zip('abfnrtv\\"', '\a\b\f\n\r\t\v\\"', strict=True))
_SURROGATES: Final = range(0xD800, 0xE000)
_LAST_CHARACTER: Final = 0x10FFFF


def string(text: str) -> str | None:
    """What the string *text* says, which is in its quotation marks; None where Go would refuse it.

    Bytes that are no UTF-8 become surrogates, as those of files do.
    """
    if text.startswith("`"):
        return text[1:-1].replace("\r", "")
    try:
        return _ESCAPE.sub(_unescaped, text[1:-1]) if "\\" in text else text[1:-1]
    except ValueError:
        return None


def _unescaped(match: re.Match[str]) -> str:
    if match["bytes"]:
        return bytes(map(_byte, _BYTE.finditer(match["bytes"]))).decode("utf-8", "surrogateescape")
    if match["sign"]:
        return _SIGNS[match["sign"]]
    code = int(match["short"] or match["long"] or "-1", 16)
    if code in _SURROGATES or not 0 <= code <= _LAST_CHARACTER:
        raise ValueError
    return chr(code)


def _byte(match: re.Match[str]) -> int:
    return int(match[1], 16) if match[1] else int(match[2], 8)
