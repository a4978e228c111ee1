"""Which blocks of a chart's templates a case runs, quickly: one render, whose text nobody looks at.

Refusals by ``fail`` and ``required`` are told by which of them refused, for which the templates say its
number in the message, beside what was counted.
"""

from __future__ import annotations

import dataclasses
import itertools
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import text
from chartkit.model.render import Failure, Render
from chartkit.source_map import instrument
from chartkit.source_map.instrument import Instrumented
from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Pipeline, pipeline_of

_OPEN: Final = "\u29fc"
_CLOSE: Final = "\u29fd"
_TAG: Final = re.compile(f"{_OPEN}(\\d+){_CLOSE}")
_REFUSING: Final = frozenset({"fail", "required"})


@dataclass(frozen=True, slots=True)
class RefusingCall:
    """A ``fail`` or ``required`` at *offset* of *file*, in *block*."""

    function: str
    file: str
    offset: int
    block: int


@dataclass(frozen=True, slots=True)
class Measured:
    """What became of a case: the blocks *reached*, or the *failure*, and the *site* that refused."""

    reached: frozenset[int]
    failure: Failure | None = None
    site: RefusingCall | None = None


class Meter:
    """Measures cases of *chart*.

    *blocks* are those of `instrument.instrument_chart`, *count* is how often it was asked.
    """

    def __init__(self, engine: Embedded, chart: Chart) -> None:
        self.blocks = instrument.instrument_chart(chart).blocks
        self.count = 0
        self._engine = engine
        self._chart = chart
        self._sites = list(_sites(chart, self.blocks))
        tagged = dataclasses.replace(chart, files=_tagged(chart, self._sites))
        style = instrument.instrument_chart(chart).style
        self._markers = style.markers
        self._rewritten = Instrumented(tagged.files, style).files()
        self.failing = frozenset(one.block for one in self._sites if one.function == "fail")

    def measure(self, case: Case) -> Measured:
        """What *case* reaches."""
        self.count += 1
        try:
            inputs = engines.inputs_of(case, self._engine.read_yaml)
        except engines.InputsError as fault:
            return Measured(frozenset(), fault.failure)
        files, given = engines.rendered_from(self._chart, inputs, Render("", "", frozen=True))[0]
        outputs = self._engine.outputs(self._chart, {**files, **self._rewritten}, given)
        if outputs.failure is not None:
            return self._refused(outputs.failure)
        return Measured(
            frozenset(itertools.chain.from_iterable(map(self._counted_in, outputs.templates.values())))
        )

    def _counted_in(self, text: str) -> Iterator[int]:
        """The blocks that are written down in *text*: in what a template prints, or refuses with."""
        yield from self._markers.counts_in(text)

    def _refused(self, failure: Failure) -> Measured:
        tags = _TAG.findall(failure.text)
        site = self._sites[int(tags[-1])] if tags else None
        texts = [_TAG.sub("", self._markers.without_counts(each)) for each in (failure.text, failure.message)]
        plain = dataclasses.replace(failure, text=texts[0], message=texts[1])
        return Measured(frozenset(self._counted_in(failure.text)), plain, site)


OVERTIME: Final = 1.4
"""How much longer than asked for it may take to confirm what was found."""


class Budget:
    """What may be spent: *renders* of *meter*, and *seconds* (None: as long as it takes).

    A quarter is kept to make fewer and smaller scenarios of what is found.
    """

    def __init__(self, meter: Meter, renders: int, seconds: float | None = None) -> None:
        self._meter = meter
        self._renders = renders
        self._seconds = seconds
        self._first = meter.count
        self._start = time.process_time()
        self.was_spent = False

    @property
    def spent(self) -> bool:
        """Whether nothing new may be tried."""
        self.was_spent = self.was_spent or self._used >= 0.75
        return self.was_spent

    @property
    def exhausted(self) -> bool:
        """Whether nothing may be rendered any more."""
        return self._used >= 1

    @property
    def overdue(self) -> bool:
        """Whether so much time is up that what was found cannot be confirmed any more."""
        late = self._seconds is not None and self._passed >= OVERTIME
        self.was_spent = self.was_spent or late
        return late

    @property
    def ended(self) -> str:
        """What was spent."""
        if self._count >= self._renders * 0.75 or self._seconds is None:
            return f"{self._meter.count:,} renders were made"
        return f"{self._seconds:g} seconds were up"

    @property
    def _count(self) -> int:
        return self._meter.count - self._first

    @property
    def _passed(self) -> float:
        return (time.process_time() - self._start) / self._seconds if self._seconds else 0.0

    @property
    def _used(self) -> float:
        return max(self._passed, self._count / self._renders if self._renders else 1.0)


def reached(engine: Embedded, chart: Chart, cases: Iterable[Case]) -> set[int]:
    """The numbers of those blocks of *chart* that any of *cases* runs."""
    meter = Meter(engine, chart)
    return {number for case in cases for number in meter.measure(case).reached}


def _sites(chart: Chart, blocks: Sequence[Block]) -> Iterator[RefusingCall]:
    by_file: dict[str, list[tuple[int, Block]]] = {}
    for number, block in enumerate(blocks):
        if block.kind not in {"one", "many"} and not block.implicit and not block.is_operand:
            by_file.setdefault(block.file, []).append((number, block))
    for file, here in by_file.items():
        for _, pipeline in _actions(_decoded(chart, file)):
            for function, offset in _refusals(pipeline):
                around = [
                    (one.end - one.start, number) for number, one in here if one.start <= offset < one.end
                ]
                yield RefusingCall(function, file, offset, min(around)[1] if around else -1)


def _decoded(chart: Chart, file: str) -> str:
    return text(chart.files[file])


def _actions(source: str) -> Iterator[tuple[Segment, Pipeline]]:
    try:
        for segment in lexer.lex(source):
            if segment.kind == "action" and any(token.text in _REFUSING for token in segment.tokens):
                pipeline = pipeline_of(segment)
                if pipeline is not None:
                    yield segment, pipeline
    except TemplateSyntax:
        return


def _refusals(pipeline: Pipeline) -> Iterator[tuple[str, int]]:
    for command in pipeline.commands:
        if command.function in _REFUSING:
            yield command.function, command.start
        for operand in command.operands:
            if operand.inner is not None:
                yield from _refusals(operand.inner)


def _tagged(chart: Chart, sites: Sequence[RefusingCall]) -> dict[str, bytes]:
    """The files of *chart*, whose refusals begin with their number."""
    numbers = {(site.file, site.offset): number for number, site in enumerate(sites)}
    files = dict(chart.files)
    for file in {site.file for site in sites}:
        source = _decoded(chart, file)
        edits: list[tuple[int, int, str]] = []
        for _, pipeline in _actions(source):
            edits += _edits(pipeline, file, numbers)
        for start, end, fresh in sorted(edits, reverse=True):
            source = source[:start] + fresh + source[end:]
        files[file] = source.encode("utf-8", "surrogateescape")
    return files


def _edits(
    pipeline: Pipeline, file: str, numbers: dict[tuple[str, int], int]
) -> Iterator[tuple[int, int, str]]:
    for index, command in enumerate(pipeline.commands):
        if command.function in _REFUSING:
            tag = f"{_OPEN}{numbers[file, command.start]}{_CLOSE}"
            if len(command.operands) > 1:
                message = command.operands[1]
                yield message.start, message.start, f'(print "{tag}" '
                yield message.end, message.end, ")"
            elif index and command.function == "fail":
                yield command.start, command.start, f'print "{tag}" | '
        for operand in command.operands:
            if operand.inner is not None:
                yield from _edits(operand.inner, file, numbers)
