"""Pipelines, down to their operands: what an action says, with the offsets of every word of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax, Token

MAX_DEPTH: Final = 100
"""How deep parentheses may be nested: what reads pipelines recurses."""

CONSTANTS: Final = frozenset({"true", "false", "nil"})
"""Words that Go knows for what they are, not for functions."""

_WORDS_BEFORE: Final = {"if": 1, "with": 1, "range": 1, "template": 2, "block": 2}


@dataclass(frozen=True, slots=True)
class Operand:
    """One word of a command; *kind* is that of its first token, or ``pipeline`` for one in parentheses.

    *text* is its first token. *fields* are the names in what follows without a blank, as ``.a.b``, and
    belongs to it.
    """

    kind: str
    start: int
    end: int
    text: str
    inner: Pipeline | None = None
    fields: tuple[str, ...] = ()

    @property
    def is_function(self) -> bool:
        """Whether it is a word for what a function gives, not for a constant."""
        return self.kind == "identifier" and self.text not in CONSTANTS

    @property
    def names(self) -> tuple[str, ...]:
        """All names that are taken, one below the other, of dot or whatever stands before them."""
        return (self.text[1:], *self.fields) if self.kind == "field" else self.fields

    @property
    def string(self) -> str | None:
        """What it says where it is a string, and nothing else."""
        is_string = self.kind in {"string", "raw"} and not self.fields
        return lexer.string_value(self.text) if is_string else None


@dataclass(frozen=True, slots=True)
class Command:
    """Operands between two bars; the first may name a function."""

    operands: tuple[Operand, ...]

    @property
    def function(self) -> str:
        """The name of the function that is called; empty where none is."""
        first = self.operands[0]
        return first.text if first.is_function and not first.fields else ""

    @property
    def start(self) -> int:
        return self.operands[0].start

    @property
    def end(self) -> int:
        return self.operands[-1].end


@dataclass(frozen=True, slots=True)
class Pipeline:
    """*variables* are declared (``:=``) or assigned (``=``), as *assign* says; it spans *start* to *end*."""

    variables: tuple[str, ...]
    assign: str
    commands: tuple[Command, ...]
    start: int
    end: int

    def all_commands(self) -> Iterator[Command]:
        """Its commands, also those in parentheses."""
        for command in self.commands:
            yield command
            for operand in command.operands:
                if operand.inner is not None:
                    yield from operand.inner.all_commands()

    def operands(self) -> Iterator[Operand]:
        """All operands, also those in parentheses."""
        for command in self.commands:
            for operand in command.operands:
                yield operand
                if operand.inner is not None:
                    yield from operand.inner.operands()


def pipeline_of(segment: Segment) -> Pipeline | None:
    """The pipeline of an action, without the keyword before it; None where the action has none."""
    tokens = segment.tokens
    skipped = _WORDS_BEFORE.get(segment.keyword, 0)
    if segment.keyword == "else":
        skipped = 2
    elif segment.keyword in {"end", "define", "break", "continue"}:
        return None
    return parse(tokens[skipped:]) if len(tokens) > skipped else None


def parse(tokens: Sequence[Token]) -> Pipeline:
    """The pipeline that *tokens*, which are not empty, make; raises `TemplateSyntax`."""
    pipeline, position = _pipeline(tokens, 0, 0)
    if position != len(tokens):
        raise TemplateSyntax("unexpected right paren", 0)
    return pipeline


def _pipeline(tokens: Sequence[Token], position: int, depth: int) -> tuple[Pipeline, int]:
    if depth > MAX_DEPTH:
        raise TemplateSyntax("nested too deeply", 0)
    start = tokens[position].start if position < len(tokens) else 0
    variables, assign, position = _assignment(tokens, position)
    commands: list[Command] = []
    operands: list[Operand] = []
    while position < len(tokens) and tokens[position].kind != "close":
        if tokens[position].kind == "pipe":
            commands.append(_command(operands))
            operands = []
            position += 1
        else:
            operand, position = _operand(tokens, position, depth)
            operands.append(operand)
    if operands or not commands:  # Go lets a pipeline end in a bar
        commands.append(_command(operands))
    return Pipeline(variables, assign, tuple(commands), start, commands[-1].end), position


def _command(operands: list[Operand]) -> Command:
    if not operands:
        raise TemplateSyntax("missing value for command", 0)
    return Command(tuple(operands))


def _assignment(tokens: Sequence[Token], position: int) -> tuple[tuple[str, ...], str, int]:
    """What stands before ``:=`` or ``=``, if there is one, and where the commands begin."""
    index = position
    names: list[str] = []
    while index < len(tokens) and tokens[index].kind in {"variable", "comma"}:
        if tokens[index].kind == "variable":
            names.append(tokens[index].text)
        index += 1
    if names and index < len(tokens) and tokens[index].kind == "assign":
        return tuple(names), tokens[index].text, index + 1
    return (), "", position


def _operand(tokens: Sequence[Token], position: int, depth: int) -> tuple[Operand, int]:
    first = tokens[position]
    kind, end, inner = first.kind, first.end, None
    position += 1
    if kind == "open":
        inner, position = _pipeline(tokens, position, depth + 1)
        if position == len(tokens):
            raise TemplateSyntax("unclosed left paren", 0)
        kind, end = "pipeline", tokens[position].end
        position += 1
    fields: list[str] = []
    while position < len(tokens) and tokens[position].kind == "field" and tokens[position].start == end:
        fields.append(tokens[position].text[1:])
        end, position = tokens[position].end, position + 1
    return Operand(kind, first.start, end, first.text, inner, tuple(fields)), position
