"""Templates as trees: what is left of them where text is dropped, and what they say is kept."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dot:
    """``.``, the current value."""


@dataclass(frozen=True, slots=True)
class Variable:
    """``$name``; *name* is empty for ``$``."""

    name: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant; *text* is None where it is neither a string nor a plain number."""

    text: str | None


@dataclass(frozen=True, slots=True)
class Function:
    """The name of a function."""

    name: str


@dataclass(frozen=True, slots=True)
class Fields:
    """``base.a.b``: *names* taken from *base*, from *start* to *end* of the source."""

    base: Operand
    names: tuple[str, ...]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Commands, each the operands of one call; *variables* are those that it sets, or *declares*."""

    commands: tuple[Command, ...]
    variables: tuple[str, ...] = ()
    declares: bool = False


@dataclass(frozen=True, slots=True)
class Command:
    """A function or a value with its arguments, at *start* of the source."""

    operands: tuple[Operand, ...]
    start: int


Operand = Dot | Variable | Literal | Function | Fields | Pipeline


@dataclass(frozen=True, slots=True)
class Print:
    """An action that prints what its pipeline gives, or sets variables."""

    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Branch:
    """``if``, ``with`` or ``range``; an ``else if`` is a branch in *otherwise*."""

    keyword: str
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """``template`` or ``block``."""

    name: str
    pipeline: Pipeline


Node = Print | Branch | Call


@dataclass(frozen=True, slots=True)
class Tree:
    """A template file: what stands outside of its *defines*, and they by name."""

    body: tuple[Node, ...]
    defines: tuple[tuple[str, tuple[Node, ...]], ...]
