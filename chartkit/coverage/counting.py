"""How often a case runs each block of its chart, also where Helm refuses the case.

A render that fails prints nothing; where ``fail`` or ``required`` ends it, the message has what was counted
on the way. Of other faults Helm names the places, and what is around them was run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.render import Failure, Render
from chartkit.source_map.markers import Block
from chartkit.source_map.template_text import TemplateTexts
from chartkit.source_map.tracing import Tracing, Untraceable, instrument_for
from chartkit.syntax.gotemplate.lexer import LineIndex

_RUNS: Final = frozenset({"template", "required"})
"""The kinds of failures that happen while templates run; at all others but ``yaml`` none has run."""
_COMPARED: Final = 1500


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each block was run, by its number among the chart's.

    *uncounted* are the files of which nothing is known. *partly* says why there may be more than was counted.
    """

    counts: Mapping[int, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    partly: str = ""


def count(engine: Embedded, chart: Chart, case: Case, render: Render) -> Counts:
    """What *render* of *case*, made by *engine*, ran of *chart*; all of that was run for certain."""
    failure = render.failure
    if failure is not None and failure.kind not in {*_RUNS, "yaml"}:
        return Counts(partly=f"no template was run: {failure.message}")
    try:
        inputs = engines.inputs_of(case, engine.read_yaml)
    except engines.InputsError as fault:
        return Counts(partly=f"no template was run: {fault.failure.message}")
    try:
        if failure is not None and failure.kind in _RUNS:
            return _until(engine, chart, inputs, render, failure)
        return _through(engine, chart, inputs, render)
    except Untraceable as reason:
        return Counts(partly=f"it cannot be measured: {reason}")


def _through(engine: Embedded, chart: Chart, inputs: engines.HelmInputs, render: Render) -> Counts:
    """The counts of a render that comes to its end; it is compared with the plain one."""
    rewritten = instrument_for(chart, inputs, render, frozen=render.frozen, counts=True)
    files, given = engines.rendered_from(chart, inputs, render)[-1]
    tracing = Tracing(engine, chart, files, given, rewritten, render.text)
    tracing.render()
    tracing.settle()
    return Counts(tracing.counts, tuple(tracing.uncounted))


def _until(
    engine: Embedded, chart: Chart, inputs: engines.HelmInputs, render: Render, failure: Failure
) -> Counts:
    """What ran until *failure*: what its message counts, else what is around the places that Helm names."""
    partly = "it ends early: what ran besides is not known"
    for frozen in (True, False):
        rewritten = instrument_for(chart, inputs, render, frozen=frozen, counts=True)
        markers = rewritten.style.markers
        files, given = engines.rendered_from(chart, inputs, replace(render, frozen=frozen))[-1]
        files = {**files, **rewritten.files()}
        if rewritten.style.texts:
            followed = TemplateTexts(markers, rewritten.known, len(rewritten.sites))
            files |= followed.files(files)
            given = replace(given, values=followed.values(given.values))
        outputs = engine.outputs(chart, files, given)
        if outputs.failure is None:
            continue
        message = outputs.failure.text
        is_same = failure.message[:_COMPARED] in markers.without_counts(message)
        if is_same and (counts := markers.counts_in(message)):
            return Counts(counts, partly=partly)
    reached = set(_around(failure, rewritten.blocks, rewritten.sources))
    return Counts(dict.fromkeys(sorted(reached), 1), partly=partly)


def _around(failure: Failure, blocks: Sequence[Block], sources: Mapping[str, str]) -> Iterator[int]:
    """The blocks around the places that *failure* names: of a mere line, those around all of it."""
    places = [(failure.template, failure.line, failure.column)]
    places += [(file, line, None) for file, line in failure.includes]
    for file, line, column in places:
        if file in sources and line is not None:
            span = _span(sources[file], line, column)
            yield from _holding(blocks, file, *span)


def _span(source: str, line: int, column: int | None) -> tuple[int, int]:
    starts = LineIndex(source).starts
    first = starts[line - 1] if 0 < line <= len(starts) else len(source)
    after = starts[line] - 1 if line < len(starts) else len(source)
    if column is None:
        return first, after
    before = source[first:after].encode("utf-8", "surrogateescape")[: column - 1]
    place = first + len(before.decode("utf-8", "ignore"))
    return place, place + 1


def _holding(blocks: Iterable[Block], file: str, start: int, end: int) -> Iterator[int]:
    """The blocks of *file* that hold all from *start* to *end*; how a loop went on is not known."""
    for number, block in enumerate(blocks):
        if block.file != file or block.is_operand or block.kind in {"one", "many"}:
            continue
        if block.start <= start and end <= block.end and not block.implicit:
            yield number
