"""Which lines of a template a comment in it is about."""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from typing import Final

from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax

_OPENING: Final = frozenset({"if", "with", "range", "define", "block"})
_INDENTED: Final = re.compile(r"\bn?indent[ \t]+(\d+)")
_SEPARATOR: Final = re.compile(r"---(?:\s|$)")
_SILENT: Final = re.compile(r"\s*(?:#.*)?$")

Extent = tuple[int, int]
"""The first and the last line, from 1."""


def extent(text: str, start: int, end: int) -> Extent | None:
    """The lines that the comment from *start* to *end* of *text* is about; None for the whole file.

    Above everything that the file prints, it is about the file, and above everything that a document
    prints, about the document. Elsewhere it is about the next line that is neither blank nor a comment,
    with what is nested below: by indentation, or up to the ``end`` of what that line opens.
    """
    try:
        segments = lexer.lex(text)
    except TemplateSyntax:
        return None
    lines = _Lines(text, segments)
    above = _separator_above(lines, lines.number(start))
    if _open_defines(segments, start) == 0 and not _prints(text, segments, lines.start(above), start):
        return None if above == 0 else (above + 1, _document_end(lines, above + 1))
    first = lines.next_telling(lines.number(end))
    return first, _nested(lines, segments, first)


class _Lines:
    """The lines of a template, numbered from 1, and what each of them begins with."""

    def __init__(self, text: str, segments: Sequence[Segment]) -> None:
        self.texts = text.split("\n")
        self._starts = [0]
        for line in self.texts:
            self._starts.append(self._starts[-1] + len(line) + 1)
        self._begun = {self.number(one.start): one for one in reversed(segments) if self._leads(one)}
        self._within = {
            number
            for one in segments
            if one.kind != "text"
            for number in range(self.number(one.start) + 1, self.number(one.end) + 1)
        }

    def number(self, offset: int) -> int:
        return bisect.bisect_right(self._starts, offset)

    def start(self, number: int) -> int:
        """Where the line after line *number* begins; that of 0 is the first."""
        return self._starts[number]

    def _leads(self, segment: Segment) -> bool:
        number = self.number(segment.start)
        before = self.texts[number - 1][: segment.start - self._starts[number - 1]]
        return segment.kind != "text" and not before.strip()

    def action(self, number: int) -> Segment | None:
        """The action or comment that line *number* begins with."""
        return self._begun.get(number)

    def is_telling(self, number: int) -> bool:
        """Whether the line is neither blank nor a comment, nor the rest of an action."""
        begins = self._begun.get(number)
        if begins is not None and begins.kind == "comment":
            return False
        return number not in self._within and not _SILENT.match(self.texts[number - 1])

    def next_telling(self, number: int) -> int:
        """The first telling line after *number*; the one after the last where there is none."""
        last = len(self.texts)
        return next((one for one in range(number + 1, last + 1) if self.is_telling(one)), last + 1)

    def indentation(self, number: int) -> int | None:
        """How far what the line prints is indented; None where it says nothing of that."""
        text, action = self.texts[number - 1], self._begun.get(number)
        if not self.is_telling(number) or (action is not None and _is_silent(action)):
            return None
        asked = _INDENTED.search(text) if action is not None else None
        return int(asked[1]) if asked else len(text) - len(text.lstrip(" "))


def _is_silent(segment: Segment) -> bool:
    """Whether an action prints nothing by itself."""
    printing = segment.keyword in {"", "template", "block"}
    assigns = any(token.kind == "assign" for token in segment.tokens[:4])
    return not printing or assigns


def _separator_above(lines: _Lines, number: int) -> int:
    """The last line before *number* that separates documents; 0 where there is none."""
    above = (one for one in range(number, 0, -1) if _SEPARATOR.match(lines.texts[one - 1]))
    found = next(above, 0)
    first = next((one for one in range(1, found) if not _SILENT.match(lines.texts[one - 1])), found)
    return found if first < found else 0


def _document_end(lines: _Lines, first: int) -> int:
    separators = (one for one in range(first, len(lines.texts) + 1) if _SEPARATOR.match(lines.texts[one - 1]))
    return next(separators, len(lines.texts))


def _open_defines(segments: Sequence[Segment], offset: int) -> int:
    """How many named templates *offset* is in."""
    opened: list[bool] = []
    for segment in segments:
        if segment.start >= offset:
            break
        if segment.keyword in _OPENING:
            opened.append(segment.keyword in {"define", "block"})
        elif segment.keyword == "end" and opened:
            opened.pop()
    return sum(opened)


def _prints(text: str, segments: Sequence[Segment], start: int, end: int) -> bool:
    """Whether anything that counts is printed between two offsets, outside of named templates."""
    for segment in segments:
        if segment.end <= start or segment.start >= end:
            continue
        if segment.kind == "text":
            lines = text[max(segment.start, start) : min(segment.end, end)].split("\n")
            if not all(_SILENT.match(line) or _SEPARATOR.match(line) for line in lines):
                return True
        elif segment.kind == "action" and not _is_silent(segment):
            return True
    return False


def _nested(lines: _Lines, segments: Sequence[Segment], first: int) -> int:
    """The last line of what stands below line *first*."""
    if first > len(lines.texts):
        return first
    action = lines.action(first)
    if action is not None and action.keyword in _OPENING:
        return max(first, _closing_line(lines, segments, action))
    own = lines.indentation(first)
    last = first
    if own is None:
        return last
    holds_items = lines.texts[first - 1].rstrip().endswith(":") and not _is_item(lines.texts[first - 1])
    for number in range(first + 1, len(lines.texts) + 1):
        indentation = lines.indentation(number)
        if indentation is None:
            continue
        is_below = indentation > own or (
            indentation == own and holds_items and _is_item(lines.texts[number - 1])
        )
        if not is_below or _SEPARATOR.match(lines.texts[number - 1]):
            break
        last = number
    return last


def _is_item(line: str) -> bool:
    return line.lstrip(" ").startswith(("- ", "-\n")) or line.strip() == "-"


def _closing_line(lines: _Lines, segments: Sequence[Segment], opening: Segment) -> int:
    depth = 0
    for segment in segments:
        if segment.start < opening.start:
            continue
        depth += (segment.keyword in _OPENING) - (segment.keyword == "end")
        if depth == 0:
            return lines.number(segment.start)
    return len(lines.texts)
