"""Makes trees of templates, as Go's parser does, from the words that `gotemplate` gives."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Final

from chartkit.templates import gotemplate
from chartkit.templates.gotemplate import Segment, TemplateSyntax, Token
from chartkit.values_coverage.trees import (
    Branch,
    Call,
    Command,
    Dot,
    Fields,
    Function,
    Literal,
    Node,
    Operand,
    Pipeline,
    Print,
    Tree,
    Variable,
)

_DEEPEST: Final = 100


def parse(source: str) -> Tree:
    """The tree of a template file; raises TemplateSyntax where Go would too (not everywhere)."""
    parser = _Parser(source)
    body, closing = parser.nodes(0)
    if closing is not None:
        raise TemplateSyntax("unexpected {{end}}", 1)
    return Tree(tuple(body), tuple(parser.defines))


class _Parser:
    def __init__(self, source: str) -> None:
        self.segments = [each for each in gotemplate.lex(source) if each.kind == "action"]
        self.position = 0
        self.defines: list[tuple[str, tuple[Node, ...]]] = []

    def nodes(self, depth: int) -> tuple[list[Node], Segment | None]:
        """What comes up to the ``end`` or ``else`` that closes it, and that."""
        if depth > _DEEPEST:
            raise TemplateSyntax("nested too deeply", 1)
        found: list[Node] = []
        while self.position < len(self.segments):
            segment = self.segments[self.position]
            self.position += 1
            keyword = segment.keyword
            if keyword in {"end", "else"}:
                return found, segment
            if keyword in {"if", "with", "range"}:
                found.append(self.branch(keyword, segment.tokens[1:], depth))
            elif keyword in {"define", "block"}:
                found += self.define(segment, depth)
            elif keyword == "template":
                name, pipeline = _named(segment)
                found.append(Call(name, pipeline))
            elif keyword not in {"break", "continue"}:
                found.append(Print(_pipeline(segment.tokens)))
        return found, None

    def branch(self, keyword: str, tokens: Sequence[Token], depth: int) -> Branch:
        pipeline = _pipeline(tokens)
        body, closing = self.nodes(depth + 1)
        otherwise: list[Node] = []
        if closing is not None and closing.keyword == "else":
            following = closing.tokens[1:]
            if following:
                otherwise = [self.branch(following[0].text, following[1:], depth + 1)]
                return Branch(keyword, pipeline, tuple(body), tuple(otherwise))
            otherwise, closing = self.nodes(depth + 1)
        if closing is None or closing.keyword != "end":
            raise TemplateSyntax("unexpected EOF", 1)
        return Branch(keyword, pipeline, tuple(body), tuple(otherwise))

    def define(self, segment: Segment, depth: int) -> list[Node]:
        name, pipeline = _named(segment)
        body, closing = self.nodes(depth + 1)
        if closing is None or closing.keyword != "end":
            raise TemplateSyntax("unexpected EOF", 1)
        self.defines.append((name, tuple(body)))
        return [Call(name, pipeline)] if segment.keyword == "block" else []


def _named(segment: Segment) -> tuple[str, Pipeline]:
    """The name and the argument of a ``define``, ``block`` or ``template``."""
    if len(segment.tokens) < 2:
        raise TemplateSyntax("expected a name", 1)
    return string(segment.tokens[1].text), _pipeline(segment.tokens[2:])


def _pipeline(tokens: Sequence[Token]) -> Pipeline:
    reader = _Reader(tokens)
    return reader.pipeline()


class _Reader:
    """Reads the words of one action."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.position = 0
        self.depth = 0

    def pipeline(self) -> Pipeline:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise TemplateSyntax("nested too deeply", 1)
        variables, declares = self.declared()
        commands: list[Command] = []
        operands: list[Operand] = []
        start = self.tokens[self.position].start if self.position < len(self.tokens) else 0
        while self.position < len(self.tokens) and self.tokens[self.position].kind != "close":
            token = self.tokens[self.position]
            if token.kind == "pipe":
                commands.append(Command(tuple(operands), start))
                operands = []
                start = token.end
                self.position += 1
            else:
                operands.append(self.operand())
        if operands:
            commands.append(Command(tuple(operands), start))
        self.depth -= 1
        return Pipeline(tuple(commands), variables, declares)

    def declared(self) -> tuple[tuple[str, ...], bool]:
        """The variables that are set, ``$a =`` or ``$a, $b =``, and whether they are new: ``$a :=``."""
        kinds = [token.kind for token in self.tokens[self.position : self.position + 4]]
        for count, form in ((1, ["variable", "assign"]), (2, ["variable", "comma", "variable", "assign"])):
            if kinds[: len(form)] == form:
                found = self.tokens[self.position : self.position + len(form) : 2][:count]
                self.position += len(form)
                new = self.tokens[self.position - 1].text == ":="
                return tuple(token.text[1:] for token in found), new
        return (), False

    def operand(self) -> Operand:
        token = self.tokens[self.position]
        if token.kind == "field":
            return self.fields(Dot(), token.start, token.start)
        self.position += 1
        base: Operand
        end = token.end
        if token.kind == "open":
            base = self.pipeline()
            if self.position < len(self.tokens):
                end = self.tokens[self.position].end
                self.position += 1
        else:
            base = _simple(token)
        return self.fields(base, token.start, end)

    def fields(self, base: Operand, start: int, end: int) -> Operand:
        names: list[str] = []
        while self.position < len(self.tokens):
            token = self.tokens[self.position]
            if token.kind != "field" or token.start != end:
                break
            names.append(token.text[1:])
            end = token.end
            self.position += 1
        return Fields(base, tuple(names), start, end) if names else base


_CONSTANTS: Final = frozenset({"true", "false", "nil"})


def _simple(token: Token) -> Operand:
    if token.kind == "dot":
        return Dot()
    if token.kind == "variable":
        return Variable(token.text[1:])
    if token.kind in {"string", "raw"}:
        return Literal(string(token.text))
    if token.kind == "number" and token.text.isdecimal():
        return Literal(token.text)
    if token.kind == "identifier" and token.text not in _CONSTANTS:
        return Function(token.text)
    return Literal(None)


def string(text: str) -> str:
    """What the Go string literal *text* says, as far as Python reads the same."""
    if text.startswith("`"):
        return text[1:-1]
    try:
        return str(ast.literal_eval(text))
    except (ValueError, SyntaxError):
        return text[1:-1]
