"""How often a case runs each block of its chart, also where Helm refuses the case.

A render that fails gives nothing; where ``fail`` or ``required`` ends it, the message tells what was
counted on the way. Of other faults Helm names the places, and what is around them was run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.render import Failure, Render
from chartkit.source_map import alphabet, value_texts
from chartkit.source_map.alphabet import Alphabet
from chartkit.source_map.bodies import Style
from chartkit.source_map.instrument import instrumented
from chartkit.source_map.tables import Block, Lines
from chartkit.source_map.tracing import Tracing, Untraceable
from chartkit.source_map.value_texts import ValueTexts

_RUNS: Final = frozenset({"template", "required"})
"""The kinds of failures that happen while templates run; at all others but ``yaml`` none has run."""
_COMPARED: Final = 1500
_PAIR: Final = re.compile(r'"(\d+)":(\d+)')


@dataclass(frozen=True, slots=True)
class Counts:
    """How often each block was run, by its number among the chart's.

    *uncounted* are the files of which nothing is known. *partly* says why there may be more than was counted.
    """

    counts: Mapping[int, int] = field(default_factory=dict)
    uncounted: tuple[str, ...] = ()
    partly: str = ""


def count(engine: Embedded, chart: Chart, case: Case, render: Render) -> Counts:
    """What *render* of *case*, made by *engine*, ran of *chart*; all that is said was run for certain."""
    failure = render.failure
    if failure is not None and failure.kind not in {*_RUNS, "yaml"}:
        return Counts(partly=f"no template was run: {failure.message}")
    try:
        inputs = engines.inputs_of(case, engine.read_yaml)
    except engines.InputsFault as fault:
        return Counts(partly=f"no template was run: {fault.failure.message}")
    values = json.dumps(inputs.values, ensure_ascii=False, default=str)
    letters = alphabet.choose((*chart.files.values(), values, render.text))
    if letters is None:
        return Counts(partly="it cannot be measured: the chart uses all characters that marks are made of")
    texts = value_texts.calls(chart.files, values)
    try:
        if failure is not None and failure.kind in _RUNS:
            return _until(engine, chart, inputs, render, failure, letters, texts=texts)
        return _through(engine, chart, inputs, render, letters, texts=texts)
    except Untraceable as reason:
        return Counts(partly=f"it cannot be measured: {reason}")


def _through(
    engine: Embedded, chart: Chart, inputs: engines.Inputs, render: Render, letters: Alphabet, *, texts: bool
) -> Counts:
    """The counts of a render that comes to its end; it is held against the plain one."""
    rewritten = instrumented(chart, Style(letters, render.frozen, counts=True, texts=texts))
    files, given = engines.given(chart, inputs, render)[-1]
    tracing = Tracing(engine, chart, files, given, rewritten, render.text)
    tracing.render()
    tracing.settle()
    return Counts(tracing.counts, tuple(tracing.uncounted))


def _until(
    engine: Embedded,
    chart: Chart,
    inputs: engines.Inputs,
    render: Render,
    failure: Failure,
    letters: Alphabet,
    *,
    texts: bool,
) -> Counts:
    """What ran until *failure*: what it tells, else what is around the places that Helm names."""
    partly = "it ends early: what ran besides is not known"
    for frozen in (True, False):
        rewritten = instrumented(chart, Style(letters, frozen, counts=True, texts=texts))
        files, given = engines.given(chart, inputs, replace(render, frozen=frozen))[-1]
        files = {**files, **rewritten.files()}
        if texts:
            followed = ValueTexts(letters, rewritten.known, len(rewritten.sites))
            files |= followed.files(files)
            given = replace(given, values=followed.values(given.values))
        outputs = engine.outputs(chart, files, given)
        if outputs.failure is None:
            continue
        said = outputs.failure.text
        if _is_same(failure, said, letters) and (counts := told(said, letters)):
            return Counts(counts, partly=partly)
    reached = set(_around(failure, rewritten.blocks, rewritten.sources))
    return Counts(dict.fromkeys(sorted(reached), 1), partly=partly)


def _is_same(failure: Failure, said: str, letters: Alphabet) -> bool:
    """Whether what was *said* is *failure*, but for the counts in it."""
    return failure.message[:_COMPARED] in without_record(said, letters)


def without_record(message: str, letters: Alphabet) -> str:
    """*message* without the counts in it."""
    return re.sub(f"{letters.left}[^{letters.right}]*{letters.right}", "", message)


def told(text: str, letters: Alphabet) -> dict[int, int]:
    """The counts in a message or an output; where it is cut short, those that are left."""
    record = text.rpartition(letters.left)[2].partition(letters.right)[0]
    pairs = _PAIR.findall(record) if letters.left in text else ()
    return {int(number): int(times) for number, times in pairs if times != "0"}


def _around(failure: Failure, blocks: Sequence[Block], sources: Mapping[str, str]) -> Iterator[int]:
    """The blocks around the places that *failure* names: of a mere line, those around all of it."""
    places = [(failure.template, failure.line, failure.column)]
    places += [(file, line, None) for file, line in failure.includes]
    for file, line, column in places:
        if file in sources and line is not None:
            span = _span(sources[file], line, column)
            yield from _holding(blocks, file, *span)


def _span(source: str, line: int, column: int | None) -> tuple[int, int]:
    starts = Lines(source).starts
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
