"""Which value a template line only passes on, found in the words of the templates alone.

What a template calls dot is followed through ``with``, ``range``, variables and the calls that led there,
as far as they are plain paths. What is not plain is not known.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import EllipsisType
from typing import Final

from chartkit.source_map import Call, Origin
from chartkit.templates import syntax
from chartkit.templates.gotemplate import TemplateSyntax
from chartkit.templates.pipelines import Command, Operand, Pipeline

Step = str | int | EllipsisType
"""A key, an index, or each of them: of a ``range`` nobody knows which round printed a line."""

_LAST: Final = frozenset(
    {
        *("toYaml", "mustToYaml", "toYamlPretty", "toJson", "mustToJson", "fromYaml"),
        *("quote", "squote", "nindent", "indent", "int", "int64", "float64", "toString"),
        *("trim", "trimSuffix", "trimPrefix", "trunc", "default", "required", "deepCopy"),
    }
)
"""Functions that may give their last argument back as it is; what comes out is compared with what went in."""
_FIRST: Final = frozenset({"tpl"})
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Root:
    """What a template file is given."""


@dataclass(frozen=True, slots=True)
class Value:
    """The value at *path* below ``.Values``; *is_key* where it is the last step itself that is meant."""

    path: tuple[Step, ...] = ()
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of several values that is not empty."""

    values: tuple[Value, ...]


@dataclass(frozen=True)
class Table:
    """What ``dict`` makes, or ``list``: its items by number."""

    entries: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Included:
    """What another template printed, or what was made of that: no action that prints it has written it."""


Symbol = Root | Value | Choice | Table | Included | None
"""What an expression stands for; None where that is not known."""


@dataclass(frozen=True)
class Scope:
    """What dot and the variables stand for at one place of a template."""

    dot: Symbol
    variables: Mapping[str, Symbol] = field(default_factory=dict)
    unsteady: frozenset[str] = frozenset()

    def declared(self, pipeline: Pipeline, *values: Symbol) -> Scope:
        found = dict(zip(pipeline.variables, values, strict=False)) if pipeline.assign == ":=" else {}
        steady = {name: None if name in self.unsteady else value for name, value in found.items()}
        return replace(self, variables={**self.variables, **steady})


def passed_on(files: Mapping[str, bytes], origin: Origin) -> tuple[Value, ...] | Included:
    """The value that the action at *origin* prints, and nothing else; none where that is not plain.

    Of several, it is one. `Included` where the action prints what another template has made.
    """
    symbol: Symbol = Root()
    for frame in reversed(origin.places):
        source = _Source.read(files, frame.file)
        found = source.scope_at(frame, symbol) if source is not None else None
        if source is None or found is None:
            return ()
        scope, pipeline, offset = found
        reader = _Reader(source.text, scope)
        symbol = reader.argument(pipeline, offset) if isinstance(frame, Call) else reader.pipeline(pipeline)
    return symbol if isinstance(symbol, Included) else _values(symbol)


