"""What a terminal may be sent: text made visible, measured in cells, and coloured.

The only module that knows escape sequences. It decides nothing: callers say whether to colour and
how wide the terminal is.
"""

from __future__ import annotations

import io
import os
import sys
import textwrap
import unicodedata
from typing import Final

from chartkit.model.errors import ChartkitError

_STYLES: Final = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "cyan": "36",
    "error": "1;31",
    "warning": "1;33",
    "note": "1;36",
}
_BYTES: Final = range(0xDC80, 0xDD00)


def write(text: str, *, exact: bool = False) -> None:
    """Send *text* to stdout; what its encoding lacks is written out, and a reader that has gone is no fault.

    *exact* sends the very bytes of a render: UTF-8, line ends and what cannot be decoded as they are.
    Raises ChartkitError where it cannot be written: a result that got lost must not look like one.
    """
    if not text:
        return
    if sys.stdout is None:
        raise ChartkitError("cannot print the result: stdout is closed", "write it with --format NAME=FILE")
    if isinstance(sys.stdout, io.TextIOWrapper):
        if exact:
            sys.stdout.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
        else:
            sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
    except OSError as error:
        _silence()
        message = f"cannot print the result: {(error.strerror or str(error)).lower()}"
        raise ChartkitError(message, "make room where stdout goes to") from error


def _silence() -> None:
    """Let what is left in the buffer of stdout go nowhere, so that Python does not complain at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def visible(text: str) -> str:
    """One line, with everything that a terminal would obey or hide written out: ``\\x1b``, ``\\u202e``.

    That is all of control, format (bidirectional, zero-width), surrogate, unassigned and odd
    space characters; a tab becomes spaces up to the next fourth column. A surrogate that stands for a
    byte that is not UTF-8 is written as that byte.
    """
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escape(char) for char in text.expandtabs(4))


def _escape(char: str) -> str:
    code = ord(char)
    if code in _BYTES:
        code -= _BYTES.start - 0x80
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def cells(text: str) -> int:
    """How many columns visible *text* takes."""
    return len(text) if text.isascii() else sum(map(_cell, text))


def _cell(char: str) -> int:
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The beginning of visible *text* in at most *width* columns; an ellipsis says that more follows."""
    if cells(text) <= width:
        return text
    taken, used = list[str](), 0
    for char in text:
        used += _cell(char)
        if used > width - 1:
            break
        taken.append(char)
    return "".join(taken) + "…"


def wrap(text: str, width: int) -> list[str]:
    """Break visible *text* between words into lines of at most *width* columns, at least one line."""
    if cells(text) <= width:
        return [text]
    if text.isascii():
        return textwrap.wrap(text, max(width, 1), break_on_hyphens=False) or [""]
    return _wrap_wide(text, width)


def _wrap_wide(text: str, width: int) -> list[str]:
    lines = [""]
    for word in text.split():
        joined = f"{lines[-1]} {word}".lstrip()
        if cells(joined) <= width:
            lines[-1] = joined
        else:
            lines = lines if lines[-1] else lines[:-1]
            lines += _pieces(word, width)
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """Break a word that no line can hold."""
    pieces, used = [""], 0
    for char in word:
        used += _cell(char)
        if used > width and pieces[-1]:
            pieces.append("")
            used = _cell(char)
        pieces[-1] += char
    return pieces


def paint(text: str, style: str, color: bool) -> str:
    """*text* in *style* (a colour, ``bold``, ``dim``, a severity's label) if *color*; visible text only."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and text else text
