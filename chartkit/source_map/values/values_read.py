"""Which values a line of a template reads, found in the words of the templates alone.

Unlike `passing`, which says what an action passes on unchanged, this tells all that has a part in a line:
what is formatted, chosen, tested or kept in a variable before.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.source_map.values.symbolic import Reader
from chartkit.source_map.values.symbols import (
    Choice,
    Included,
    Root,
    Scope,
    Symbol,
    Table,
    Value,
    field_of,
    values_of,
)
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_STEPS_INTO: Final = frozenset({"index", "get"})
_BESIDE_VALUES: Final = ("Chart", "Release", "Capabilities")


@dataclass(frozen=True, slots=True)
class Frame:
    """A line of the file with the canonical name *file*; *column* where that is known."""

    file: str
    line: int
    column: int | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What Helm tells besides the values: ``Chart.AppVersion`` as its *words*."""

    words: tuple[str, ...]


@dataclass(slots=True)
class Reads:
    """What was found, in the order of the words; *unknown* are words of which nobody knows what they are."""

    values: dict[Value | Told, None] = field(default_factory=dict)
    unknown: dict[str, None] = field(default_factory=dict)


def read_by(files: Mapping[str, bytes], frames: Sequence[Frame]) -> Reads:
    """What the lines at *frames* read: the line itself first, then those that called, innermost first."""
    argument: Symbol = Root()
    found: list[Reads] = []
    for number, frame in enumerate(reversed(frames), 1):
        source = _source(files.get(frame.file, b""))
        if source is None:
            found.append(Reads(unknown={f"{frame.file}, which cannot be read as a template": None}))
            argument = None
            continue
        line = _Line(source, frame, argument)
        line.visit()
        found.append(line.reads)
        argument = line.argument() if number < len(frames) else None
    values = (value for each in reversed(found) for value in each.values)
    unknown = (words for each in reversed(found) for words in each.unknown)
    return Reads(dict.fromkeys(values), dict.fromkeys(unknown))


@dataclass(frozen=True)
class _Source:
    text: str
    tree: nodes.Tree
    starts: tuple[int, ...]


