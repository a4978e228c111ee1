"""The lexical rules of Go's text/template: where actions begin and end, and what is in them.

Everything is an offset into the source, so that a template can be edited in place without being
printed anew. The spans of the segments, joined, give the source back.
"""

from __future__ import annotations

import bisect
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

KEYWORDS: Final = frozenset(
    {"if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"}
)
_SPACE: Final = " \t\r\n"
_SPACES: Final = frozenset(_SPACE)

# One alternative for each class of token, none of which can match another's first character and
# then fail late: the lexer never goes back further than one token.
_TOKEN: Final = re.compile(
    r"""(?P<space>[ \t\r\n]+)
      | (?P<string>"(?:[^"\\\n]|\\[^\n])*")
      | (?P<raw>`[^`]*`)
      | (?P<char>'(?:[^'\\\n]|\\[^\n])*')
      | (?P<number>[+-]?(?:\d|\.\d)(?:[eEpP][+-]\d|[\w.])*)
      | (?P<variable>\$\w*)
      | (?P<field>\.[^\W\d]\w*)
      | (?P<dot>\.)
      | (?P<identifier>[^\W\d]\w*)
      | (?P<assign>:?=)
      | (?P<pipe>\|)
      | (?P<open>\()
      | (?P<close>\))
      | (?P<comma>,)""",
    re.VERBOSE,
)
_UNTERMINATED: Final = {
    '"': "unterminated quoted string",
    "'": "unterminated character constant",
    "`": "unterminated raw quoted string",
    ":": "expected :=",
}

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


class TemplateSyntax(ValueError):
    """Source that Go would refuse too; *line* counts from 1."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.message = message
        self.line = line


@dataclass(frozen=True, slots=True)
class Token:
    """A word of an action; *kind* is the name of a group of the lexer, as ``identifier``."""

    kind: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of source: ``text``, ``comment`` or ``action``, delimiters included.

    *inner* and *inner_end* span a text after the trimming by its neighbours, and an action
    between its delimiters. *tokens* are an action's words without the spaces.
    """

    kind: str
    start: int
    end: int
    inner: int
    inner_end: int
    tokens: tuple[Token, ...] = ()
    trims_left: bool = False
    trims_right: bool = False

    @property
    def keyword(self) -> str:
        """What an action begins with, as ``if``; empty for a pipeline or a text."""
        first = self.tokens[0].text if self.tokens else ""
        return first if first in KEYWORDS else ""


class LineIndex:
    """Finds the line and column of an offset of a text; both count from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        position = text.find("\n")
        while position >= 0:
            self.starts.append(position + 1)
            position = text.find("\n", position + 1)

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


def lex(source: str) -> list[Segment]:
    """Split *source* into its segments, in order; raises `TemplateSyntax`. Takes linear time."""
    segments: list[Segment] = []
    position, trimmed = 0, False
    while (start := source.find("{{", position)) >= 0:
        following = action(source, start)
        _add_text(segments, source, position, start, (trimmed, following.trims_left))
        segments.append(following)
        position, trimmed = following.end, following.trims_right
    _add_text(segments, source, position, len(source), (trimmed, False))
    return segments


def action(source: str, start: int, limit: int | None = None) -> Segment:
    """The action or comment whose ``{{`` is at *start*; it must end before *limit*."""
    limit = len(source) if limit is None else min(limit, len(source))
    trims = source.startswith("-", start + 2) and source[start + 3 : start + 4] in _SPACES
    inner = start + 4 if trims else start + 2
    if source.startswith("/*", inner):
        return _comment(source, start, inner, limit, trims)
    return _action(source, start, inner, limit, trims)


def command_ends(tokens: Sequence[Token]) -> list[int]:
    """For each token the offset at which the command that holds it ends, which is its last argument's end."""
    ends = [0] * len(tokens)
    waiting: list[list[int]] = [[]]  # tokens of the commands that are open, outermost first
    for index, token in enumerate(tokens):
        if token.kind in {"pipe", "close"}:
            _end(ends, waiting.pop(), tokens[index - 1].end if index else token.start)
        if token.kind == "pipe":
            waiting.append([])
        if waiting:
            waiting[-1].append(index)
        if token.kind == "open":
            waiting.append([])
    while waiting:
        _end(ends, waiting.pop(), tokens[-1].end if tokens else 0)
    return ends


def _end(ends: list[int], indices: list[int], offset: int) -> None:
    for index in indices:
        ends[index] = offset


def _add_text(segments: list[Segment], source: str, start: int, end: int, trim: tuple[bool, bool]) -> None:
    if start == end:
        return
    text = source[start:end]
    left = len(text) - len(text.lstrip(_SPACE)) if trim[0] else 0
    right = len(text) - len(text.rstrip(_SPACE)) if trim[1] else 0
    inner = start + left
    segments.append(Segment("text", start, end, inner, max(inner, end - right)))


def _comment(source: str, start: int, inner: int, limit: int, trims: bool) -> Segment:
    close = source.find("*/", inner + 2, limit)
    if close < 0:
        raise _fault(source, start, "unclosed comment")
    end, trims_right = _closing(source, close + 2)
    if not end:
        raise _fault(source, start, "comment ends before closing delimiter")
    return Segment("comment", start, end, inner, close + 2, (), trims, trims_right)


def _action(source: str, start: int, position: int, limit: int, trims: bool) -> Segment:
    tokens: list[Token] = []
    inner, depth = position, 0
    while True:
        end, trims_right = _closing(source, position)
        if end:
            break
        token = _token(source, position, limit)
        if token.kind != "space":
            tokens.append(token)
            depth += (token.kind == "open") - (token.kind == "close")
            if depth < 0:
                raise _fault(source, position, "unexpected right paren")
        position = token.end
    if depth:
        raise _fault(source, position, "unclosed left paren")
    return Segment("action", start, end, inner, position, tuple(tokens), trims, trims_right)


def _token(source: str, position: int, limit: int) -> Token:
    match = _TOKEN.match(source, position, limit)
    if match is None:
        raise _fault(source, position, _why(source, position, limit))
    end = match.end()
    kind = match.lastgroup or ""
    if kind == "space" and source.startswith("-}}", end):
        end = max(end - 1, position)  # the last blank belongs to the trimming delimiter
    return Token(kind, position, end, source[position:end])


def _why(source: str, position: int, limit: int) -> str:
    if position >= limit:
        return "unclosed action"
    character = source[position]
    return _UNTERMINATED.get(character, f"unrecognized character in action: {character!r}")


def _closing(source: str, position: int) -> tuple[int, bool]:
    """Where the delimiter at *position* ends (0: there is none), and whether it trims."""
    if source.startswith("}}", position):
        return position + 2, False
    if source.startswith("-}}", position + 1) and source[position] in _SPACE:
        return position + 4, True
    return 0, False


def _fault(source: str, position: int, message: str) -> TemplateSyntax:
    return TemplateSyntax(message, source.count("\n", 0, position) + 1)


def string_value(text: str) -> str | None:
    """The text that the literal *text* stands for, with its quotation marks; None where Go would refuse it.

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
