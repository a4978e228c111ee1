"""Says what an expression of a template stands for, as far as it is a plain path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from chartkit.source_map.values.symbols import (
    Choice,
    Included,
    Scope,
    Symbol,
    Table,
    Value,
    field_of,
    values_of,
)
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

_LAST: Final = frozenset(
    {
        *("toYaml", "mustToYaml", "toYamlPretty", "toJson", "mustToJson", "fromYaml"),
        *("quote", "squote", "nindent", "indent", "int", "int64", "float64", "toString"),
        *("trim", "trimSuffix", "trimPrefix", "trunc", "default", "required", "deepCopy"),
    }
)
"""Functions that may give their last argument back as it is; what comes out is compared with what went in."""
_FIRST: Final = frozenset({"tpl"})
_GATHERING: Final = _LAST | {
    "merge",
    "mustMerge",
    "mergeOverwrite",
    "mustMergeOverwrite",
    "pick",
    "omit",
    "concat",
}


class Reader:
    """Says what expressions stand for in a *scope*."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def pipeline(self, pipeline: Pipeline) -> Symbol:
        first, *rest = pipeline.commands
        symbol = self.command(first)
        if rest and not first.function and isinstance(symbol, Table):
            return Included() if rest[0].function in _GATHERING else None
        for command in rest:
            if isinstance(symbol, Included):
                continue
            if command.function == "ternary":
                symbol = self.ternary(*command.operands[1:])
                continue
            if command.function not in _LAST:
                return Included() if command.function == "include" else self.made(command)
            symbol = symbol if values_of(symbol) else None
            if command.function == "default" and len(command.operands) == 2:
                symbol = self.first(symbol, self.operand(command.operands[1]))
        return symbol

    def command(self, command: Command) -> Symbol:
        function, arguments = command.function, command.operands[1:]
        if not function:
            return self.operand(command.operands[0]) if not arguments else None
        if function == "include":
            return Included()
        if function in {"dict", "list"} and not arguments:
            return Table({})
        if function in _MAKERS and arguments:
            return _MAKERS[function](self, *arguments) or self.made(command)
        if function not in _LAST | _FIRST or not arguments:
            return self.made(command)
        symbol = self.operand(arguments[0 if function in _FIRST else -1])
        return symbol if values_of(symbol) else self.made(command)

    def made(self, command: Command) -> Symbol:
        """What a function makes that nobody knows here.

        Of what was included it makes something that is as little written where it is printed; so it does of
        a ``dict`` or ``list`` from elsewhere, which the templates have filled.
        """
        gathers = command.function in _GATHERING
        for operand in command.operands[1:]:
            symbol = self.operand(operand)
            if isinstance(symbol, Included) or (
                gathers and isinstance(symbol, Table) and operand.kind != "pipeline"
            ):
                return Included()
        return None

    def either(self, *operands: Operand) -> Symbol:
        return self.first(*map(self.operand, operands))

    def ternary(self, *operands: Operand) -> Symbol:
        """What is one of the two *operands*; what follows them decides."""
        symbols = [self.operand(operand) for operand in operands[:2]]
        return self.first(*symbols) if len(symbols) == 2 and all(map(values_of, symbols)) else None

    def fallback(self, *operands: Operand) -> Symbol:
        return self.either(*reversed(operands))

    def first(self, *symbols: Symbol) -> Symbol:
        """What is the first of *symbols* that is not empty, up to the first that nobody knows."""
        found: list[Value] = []
        for symbol in symbols:
            if not values_of(symbol):
                break
            found += values_of(symbol)
        return Choice(tuple(dict.fromkeys(found))) if found else None

    def operand(self, operand: Operand) -> Symbol:
        symbol: Symbol = None
        if operand.kind in {"dot", "field"}:
            symbol = self.scope.dot
        elif operand.kind == "variable":
            symbol = self.scope.variables.get(operand.text)
        elif operand.inner is not None:
            symbol = self.pipeline(operand.inner)
        for name in operand.names:
            symbol = field_of(symbol, name)
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
        names = [one.string for one in arguments[::2]]
        if len(arguments) % 2 or None in names:
            return None
        return Table({str(name): self.operand(one) for name, one in zip(names, arguments[1::2], strict=True)})

    def index(self, whole: Operand, *steps: Operand) -> Symbol:
        symbol = self.operand(whole)
        for step in steps:
            name = int(step.text) if step.kind == "number" and step.text.isdecimal() else step.string
            symbol = field_of(symbol, name) if name is not None else None
        return symbol

    def argument(self, pipeline: Pipeline, offset: int) -> Symbol:
        """What the call at *offset* is given: its second operand, or what is piped into it."""
        for commands in _pipelines(pipeline):
            before: Command | None = None
            for index, command in enumerate(commands.commands):
                if command.start == offset:
                    if len(command.operands) == 3:
                        return self.operand(command.operands[2])
                    alone = index == 1 and before is not None and len(command.operands) == 2
                    return self.command(before) if alone and before is not None else None
                before = command
        return self.pipeline(pipeline)  # of a template or block, whose pipeline is its argument


def _pipelines(pipeline: Pipeline) -> Iterator[Pipeline]:
    yield pipeline
    for operand in pipeline.operands():
        if operand.inner is not None:
            yield operand.inner


_MAKERS: Final[Mapping[str, Callable[..., Symbol]]] = {
    "dict": Reader.table,
    "list": Reader.items,
    "first": Reader.item,
    "last": Reader.last,
    "index": Reader.index,
    "get": Reader.index,
    "or": Reader.either,
    "coalesce": Reader.either,
    "default": Reader.fallback,
    "ternary": Reader.ternary,
}
"""Functions of which more is known than that they may give back what they are given."""