@functools.lru_cache(maxsize=64)
def _source(content: bytes) -> _Source | None:
    text = content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "surrogateescape")
    try:
        tree = nodes.parse(text)
    except (TemplateSyntax, RecursionError):
        return None
    return _Source(text, tree, (0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")))


class _Line:
    """Goes through the template that holds a line, with what is known of dot and the variables there."""

    def __init__(self, source: _Source, frame: Frame, argument: Symbol) -> None:
        self.reads = Reads()
        self._source = source
        self._calls: list[tuple[Pipeline, int, Scope]] = []
        self._start, self._end = 0, -1
        if 0 < frame.line <= len(source.starts):
            self._start = source.starts[frame.line - 1]
            self._end = (*source.starts, len(source.text) + 1)[frame.line]
        self._offset = None if frame.column is None else self._start + frame.column - 1
        self._given = Scope(argument, {"$": argument})
        self._assigned: dict[str, tuple[Value, ...]] = {}

    def visit(self) -> None:
        """Go through the template that holds the line; where it may be several, through each of them."""
        if self._offset is None:
            bodies = _around(self._source.tree, self._start, self._end)
        else:
            bodies = _around(self._source.tree, self._offset, self._offset + 1)[-1:]
        for body in bodies:
            self._body(body, self._given)

    def argument(self) -> Symbol:
        """What the call on the line is given; None where there are several, and the column is not known."""
        if len(self._calls) != 1:
            return None
        pipeline, offset, scope = self._calls[0]
        return Reader(scope).argument(pipeline, offset)

    def _body(self, body: Iterable[nodes.Node], scope: Scope) -> None:
        for node in body:
            if isinstance(node, nodes.Branch):
                for arm in node.arms:
                    if arm.segment.start >= self._end:
                        return
                    self._arm(arm, scope)
            elif isinstance(node, nodes.Action | nodes.Call) and node.pipeline is not None:
                if node.segment.start >= self._end:
                    return
                self._seen(node.segment, node.pipeline, scope)
                if isinstance(node, nodes.Call):
                    self._called(node.segment, node.pipeline, scope)
                else:
                    scope = self._declared(scope, node.pipeline, self._kept(scope, node.pipeline))

    def _arm(self, arm: nodes.Arm, scope: Scope) -> None:
        if arm.pipeline is not None:
            self._seen(arm.segment, arm.pipeline, scope)
            scope = self._entered(arm, arm.pipeline, scope)
        self._body(arm.body, scope)

    def _seen(self, segment: Segment, pipeline: Pipeline, scope: Scope) -> None:
        """Note what *pipeline* reads, if it stands on the line."""
        if segment.start >= self._end or segment.end <= self._start:
            return
        for value in self._of(pipeline, scope, self.reads.unknown):
            self.reads.values.setdefault(value)
        for command in pipeline.all_commands():
            if command.function == "include" and self._offset in (None, command.start):
                self._calls.append((pipeline, command.start, scope))

    def _called(self, segment: Segment, pipeline: Pipeline, scope: Scope) -> None:
        """Note a ``template`` or ``block``, if it is the call on the line that is meant."""
        start, end = (self._start, self._end) if self._offset is None else (self._offset, self._offset + 1)
        if segment.start < end and start < segment.end:
            self._calls.append((pipeline, segment.start, scope))

    def _kept(self, scope: Scope, pipeline: Pipeline) -> Symbol:
        """What a variable stands for: what it holds, or else all that has a part in it."""
        symbol = Reader(scope).pipeline(pipeline)
        if isinstance(symbol, Root | Value | Choice | Table):
            return symbol
        unknown: dict[str, None] = {}
        values = tuple(one for one in self._of(pipeline, scope, unknown) if isinstance(one, Value))
        return Choice(values) if values else symbol if unknown else Included()

    def _declared(self, scope: Scope, pipeline: Pipeline, *symbols: Symbol) -> Scope:
        if pipeline.assign == "=":
            for name, symbol in zip(pipeline.variables, symbols, strict=False):
                self._assigned[name] = (*self._assigned.get(name, ()), *values_of(symbol))
        return scope.declared(pipeline, *symbols)

    def _entered(self, arm: nodes.Arm, pipeline: Pipeline, scope: Scope) -> Scope:
        value = self._kept(scope, pipeline)
        if arm.action == "range":
            each = _each(value)
            key = replace(each, is_key=True) if isinstance(each, Value) else each
            one = len(pipeline.variables) == 1
            inner = self._declared(scope, pipeline, *((each,) if one else (key, each)))
            return replace(inner, dot=each)
        inner = self._declared(scope, pipeline, value)
        return replace(inner, dot=value) if arm.rebinds else inner

    def _of(self, pipeline: Pipeline, scope: Scope, unknown: dict[str, None]) -> Iterator[Value | Told]:
        for command in pipeline.commands:
            yield from self._of_command(command, scope, unknown)

    def _of_command(self, command: Command, scope: Scope, unknown: dict[str, None]) -> Iterator[Value | Told]:
        operands: Sequence[Operand] = command.operands
        if command.function in _STEPS_INTO:
            values = values_of(Reader(scope).command(command))
            yield from values
            operands = operands[2:] if values else operands
        for operand in operands:
            yield from self._of_operand(operand, scope, unknown)

    def _of_operand(self, operand: Operand, scope: Scope, unknown: dict[str, None]) -> Iterator[Value | Told]:
        if operand.kind not in {"dot", "field", "variable", "pipeline"}:
            return
        symbol = Reader(scope).operand(operand)
        words = self._source.text[operand.start : operand.end]
        values = values_of(symbol)
        if operand.kind == "variable":
            values += self._assigned.get(words.partition(".")[0], ())
        yield from (value for value in values if value.path)
        if values:
            return
        if operand.inner is not None:
            yield from self._of(operand.inner, scope, unknown)
        elif found := [*_below(words, operand, scope)]:
            yield from found
        elif symbol is None and not _is_plain(words):
            unknown.setdefault(words)


def _below(words: str, operand: Operand, scope: Scope) -> Iterator[Value | Told]:
    """What *words* ask of Helm, or of one of several values, whichever of them there is."""
    head, *names = words.split(".")
    symbol = scope.variables.get(head) if operand.kind == "variable" else scope.dot
    for number, name in enumerate(names):
        if isinstance(symbol, Root) and name in _BESIDE_VALUES:
            yield Told(tuple(names[number:]))
            return
        if isinstance(symbol, Choice):
            yield from (Value((*one.path, *names[number:])) for one in symbol.values if not one.is_key)
            return
        symbol = field_of(symbol, name)


def _is_plain(words: str) -> bool:
    """Whether *words* tell of something that is no value, whatever dot is."""
    return words.lstrip("$").startswith((".Files", ".Template", ".Subcharts", ".Values"))


def _each(value: Symbol) -> Symbol:
    """What dot is in a round of ``range`` over *value*."""
    if isinstance(value, Value):
        return None if value.is_key else Value((*value.path, ...))
    if isinstance(value, Choice):
        return Choice(tuple(Value((*one.path, ...)) for one in value.values if not one.is_key))
    return value if isinstance(value, Included) else None


def _around(tree: nodes.Tree, start: int, end: int) -> list[Sequence[nodes.Node]]:
    """The bodies of the templates that something between *start* and *end* belongs to, innermost last."""
    found = (
        define.body
        for define in tree.named()  # blocks come after what they stand in
        if define.closing and define.opening.end <= end - 1 and start < define.closing.start
    )
    return [tree.body, *found]
