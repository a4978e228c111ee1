"""What expressions of a template stand for, as far as they are plain paths; nothing is run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import EllipsisType
from typing import Final

from chartkit.syntax.gotemplate import functions, scopes
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

Step = str | int | EllipsisType
"""A key, an index, or each of them: which round of a ``range`` printed a line is not known."""


@dataclass(frozen=True, slots=True)
class FileDot:
    """What a template file is given as dot."""


@dataclass(frozen=True, slots=True)
class ValuePath:
    """The value at *path* below ``.Values``; *is_key* where it is the last step itself that is meant."""

    path: tuple[Step, ...] = ()
    is_key: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The first of several values that is not empty."""

    values: tuple[ValuePath, ...]


@dataclass(frozen=True)
class MadeItems:
    """What ``dict`` makes, or ``list``: its items by number."""

    entries: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Included:
    """What another template printed, or templates put together: an action that prints it did not write it."""


Symbol = FileDot | ValuePath | Choice | MadeItems | Included | None
"""What an expression stands for; None where that is not known."""

Scope = scopes.Scope[Symbol]


def values_of(symbol: Symbol) -> tuple[ValuePath, ...]:
    """The values that *symbol* may be; none where it is anything else."""
    if isinstance(symbol, Choice):
        return symbol.values
    return (symbol,) if isinstance(symbol, ValuePath) else ()


def _field_of(symbol: Symbol, name: str | int) -> Symbol:
    """What ``.name`` of *symbol* stands for, or its item of that number."""
    if isinstance(symbol, FileDot):
        return ValuePath() if name == "Values" else None
    if isinstance(symbol, MadeItems):
        return symbol.entries.get(str(name))
    if isinstance(symbol, Included):
        return symbol
    if not isinstance(symbol, ValuePath) or symbol.is_key:
        return None
    return ValuePath((*symbol.path, name))


def _first_set(*symbols: Symbol) -> Symbol:
    """What is the first of *symbols* that is not empty, up to the first that is not known."""
    found: list[ValuePath] = []
    for symbol in symbols:
        if not values_of(symbol):
            break
        found += values_of(symbol)
    return Choice(tuple(dict.fromkeys(found))) if found else None


class ExpressionReader:
    """Tells what expressions stand for in a *scope*."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def pipeline(self, pipeline: Pipeline) -> Symbol:
        first, *rest = pipeline.commands
        symbol = self.command(first)
        if rest and not first.function and isinstance(symbol, MadeItems):
            return Included() if rest[0].function in functions.GATHERS else None
        for command in rest:
            if isinstance(symbol, Included):
                continue
            if command.function == "ternary":
                symbol = self.ternary(*command.operands[1:])
            elif command.function not in functions.GIVES_LAST:
                return Included() if command.function == "include" else self._made(command)
            else:
                symbol = symbol if values_of(symbol) else None
                if command.function == "default" and len(command.operands) == 2:
                    symbol = _first_set(symbol, self.operand(command.operands[1]))
        return symbol

    def command(self, command: Command) -> Symbol:
        function, arguments = command.function, command.operands[1:]
        if not function:
            return self.operand(command.operands[0]) if not arguments else None
        if function == "include":
            return Included()
        if function in {"dict", "list"} and not arguments:
            return MadeItems({})
        if function in _MAKERS and arguments:
            return _MAKERS[function](self, *arguments) or self._made(command)
        if not arguments or function not in functions.GIVES_LAST | functions.GIVES_FIRST:
            return self._made(command)
        symbol = self.operand(arguments[0 if function in functions.GIVES_FIRST else -1])
        return symbol if values_of(symbol) else self._made(command)

    def operand(self, operand: Operand) -> Symbol:
        symbol: Symbol = None
        if operand.kind in {"dot", "field"}:
            symbol = self.scope.dot
        elif operand.kind == "variable":
            symbol = self.scope.variables.get(operand.text)
        elif operand.inner is not None:
            symbol = self.pipeline(operand.inner)
        for name in operand.names:
            symbol = _field_of(symbol, name)
        return symbol

    def argument(self, pipeline: Pipeline, offset: int) -> Symbol:
        """What the call at *offset* is given: its second operand, or what is piped into it."""
        for each in _with_inner(pipeline):
            before: Command | None = None
            for index, command in enumerate(each.commands):
                if command.start == offset:
                    if len(command.operands) == 3:
                        return self.operand(command.operands[2])
                    alone = index == 1 and before is not None and len(command.operands) == 2
                    return self.command(before) if alone and before is not None else None
                before = command
        return self.pipeline(pipeline)  # of a template or block, whose pipeline is its argument

    def _made(self, command: Command) -> Symbol:
        """What another function makes: of what was included, something that is not written here either.

        So it does of a ``dict`` or ``list`` from elsewhere, which the templates have filled.
        """
        gathers = command.function in functions.GATHERS
        for operand in command.operands[1:]:
            symbol = self.operand(operand)
            filled = gathers and isinstance(symbol, MadeItems) and operand.kind != "pipeline"
            if filled or isinstance(symbol, Included):
                return Included()
        return None

    def either(self, *operands: Operand) -> Symbol:
        return _first_set(*map(self.operand, operands))

    def fallback(self, *operands: Operand) -> Symbol:
        return self.either(*reversed(operands))

    def ternary(self, *operands: Operand) -> Symbol:
        """What is one of the two *operands*; what follows them decides."""
        symbols = [self.operand(operand) for operand in operands[:2]]
        return _first_set(*symbols) if len(symbols) == 2 and all(map(values_of, symbols)) else None

    def sequence(self, *operands: Operand) -> Symbol:
        return MadeItems({str(index): self.operand(one) for index, one in enumerate(operands)})

    def mapping(self, *arguments: Operand) -> Symbol:
        names = [one.string for one in arguments[::2]]
        if len(arguments) % 2 or None in names:
            return None
        return MadeItems(
            {str(name): self.operand(one) for name, one in zip(names, arguments[1::2], strict=True)}
        )

    def first(self, whole: Operand, *_: Operand) -> Symbol:
        symbol = self.operand(whole)
        return next(iter(symbol.entries.values()), None) if isinstance(symbol, MadeItems) else None

    def last(self, whole: Operand, *_: Operand) -> Symbol:
        symbol = self.operand(whole)
        return list(symbol.entries.values())[-1] if isinstance(symbol, MadeItems) and symbol.entries else None

    def index(self, whole: Operand, *steps: Operand) -> Symbol:
        symbol = self.operand(whole)
        for step in steps:
            name = int(step.text) if step.kind == "number" and step.text.isdecimal() else step.string
            symbol = _field_of(symbol, name) if name is not None else None
        return symbol


def _with_inner(pipeline: Pipeline) -> Iterator[Pipeline]:
    """*pipeline*, and those that stand in it in parentheses."""
    yield pipeline
    yield from (operand.inner for operand in pipeline.operands() if operand.inner is not None)


_MAKERS: Final[Mapping[str, Callable[..., Symbol]]] = {
    "dict": ExpressionReader.mapping,
    "list": ExpressionReader.sequence,
    "first": ExpressionReader.first,
    "last": ExpressionReader.last,
    "index": ExpressionReader.index,
    "get": ExpressionReader.index,
    "or": ExpressionReader.either,
    "coalesce": ExpressionReader.either,
    "default": ExpressionReader.fallback,
    "ternary": ExpressionReader.ternary,
}
"""Functions of which more is known than that they may give back what they are given."""
