"""Lines of a text around the one that is meant, cut to what a person reads."""

from __future__ import annotations

import contextlib
import pathlib
from collections.abc import Sequence
from typing import Final

from chartkit.model.evidence import Excerpt
from chartkit.system.paths import content

AROUND: Final = 6
"""Lines of a source before and after the one that is meant."""
OF_DOCUMENT: Final = 30
"""As `AROUND`, of a rendered document that is too long to be shown whole."""
WHOLE: Final = 80
"""Lines of the longest document that is shown whole."""
LONGEST: Final = 400
"""Characters of the longest line that is shown whole."""
_BEFORE: Final = 120
_MOST_READ: Final = 4 << 20
_CUT: Final = "…"


def around(
    lines: Sequence[str],
    file: str,
    line: int,
    column: int | None = None,
    *,
    reach: int = AROUND,
    first: int = 1,
) -> Excerpt | None:
    """The *lines* (of which the first has the number *first*) around *line*; None where it is not there."""
    index = line - first
    if not 0 <= index < len(lines):
        return None
    begin = max(index - reach, 0)
    shown = [_cut(text) for text in lines[begin : index + reach + 1]]
    meant, moved = _window(lines[index].rstrip("\r"), column)
    shown[index - begin] = meant
    return Excerpt(file, first + begin, tuple(shown), line, moved)


def document(lines: Sequence[str], line: int, column: int | None, first: int) -> Excerpt | None:
    """The rendered document of *lines*, which begins at the line *first* of the render."""
    whole = len(lines) <= WHOLE
    return around(lines, "", line, column, reach=WHOLE if whole else OF_DOCUMENT, first=first)


def _cut(text: str) -> str:
    text = text.rstrip("\r")
    return text if len(text) <= LONGEST else text[:LONGEST] + _CUT


def _window(text: str, column: int | None) -> tuple[str, int | None]:
    """*text* around its *column*, and where that is then."""
    start = max((column or 1) - 1 - _BEFORE, 0)
    if len(text) <= LONGEST or not start:
        return _cut(text), column
    return _CUT + _cut(text[start:]), (column or 1) - start + 1


def beginning(file: pathlib.Path) -> str:
    """The text of *file*, of a large one the beginning; empty where it cannot be read."""
    with contextlib.suppress(OSError, ValueError):
        return content(file, _MOST_READ).decode("utf-8", "surrogateescape")
    return ""
