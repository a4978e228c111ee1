"""The text of a template in pieces, so that actions and comments can be told apart by eye."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax
from chartkit.system.terminal import visible

Piece = tuple[str, str]
"""What it is (``text``, ``action``, ``keyword`` or ``comment``), and the text."""


def lines(source: str) -> Iterator[Sequence[Piece]]:
    """The pieces of each line of *source*."""
    line: list[Piece] = []
    for kind, text in _pieces(source):
        first, *rest = text.split("\n")
        line.append((kind, visible(first.rstrip("\r"))))
        for part in rest:
            yield [piece for piece in line if piece[1]]
            line = [(kind, visible(part.rstrip("\r")))]
    if any(text for _, text in line):
        yield [piece for piece in line if piece[1]]


def _pieces(source: str) -> Iterator[Piece]:
    try:
        segments: Sequence[Segment] = lexer.lex(source)
    except TemplateSyntax:
        yield "text", source
        return
    for segment in segments:
        kind = "keyword" if segment.keyword else segment.kind
        yield kind, source[segment.start : segment.end]
