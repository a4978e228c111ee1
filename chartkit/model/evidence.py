"""What `chartkit explain` and HTML show of a finding besides its line: the source around it, and its object.

A run gathers it only where it is asked for, since it means reading templates and renders again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.model.case import CaseRef

_AROUND: Final = 6
"""Lines of a source before and after the one that is meant."""
_OF_DOCUMENT: Final = 30
"""As `_AROUND`, of a rendered document that is too long to be shown whole."""
_WHOLE: Final = 80
"""Lines of the longest document that is shown whole."""
_LONGEST: Final = 400
"""Characters of the longest line that is shown whole."""
_BEFORE: Final = 120
_CUT: Final = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, or of a render where *file* is empty; *first* is the number of the first.

    *line* and *column* are what is meant (None: nothing in particular).
    """

    file: str
    first: int
    lines: tuple[str, ...]
    line: int | None = None
    column: int | None = None


def around(
    lines: Sequence[str],
    file: str,
    line: int,
    column: int | None = None,
    *,
    reach: int = _AROUND,
    first: int = 1,
) -> Excerpt | None:
    """The *lines* (of which the first has the number *first*) around *line*; None where it is not there."""
    index = line - first
    if not 0 <= index < len(lines):
        return None
    begin = max(index - reach, 0)
    shown = [_cut(text) for text in lines[begin : index + reach + 1]]
    shown[index - begin], moved = _window(lines[index].rstrip("\r"), column)
    return Excerpt(file, first + begin, tuple(shown), line, moved)


def of_document(text: str, line: int, column: int | None, first: int) -> Excerpt | None:
    """The rendered document *text*, which begins at the line *first* of the render."""
    lines = text.rstrip("\n").split("\n")
    reach = _WHOLE if len(lines) <= _WHOLE else _OF_DOCUMENT
    return around(lines, "", line, column, reach=reach, first=first)


def _cut(text: str) -> str:
    text = text.rstrip("\r")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + _CUT


def _window(text: str, column: int | None) -> tuple[str, int | None]:
    """*text* around its *column*, and where that is then."""
    start = max((column or 1) - 1 - _BEFORE, 0)
    if len(text) <= _LONGEST or not start:
        return _cut(text), column
    return _CUT + _cut(text[start:]), (column or 1) - start + 1


Spot = tuple[int, int]
"""A line and a column of a render."""


@dataclass(frozen=True, slots=True)
class PackedLines:
    """The lines within archives that made each spot of a render; their files bear the archive's name."""

    of_spots: tuple[tuple[Excerpt, ...], ...]


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the first case that has the finding, *case*: the source around its lines, and the object.

    *sources* are around the finding's places, in their order, without those that cannot be shown; *rendered*
    is the document of the object. *unknown* says what could not be found out, and why.
    """

    case: CaseRef | None = None
    sources: tuple[Excerpt, ...] = ()
    rendered: Excerpt | None = None
    unknown: tuple[str, ...] = ()
