"""Puts the stretches of templates together as Helm puts their documents together."""

from __future__ import annotations

import bisect
from collections.abc import Mapping

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
    """The stretches of an *arranged* text; what Helm adds to the documents has no origin."""
    builder = _Builder()
    for piece in arranged.pieces:
        if piece.source in outputs:
            _add(builder, piece, outputs[piece.source].text)
        elif piece.source in file_of:  # a file of crds/, which is printed as it is
            builder.add(piece.start, Origin(file_of[piece.source], 1, 1, Precision.TEXT))
        builder.add(piece.end, None)
    return builder.built(arranged.text, sources)


def _add(builder: _Builder, piece: Piece, made: Stretches) -> None:
    shift = piece.start - piece.offset
    builder.add(piece.start, made.at(piece.offset))
    first = bisect.bisect_right(made.offsets, piece.offset)
    last = bisect.bisect_left(made.offsets, piece.end - shift)
    for offset, origin in zip(made.offsets[first:last], made.origins[first:last], strict=True):
        builder.add(offset + shift, origin)


def moved(stretches: Stretches, text: str) -> Stretches:
    """The stretches of a *text* that has as many lines, some of them different: of these nothing is known."""
    builder = _Builder()
    begins = 0
    for number, (ours, theirs) in enumerate(
        zip(stretches.text.split("\n"), text.split("\n"), strict=True), start=1
    ):
        builder.add(begins, None)
        visible = stretches.first_visible(number)
        if ours == theirs and visible is not None:
            start = stretches.lines.starts[number - 1]
            builder.add(begins + visible - start, stretches.at(visible))
            first = bisect.bisect_right(stretches.offsets, visible)
            last = bisect.bisect_left(stretches.offsets, start + len(ours))
            for index in range(first, last):
                builder.add(begins + stretches.offsets[index] - start, stretches.origins[index])
        begins += len(theirs) + 1
    return builder.built(text, stretches.sources)
