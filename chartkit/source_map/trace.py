"""For every line of a render the template line that made it, and the calls that led there.

A chart's templates are instrumented, so that what they print is marked, and the markers are taken away
again. A map is right or says nothing: what is not certain has no origin.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.helm import engines, freeze
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.errors import EngineError
from chartkit.model.render import Render
from chartkit.source_map.instrument import Instrumented, instrument_chart
from chartkit.source_map.markers import Block
from chartkit.source_map.traced_text import Origin, SourceLines, TracedText, assemble, move_to
from chartkit.source_map.tracing import Tracing, Untraceable, instrument_for

LARGEST: Final = 16 << 20
"""The longest render, in characters, that is traced."""


@dataclass(frozen=True)
class SourceMap:
    """Where each character of a render's text comes from; lines, columns and offsets are the text's.

    After the text come the documents that Helm dropped.
    *untraced* says why nothing is known, *degraded* what is known less well than it could be.
    *counts* is how often each of `blocks` was run, by number, where that was asked for; of what is degraded
    less may be known than was run.
    """

    untraced: str = ""
    degraded: tuple[str, ...] = ()
    counts: Mapping[int, int] = field(default_factory=dict)
    text: TracedText = field(default_factory=lambda: TracedText("", (), (), SourceLines({})), repr=False)

    def line(self, line: int) -> Origin | None:
        """The origin of the first visible character of *line*; None where it is blank or not known."""
        offset = self.text.first_visible(line)
        return None if offset is None else self.text.at(offset)

    def at(self, line: int, column: int) -> Origin | None:
        """The origin of one character: the key and the value of a line may have two.

        A quotation mark has that of what it quotes.
        """
        starts = self.text.lines.starts
        return self.offset(starts[line - 1] + column - 1) if 0 < line <= len(starts) else None

    def offset(self, offset: int) -> Origin | None:
        """As `at`, of the character at *offset* of the text."""
        text = self.text.text
        if not 0 <= offset < len(text):
            return None
        quotes = text[offset] in "\"'" and text[offset + 1 : offset + 2] not in {"", "\n", text[offset]}
        return self.text.at(offset + quotes)


def trace(
    engine: engines.Engine, chart: Chart, case: Case, render: Render, *, counts: bool = False
) -> SourceMap:
    """The map of *render*, which *engine* made of *case* of *chart*; with *counts* where they are asked for.

    Takes one more render, of two to four times the cost. Never fails: the map may say that it knows nothing.
    """
    try:
        return _traced(engine, chart, case, render, counts=counts)
    except Untraceable as reason:
        return SourceMap(untraced=str(reason))


def blocks(chart: Chart) -> Sequence[Block]:
    """The blocks of the templates of *chart*; the numbers in a map's counts are their indices.

    They depend on the files of the chart alone.
    """
    return instrument_chart(chart).blocks


def _traced(engine: engines.Engine, chart: Chart, case: Case, render: Render, *, counts: bool) -> SourceMap:
    if not render.text.strip() and not render.dropped:
        if render.failure:
            raise Untraceable("Helm refuses the case")
        if not counts:
            raise Untraceable("the render is empty")
    if len(render.text) > LARGEST:
        raise Untraceable(f"the render has more than {LARGEST >> 20} MiB")
    embedded = _embedded(engine)
    try:
        inputs = engines.inputs_of(case, embedded.read_yaml)
    except engines.InputsError as fault:
        raise Untraceable(fault.failure.message) from fault
    rewritten = instrument_for(chart, inputs, render, frozen=render.frozen, counts=counts)
    for files, given in engines.rendered_from(chart, inputs, render):
        tracing = Tracing(embedded, chart, files, given, rewritten, render.text)
        tracing.render()
        if not freeze.shows_stand_in(tracing.arranged.text):
            break
    tracing.settle()
    return _map(tracing, rewritten, render.text)


def _map(tracing: Tracing, rewritten: Instrumented, text: str) -> SourceMap:
    outputs = {name: output.text for name, output in tracing.outputs.items()}
    traced = assemble(tracing.arranged, outputs, rewritten.file_of, tracing.sources)
    if tracing.arranged.text != text:
        traced = move_to(traced, text + tracing.arranged.dropped)
    return SourceMap("", tuple(tracing.degraded), tracing.counts, traced)


def _embedded(engine: engines.Engine) -> Embedded:
    """The engine that traces: what the ``helm`` command makes must equal what the embedded one does."""
    if isinstance(engine, Embedded):
        return engine
    try:
        return _other()
    except EngineError as error:
        raise Untraceable(f"only the embedded Helm can trace: {error}") from error


@functools.cache
def _other() -> Embedded:
    return Embedded()
