"""A text in stretches, each with the origin of its first character, and what that says of all the others."""

from __future__ import annotations

import bisect
import dataclasses
import functools
import re
from collections.abc import Mapping, Sequence
from typing import Final

from chartkit.source_map.origin import Origin, Precision
from chartkit.source_map.tables import Lines

BLANK: Final = " \t\r\n\v\f"
_WORD_END: Final = re.compile(r"[\s\"'\\]")


class Sources:
    """The files of a chart, line by line."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str:
        if file not in self._lines:
            self._lines[file] = self._texts.get(file, "").split("\n")
        lines = self._lines[file]
        return lines[number - 1] if 0 < number <= len(lines) else ""


class Stretches:
    """*text*, in which a stretch begins at each of *offsets*, in order, with the origin in *origins*.

    None is the origin of what is not known.
    """

    def __init__(
        self, text: str, offsets: Sequence[int], origins: Sequence[Origin | None], sources: Sources
    ) -> None:
        self.text = text
        self.offsets = offsets
        self.origins = origins
        self.sources = sources

    @functools.cached_property
    def lines(self) -> Lines:
        return Lines(self.text)

    def at(self, offset: int) -> Origin | None:
        """The origin of the character at *offset*."""
        index = bisect.bisect_right(self.offsets, offset) - 1
        origin = self.origins[index] if index >= 0 else None
        if origin is None or origin.precision is not Precision.TEXT:
            return origin
        begins = self.offsets[index]
        ends = self.offsets[index + 1] if index + 1 < len(self.offsets) else len(self.text)
        return self._in_text(origin, begins, ends, offset)

    def first_visible(self, line: int) -> int | None:
        """The offset of the first character of *line* that is no blank."""
        starts = self.lines.starts
        if not 0 < line <= len(starts):
            return None
        start = starts[line - 1]
        text = self.text[start : starts[line] if line < len(starts) else len(self.text)]
        visible = text.lstrip(BLANK)
        return start + len(text) - len(visible) if visible else None

    def _in_text(self, origin: Origin, begins: int, ends: int, offset: int) -> Origin | None:
        """The place of a character of literal text: its lines are the template's, whatever their indentation.

        Up to the end of its word it must be what stands there, else something was done to it that is not
        understood.
        """
        down = self.lines.at(offset)[0] - self.lines.at(begins)[0]
        source = self.sources.line(origin.file, origin.line + down)
        left = origin.column - 1 if down == 0 else len(source) - len(source.lstrip(BLANK))
        first = begins if down == 0 else self._visible_from(offset)
        word = _WORD_END.search(self.text, offset + 1, ends)
        if not source.startswith(self.text[first : word.start() if word else ends], left):
            return _caller(origin)
        column = max(left + offset - first, 0) + 1
        return dataclasses.replace(origin, line=origin.line + down, column=column)

    def _visible_from(self, offset: int) -> int:
        """Where the line of *offset* begins, but for its indentation."""
        line = self.lines.at(offset)[0]
        visible = self.first_visible(line)
        return self.lines.starts[line - 1] if visible is None else visible


def _caller(origin: Origin) -> Origin | None:
    """Who included what stands at *origin*, where that is all that is known."""
    if not origin.includes:
        return None
    call, *outer = origin.includes
    return Origin(call.file, call.line, call.column, Precision.COARSE, tuple(outer), call.name)
