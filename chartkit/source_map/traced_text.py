"""A text that knows of each of its characters which line of which template printed it.

It is kept in spans: of each the offset of its first character and that character's origin, from which the
origins of all the others follow.
"""

from __future__ import annotations

import bisect
import dataclasses
import enum
import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm.order import Arranged, Piece
from chartkit.syntax.gotemplate.lexer import LineIndex


class Precision(enum.StrEnum):
    """How well a place is known.

    ``text`` is written there, letter for letter. ``action`` is printed by the action that begins there, of
    values, of what Helm tells, or of its own words. ``yaml`` was written there, and came through ``include …
    | fromYaml | toYaml``. ``coarse`` is printed by the action that begins there, of something that was made
    elsewhere: of what it includes or is passed, in a way that cannot be followed further.
    """

    TEXT = "text"
    ACTION = "action"
    YAML = "yaml"
    COARSE = "coarse"


@dataclass(frozen=True, slots=True)
class Frame:
    """An ``include`` or ``template`` of *name*, in the file with the canonical name *file*."""

    file: str
    line: int
    column: int
    name: str


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in the file with the canonical name *file*, line and column from 1.

    *includes* are the calls that led there, innermost first. *text* is the source of an action.
    """

    file: str
    line: int
    column: int
    precision: Precision
    includes: tuple[Frame, ...] = ()
    text: str = ""

    @property
    def places(self) -> tuple[Origin | Frame, ...]:
        """The place itself and then its callers, innermost first."""
        return (self, *self.includes)


BLANK: Final = " \t\r\n\v\f"
_WORD_END: Final = re.compile(r"[\s\"'\\]")


class SourceLines:
    """The files of a chart, line by line."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._lines: dict[str, list[str]] = {}

    def line(self, file: str, number: int) -> str:
        if file not in self._lines:
            self._lines[file] = self._texts.get(file, "").split("\n")
        lines = self._lines[file]
        return lines[number - 1] if 0 < number <= len(lines) else ""


class TracedText:
    """*text*, in which a span begins at each of *offsets*, in order, with the origin in *origins*.

    None is the origin of what is not known.
    """

    def __init__(
        self, text: str, offsets: Sequence[int], origins: Sequence[Origin | None], sources: SourceLines
    ) -> None:
        self.text = text
        self.offsets = offsets
        self.origins = origins
        self.sources = sources

    @functools.cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

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


class _Spans:
    """Gathers the spans of a text in their order."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.origins: list[Origin | None] = []

    def add(self, offset: int, origin: Origin | None) -> None:
        if self.offsets and self.offsets[-1] == offset:
            self.origins[-1] = origin
        else:
            self.offsets.append(offset)
            self.origins.append(origin)

    def of_text(self, text: str, sources: SourceLines) -> TracedText:
        return TracedText(text, self.offsets, self.origins, sources)


def assemble(
    arranged: Arranged, outputs: Mapping[str, TracedText], file_of: Mapping[str, str], sources: SourceLines
) -> TracedText:
    """The text that Helm *arranged* of *outputs* and what it dropped; what it adds itself has no origin.

    *outputs* are by the names of templates, *file_of* are the files of ``crds/`` by theirs.
    """
    spans = _Spans()
    for piece in arranged.pieces:
        if piece.source in outputs:
            _add(spans, piece, outputs[piece.source])
        elif piece.source in file_of:  # a file of crds/, which is printed as it is
            spans.add(piece.start, Origin(file_of[piece.source], 1, 1, Precision.TEXT))
        spans.add(piece.end, None)
    return spans.of_text(arranged.text + arranged.dropped, sources)


def _add(spans: _Spans, piece: Piece, made: TracedText) -> None:
    shift = piece.start - piece.offset
    spans.add(piece.start, made.at(piece.offset))
    first = bisect.bisect_right(made.offsets, piece.offset)
    last = bisect.bisect_left(made.offsets, piece.end - shift)
    for offset, origin in zip(made.offsets[first:last], made.origins[first:last], strict=True):
        spans.add(offset + shift, origin)


def move_to(traced: TracedText, text: str) -> TracedText:
    """*traced* for another *text* that has as many lines, some of them different.

    Of a line that begins as it did, what begins and ends as it did is known, and what one action printed
    in between.
    """
    spans = _Spans()
    begins = 0
    pairs = zip(traced.text.split("\n"), text.split("\n"), strict=True)
    for number, (ours, theirs) in enumerate(pairs, start=1):
        spans.add(begins, None)
        visible = traced.first_visible(number)
        if visible is not None:
            start = traced.lines.starts[number - 1]
            for offset, origin in _line(traced, (start, visible), ours, theirs):
                spans.add(begins + offset, origin)
        begins += len(theirs) + 1
    return spans.of_text(text, traced.sources)


def _line(
    traced: TracedText, place: tuple[int, int], ours: str, theirs: str
) -> Iterator[tuple[int, Origin | None]]:
    """The spans of *theirs*, a line that was *ours*; *place* is where it begins, and where visibly."""
    start, visible = place
    prefix = _common(ours, theirs)
    if start + prefix <= visible:
        return
    rest = min(len(ours), len(theirs)) - prefix
    suffix = min(_common(ours[::-1], theirs[::-1]), rest)
    origin = traced.at(visible)
    yield visible - start, origin
    first = bisect.bisect_right(traced.offsets, visible)
    last = bisect.bisect_left(traced.offsets, start + len(ours))
    inside = [(traced.offsets[index] - start, traced.origins[index]) for index in range(first, last)]
    for offset, found in inside:
        if offset <= prefix:
            origin = found
            yield offset, found
    if ours == theirs:
        return
    torn = any(prefix < offset < len(ours) - suffix for offset, _ in inside)
    if torn or origin is None or origin.precision is Precision.TEXT:
        yield prefix, None
    for offset, found in inside:
        if offset > prefix and offset >= len(ours) - suffix:
            yield offset + len(theirs) - len(ours), found


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    lengths = range(1, min(len(one), len(other)) + 1)
    return bisect.bisect_left(lengths, True, key=lambda length: one[:length] != other[:length])
