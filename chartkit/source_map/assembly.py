"""Puts the stretches of templates together as Helm puts their documents together."""

from __future__ import annotations

import bisect
from collections.abc import Iterator, Mapping

from chartkit.helm.order import Arranged, Piece
from chartkit.source_map.origin import Origin, Precision
from chartkit.source_map.output import Output
from chartkit.source_map.stretches import Sources, Stretches


class _Builder:
    """Gathers stretches in the order of their text."""

    def __init__(self) -> None:
        self.offsets: list[int] = []
        self.origins: list[Origin | None] = []

    def add(self, offset: int, origin: Origin | None) -> None:
        if self.offsets and self.offsets[-1] == offset:
            self.origins[-1] = origin
        else:
            self.offsets.append(offset)
            self.origins.append(origin)

    def built(self, text: str, sources: Sources) -> Stretches:
        return Stretches(text, self.offsets, self.origins, sources)


def assembled(
    arranged: Arranged, outputs: Mapping[str, Output], file_of: Mapping[str, str], sources: Sources
) -> Stretches:
    """The stretches of an *arranged* text and what was dropped; what Helm adds to documents has no origin."""
    builder = _Builder()
    for piece in arranged.pieces:
        if piece.source in outputs:
            _add(builder, piece, outputs[piece.source].text)
        elif piece.source in file_of:  # a file of crds/, which is printed as it is
            builder.add(piece.start, Origin(file_of[piece.source], 1, 1, Precision.TEXT))
        builder.add(piece.end, None)
    return builder.built(arranged.text + arranged.dropped, sources)


def _add(builder: _Builder, piece: Piece, made: Stretches) -> None:
    shift = piece.start - piece.offset
    builder.add(piece.start, made.at(piece.offset))
    first = bisect.bisect_right(made.offsets, piece.offset)
    last = bisect.bisect_left(made.offsets, piece.end - shift)
    for offset, origin in zip(made.offsets[first:last], made.origins[first:last], strict=True):
        builder.add(offset + shift, origin)


def moved(stretches: Stretches, text: str) -> Stretches:
    """The stretches of a *text* that has as many lines, some of them different.

    Of a line that begins as it did, what begins and ends as it did is known, and what one action printed
    in between.
    """
    builder = _Builder()
    begins = 0
    pairs = zip(stretches.text.split("\n"), text.split("\n"), strict=True)
    for number, (ours, theirs) in enumerate(pairs, start=1):
        builder.add(begins, None)
        visible = stretches.first_visible(number)
        if visible is not None:
            start = stretches.lines.starts[number - 1]
            for offset, origin in _line(stretches, (start, visible), ours, theirs):
                builder.add(begins + offset, origin)
        begins += len(theirs) + 1
    return builder.built(text, stretches.sources)


def _line(
    stretches: Stretches, place: tuple[int, int], ours: str, theirs: str
) -> Iterator[tuple[int, Origin | None]]:
    """The stretches of *theirs*, a line that was *ours*; *place* is where it begins, and where visibly."""
    start, visible = place
    prefix = _common(ours, theirs)
    if start + prefix <= visible:
        return
    rest = min(len(ours), len(theirs)) - prefix
    suffix = min(_common(ours[::-1], theirs[::-1]), rest)
    origin = stretches.at(visible)
    yield visible - start, origin
    first = bisect.bisect_right(stretches.offsets, visible)
    last = bisect.bisect_left(stretches.offsets, start + len(ours))
    inside = [(stretches.offsets[index] - start, stretches.origins[index]) for index in range(first, last)]
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