class _Source:
    """The text of a template and its tree."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tree = syntax.parse(text)
        self.starts = [0, *(index + 1 for index, sign in enumerate(text) if sign == "\n")]

    @staticmethod
    def read(files: Mapping[str, bytes], name: str) -> _Source | None:
        content = files.get(name)
        return None if content is None else _parsed(content)

    def scope_at(self, frame: Origin | Call, argument: Symbol) -> tuple[Scope, Pipeline, int] | None:
        """What is known at *frame*, in a template called with *argument*; its pipeline and offset."""
        if frame.line > len(self.starts):
            return None
        offset = self.starts[frame.line - 1] + frame.column - 1
        body = self._body(offset)
        unsteady = frozenset(_assigned(body))
        found = _find(self.text, body, offset, Scope(argument, {"$": argument}, unsteady))
        return None if found is None else (*found, offset)

    def _body(self, offset: int) -> Sequence[syntax.Node]:
        """What the innermost template that holds *offset* is made of."""
        body, waiting = self.tree.body, [*self.tree.defines, *_blocks(self.tree.body)]
        while waiting:
            define = waiting.pop()
            if define.closing is not None and define.opening.end <= offset < define.closing.start:
                body, waiting = define.body, [*_blocks(define.body)]
        return body


@functools.lru_cache(maxsize=64)
def _parsed(content: bytes) -> _Source | None:
    try:
        return _Source(content.removeprefix(_BYTE_ORDER_MARK).decode("utf-8", "surrogateescape"))
    except (TemplateSyntax, RecursionError):
        return None


def _blocks(body: Sequence[syntax.Node]) -> Iterator[syntax.Define]:
    return (
        node.defines
        for node in syntax.walk(body)
        if isinstance(node, syntax.Call) and node.defines is not None
    )


def _assigned(body: Sequence[syntax.Node]) -> Iterator[str]:
    """The variables that are set anew somewhere: what they hold is known nowhere."""
    for node in syntax.walk(body):
        if isinstance(node, syntax.Action) and node.pipeline.assign == "=":
            yield from node.pipeline.variables


def _find(
    source: str, body: Iterable[syntax.Node], offset: int, scope: Scope
) -> tuple[Scope, Pipeline] | None:
    """The scope and the pipeline of the action that holds *offset*."""
    for node in body:
        if isinstance(node, syntax.Branch):
            if node.arms[0].segment.start <= offset < node.arms[-1].end:
                return _in_branch(source, node, offset, scope)
        elif isinstance(node, syntax.Action | syntax.Call) and node.pipeline is not None:
            if node.segment.start <= offset < node.segment.end:
                return scope, node.pipeline
            if isinstance(node, syntax.Action):
                scope = scope.declared(node.pipeline, _Reader(source, scope).pipeline(node.pipeline))
    return None


def _in_branch(
    source: str, branch: syntax.Branch, offset: int, scope: Scope
) -> tuple[Scope, Pipeline] | None:
    for arm in branch.arms:
        if offset < arm.segment.end:
            return None if arm.pipeline is None else (scope, arm.pipeline)
        if offset < arm.end:
            return _find(source, arm.body, offset, _entered(source, arm, scope))
    return None


def _entered(source: str, arm: syntax.Arm, scope: Scope) -> Scope:
    if arm.pipeline is None:
        return scope
    value = _Reader(source, scope).pipeline(arm.pipeline)
    keyword = arm.keyword.removeprefix("else ")
    if keyword == "range" and isinstance(value, Included):
        return replace(scope, dot=value).declared(arm.pipeline, value, value)
    if keyword == "range":
        each = Value((*value.path, ...)) if isinstance(value, Value) and not value.is_key else None
        key = replace(each, is_key=True) if each is not None else None
        one = len(arm.pipeline.variables) == 1
        return replace(scope, dot=each).declared(arm.pipeline, *((each,) if one else (key, each)))
    inner = scope.declared(arm.pipeline, value)
    return replace(inner, dot=value) if keyword == "with" else inner


class _Reader:
    """Says what expressions stand for in a *scope*; offsets are those of *source*."""

    def __init__(self, source: str, scope: Scope) -> None:
        self.source = source
        self.scope = scope

    def pipeline(self, pipeline: Pipeline) -> Symbol:
        first, *rest = pipeline.commands
        symbol = self.command(first)
        for command in rest:
            if isinstance(symbol, Included):
                continue
            if command.function not in _LAST:
                return Included() if command.function == "include" else self.made(command)
            symbol = symbol if _values(symbol) else None
            if command.function == "default" and len(command.operands) == 2:
                symbol = self.first(symbol, self.operand(command.operands[1]))
        return symbol

    def command(self, command: Command) -> Symbol:
        function, arguments = command.function, command.operands[1:]
        if not function:
            return self.operand(command.operands[0]) if not arguments else None
        if function == "include":
            return Included()
        if function in _MAKERS and arguments:
            return _MAKERS[function](self, *arguments) or self.made(command)
        if function not in _LAST | _FIRST or not arguments:
            return self.made(command)
        symbol = self.operand(arguments[0 if function in _FIRST else -1])
        return symbol if _values(symbol) else self.made(command)

    def made(self, command: Command) -> Symbol:
        """What a function makes that nobody knows here: of what was included, something as little written."""
        symbols = map(self.operand, command.operands[1:])
        return Included() if any(isinstance(symbol, Included) for symbol in symbols) else None

    def either(self, *operands: Operand) -> Symbol:
        return self.first(*map(self.operand, operands))

    def fallback(self, *operands: Operand) -> Symbol:
        return self.either(*reversed(operands))

    def first(self, *symbols: Symbol) -> Symbol:
        """What is the first of *symbols* that is not empty, up to the first that nobody knows."""
        found: list[Value] = []
        for symbol in symbols:
            if not _values(symbol):
                break
            found += _values(symbol)
        return Choice(tuple(dict.fromkeys(found))) if found else None

    def operand(self, operand: Operand) -> Symbol:
        text = self.source[operand.start : operand.end]
        symbol: Symbol = None
        if operand.kind == "dot":
            return self.scope.dot
        if operand.kind == "field":
            symbol, names = self.scope.dot, text.split(".")[1:]
        elif operand.kind == "variable":
            name, *names = text.split(".")
            symbol = self.scope.variables.get(name)
        elif operand.inner is not None:
            symbol, names = self.pipeline(operand.inner), text[text.rindex(")") + 1 :].split(".")[1:]
        else:
            return None
        for name in names:
            symbol = _field(symbol, name)
        return symbol

    def items(self, *operands: Operand) -> Symbol:
        return Table({str(index): self.operand(one) for index, one in enumerate(operands)})

    def item(self, whole: Operand, *_: Operand) -> Symbol:
        """The first item of a list."""
        symbol = self.operand(whole)
        return next(iter(symbol.entries.values()), None) if isinstance(symbol, Table) else None

    def last(self, whole: Operand, *_: Operand) -> Symbol:
        symbol = self.operand(whole)
        return list(symbol.entries.values())[-1] if isinstance(symbol, Table) and symbol.entries else None

    def table(self, *arguments: Operand) -> Symbol:
        names = [_literal(one) for one in arguments[::2]]
        if len(arguments) % 2 or None in names:
            return None
        return Table({str(name): self.operand(one) for name, one in zip(names, arguments[1::2], strict=True)})

    def index(self, whole: Operand, *steps: Operand) -> Symbol:
        symbol = self.operand(whole)
        for step in steps:
            name = int(step.text) if step.kind == "number" and step.text.isdecimal() else _literal(step)
            symbol = _field(symbol, name) if name is not None else None
        return symbol

    def argument(self, pipeline: Pipeline, offset: int) -> Symbol:
        """What the call at *offset* is given: its second operand, or what is piped into it."""
        if not self.source[offset:].startswith("include"):
            return self.pipeline(pipeline)  # of a template or block, whose pipeline is its argument
        before: Command | None = None
        for commands in _pipelines(pipeline):
            before = None
            for index, command in enumerate(commands.commands):
                if command.start == offset:
                    if len(command.operands) == 3:
                        return self.operand(command.operands[2])
                    alone = index == 1 and before is not None and len(command.operands) == 2
                    return self.command(before) if alone and before is not None else None
                before = command
        return None


def _pipelines(pipeline: Pipeline) -> Iterator[Pipeline]:
    yield pipeline
    for operand in pipeline.operands():
        if operand.inner is not None:
            yield operand.inner


def _values(symbol: Symbol) -> tuple[Value, ...]:
    if isinstance(symbol, Choice):
        return symbol.values
    return (symbol,) if isinstance(symbol, Value) else ()


def _field(symbol: Symbol, name: str | int) -> Symbol:
    if isinstance(symbol, Root):
        return Value() if name == "Values" else None
    if isinstance(symbol, Table):
        return symbol.entries.get(str(name))
    if isinstance(symbol, Included):
        return symbol
    if not isinstance(symbol, Value) or symbol.is_key:
        return None
    return Value((*symbol.path, name))


def _literal(operand: Operand) -> str | None:
    plain = operand.kind == "string" and "\\" not in operand.text
    return operand.text[1:-1] if plain or operand.kind == "raw" else None


_MAKERS: Final[Mapping[str, Callable[..., Symbol]]] = {
    "dict": _Reader.table,
    "list": _Reader.items,
    "first": _Reader.item,
    "last": _Reader.last,
    "index": _Reader.index,
    "get": _Reader.index,
    "or": _Reader.either,
    "coalesce": _Reader.either,
    "default": _Reader.fallback,
}
"""Functions of which more is known than that they may give back what they are given."""
