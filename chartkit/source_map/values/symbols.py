"""What the words of a template stand for, as far as that is known without running it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import EllipsisType

from chartkit.syntax.gotemplate.pipelines import Pipeline

Step = str | int | EllipsisType
"""A key, an index, or each of them: of a ``range`` nobody knows which round printed a line."""


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
    """What another template printed, or templates put together: an action that prints it did not write it."""


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
        steady = {name: Included() if name in self.unsteady else value for name, value in found.items()}
        return replace(self, variables={**self.variables, **steady})


def values_of(symbol: Symbol) -> tuple[Value, ...]:
    """The values that *symbol* may be; none where it is anything else."""
    if isinstance(symbol, Choice):
        return symbol.values
    return (symbol,) if isinstance(symbol, Value) else ()


def field_of(symbol: Symbol, name: str | int) -> Symbol:
    """What ``.name`` of *symbol* stands for, or its item of that number."""
    if isinstance(symbol, Root):
        return Value() if name == "Values" else None
    if isinstance(symbol, Table):
        return symbol.entries.get(str(name))
    if isinstance(symbol, Included):
        return symbol
    if not isinstance(symbol, Value) or symbol.is_key:
        return None
    return Value((*symbol.path, name))
