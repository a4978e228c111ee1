"""A template as a tree: what stands in which branch, and what it defines. Nothing is evaluated."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.syntax.gotemplate import lexer
from chartkit.syntax.gotemplate.lexer import Segment, TemplateSyntax, Token
from chartkit.syntax.gotemplate.pipelines import Pipeline, pipeline_of


@dataclass(frozen=True, slots=True)
class Text:
    """Literal text, as it is after trimming."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Action:
    """Prints the value of its pipeline, or sets a variable to it."""

    segment: Segment
    pipeline: Pipeline


@dataclass(frozen=True, slots=True)
class Jump:
    """``break`` or ``continue``."""

    segment: Segment


@dataclass(slots=True)
class Arm:
    """One way through a branch: *keyword* as ``if``, ``else if``, ``else``; *body* ends before *end*."""

    keyword: str
    segment: Segment
    pipeline: Pipeline | None
    body: list[Node] = field(default_factory=list)
    end: int = 0

    @property
    def action(self) -> str:
        """What is done with the pipeline: ``if``, ``with`` or ``range``; empty for an ``else`` alone."""
        return self.keyword.removeprefix("else").lstrip()

    @property
    def rebinds(self) -> bool:
        """Whether dot is another in the body."""
        return self.action in {"with", "range"}


@dataclass(slots=True)
class Branch:
    """``if``, ``with`` or ``range``, whichever the first arm says, to its ``end``."""

    arms: list[Arm]


@dataclass(slots=True)
class Define:
    """A named template, from *opening* to *closing*; *name* is as it is written, with its quotation marks."""

    name: Token
    opening: Segment
    body: list[Node] = field(default_factory=list)
    closing: Segment | None = None

    @property
    def called(self) -> str:
        """The name that it is called by; empty where Go would refuse it."""
        return lexer.string_value(self.name.text) or ""


@dataclass(slots=True)
class Call:
    """``{{template}}``, or a ``{{block}}``, which defines what it calls."""

    segment: Segment
    name: Token
    pipeline: Pipeline | None
    defines: Define | None = None

    @property
    def called(self) -> str:
        """The name of the template; empty where Go would refuse it."""
        return lexer.string_value(self.name.text) or ""


MAX_DEPTH: Final = 100
"""How deep branches may be nested: what goes through trees recurses."""

Node = Text | Action | Jump | Branch | Call


@dataclass(slots=True)
class Tree:
    """What a file prints by itself, and what it defines besides (blocks stand where they are).

    *segments* are all of them, in order.
    """

    body: list[Node]
    defines: list[Define]
    segments: list[Segment]

    def bodies(self) -> Iterator[Sequence[Node]]:
        """What the file prints by itself, and each template that it defines."""
        yield self.body
        yield from (define.body for define in self.named())

    def named(self) -> Iterator[Define]:
        """All that it defines: also the blocks, in whatever they stand."""
        waiting = collections.deque([*self.defines, *_blocks(self.body)])
        while waiting:
            define = waiting.popleft()
            yield define
            waiting += _blocks(define.body)


def parse(source: str) -> Tree:
    """The tree of *source*; raises `TemplateSyntax` where Go would refuse it, or it is too deep."""
    return _Parser(source).tree()


def walk(body: Sequence[Node]) -> Iterator[Node]:
    """Every node of *body*, in order, but for what blocks define."""
    waiting = [iter(body)]
    while waiting:
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            continue
        yield node
        if isinstance(node, Branch):
            waiting += [iter(arm.body) for arm in reversed(node.arms)]


def _blocks(body: Sequence[Node]) -> Iterator[Define]:
    return (node.defines for node in walk(body) if isinstance(node, Call) and node.defines is not None)


def is_empty(source: str, body: Sequence[Node]) -> bool:
    """Whether Go takes *body* for none: then it does not replace an earlier template of its name."""
    return all(isinstance(node, Text) and not source[node.start : node.end].strip() for node in body)


class _Parser:
    """Goes through the segments once; *open* are the constructs that wait for their ``end``."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.body: list[Node] = []
        self.defines: list[Define] = []
        self.open: list[Branch | Define | Call] = []
        self.bodies: list[list[Node]] = [self.body]

    def tree(self) -> Tree:
        segments = lexer.lex(self.source)
        for segment in segments:
            if segment.kind == "text":
                if segment.inner < segment.inner_end:
                    self.bodies[-1].append(Text(segment.inner, segment.inner_end))
            elif segment.kind == "action":
                self.action(segment)
        if self.open:
            raise TemplateSyntax("unexpected EOF", self.source.count("\n") + 1)
        return Tree(self.body, self.defines, segments)

    def action(self, segment: Segment) -> None:
        keyword = segment.keyword
        if keyword in {"if", "with", "range"}:
            arm = Arm(keyword, segment, self.pipeline(segment))
            branch = Branch([arm])
            self.begin(branch, branch, arm.body)
        elif keyword == "else":
            self.otherwise(segment)
        elif keyword == "end":
            self.end(segment)
        elif keyword == "define":
            if self.open:
                raise self.fault("unexpected {{define}}", segment)
            define = Define(self.name(segment), segment)
            self.defines.append(define)
            self.begin(define, None, define.body)
        elif keyword in {"template", "block"}:
            self.call(segment)
        elif keyword:
            self.bodies[-1].append(Jump(segment))
        else:
            self.bodies[-1].append(Action(segment, self.pipeline(segment)))

    def begin(self, opened: Branch | Define | Call, node: Node | None, body: list[Node]) -> None:
        if node is not None:
            self.bodies[-1].append(node)
        if len(self.open) == MAX_DEPTH:
            raise TemplateSyntax("nested too deeply", 0)
        self.open.append(opened)
        self.bodies.append(body)

    def otherwise(self, segment: Segment) -> None:
        branch = self.open[-1] if self.open else None
        if not isinstance(branch, Branch) or branch.arms[-1].keyword == "else":
            raise self.fault("unexpected {{else}}", segment)
        second = segment.tokens[1].text if len(segment.tokens) > 1 else ""
        if second not in {"", "if", "with"}:
            raise self.fault("unexpected word after else", segment)
        pipeline = self.pipeline(segment) if second else None
        arm = Arm(f"else {second}".rstrip(), segment, pipeline)
        branch.arms[-1].end = segment.start
        branch.arms.append(arm)
        self.bodies[-1] = arm.body

    def end(self, segment: Segment) -> None:
        if not self.open:
            raise self.fault("unexpected {{end}}", segment)
        closed = self.open.pop()
        self.bodies.pop()
        if isinstance(closed, Branch):
            closed.arms[-1].end = segment.start
        elif isinstance(closed, Define):
            closed.closing = segment
        else:
            assert closed.defines
            closed.defines.closing = segment

    def call(self, segment: Segment) -> None:
        name = self.name(segment)
        call = Call(segment, name, pipeline_of(segment))
        if segment.keyword == "template":
            self.bodies[-1].append(call)
            return
        call.defines = Define(name, segment)
        self.begin(call, call, call.defines.body)

    def name(self, segment: Segment) -> Token:
        token = segment.tokens[1] if len(segment.tokens) > 1 else None
        if token is None or token.kind not in {"string", "raw"}:
            raise self.fault("expected the name of a template", segment)
        return token

    def pipeline(self, segment: Segment) -> Pipeline:
        found = pipeline_of(segment)
        if found is None:
            raise self.fault("missing value", segment)
        return found

    def fault(self, message: str, segment: Segment) -> TemplateSyntax:
        return TemplateSyntax(message, self.source.count("\n", 0, segment.start) + 1)
