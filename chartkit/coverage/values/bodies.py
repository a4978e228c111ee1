"""One template run with one value of the dot: where the values that it handles go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.coverage.values.functions import Functions
from chartkit.coverage.values.references import NOTHING, UNKNOWN, At, ReadSite, Refs, TextRef
from chartkit.syntax.gotemplate.nodes import Action, Arm, Branch, Call, Node
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

_ROUNDS: Final = 12
_RUNS: Final = 8
"""With how many dots what one template makes is told apart."""


@dataclass(slots=True)
class Unit:
    """A template that can run: a file, a define, or text."""

    file: str
    body: Sequence[Node]
    dots: list[Refs] = field(default_factory=list)
    variables: dict[Refs, dict[tuple[str, int], Refs]] = field(default_factory=dict)


class Body:
    """One template with one dot; what a variable is does not depend on when."""

    def __init__(self, functions: Functions, unit: Unit, dot: Refs) -> None:
        self.functions = functions
        self.heap = functions.heap
        self.unit = unit
        self.dot = dot
        self.variables = unit.variables.setdefault(dot, {})
        self.scope: dict[str, int] = {}
        functions.run = min(unit.dots.index(dot), _RUNS) if dot in unit.dots else 0

    def settle(self) -> None:
        for _ in range(_ROUNDS):
            before = dict(self.variables)
            self.scope = {}
            self.nodes(self.unit.body, self.dot)
            if before == self.variables:
                return

    def nodes(self, nodes: Iterable[Node], dot: Refs) -> None:
        outer = self.scope
        self.scope = dict(outer)
        for node in nodes:
            if isinstance(node, Action):
                printed = self.pipeline(node.pipeline, dot)
                if not node.pipeline.variables:
                    self.heap.sink(printed, self.site(node.pipeline))
            elif isinstance(node, Call):
                self.call(node, dot)
            elif isinstance(node, Branch):
                self.branch(node.arms, dot)
        self.scope = outer

    def call(self, node: Call, dot: Refs) -> None:
        given = NOTHING if node.pipeline is None else self.pipeline(node.pipeline, dot)
        site = ReadSite(self.unit.file, node.segment.start, node.segment.start)
        self.functions.caller.call(frozenset({TextRef(node.called)}), given, site)

    def branch(self, arms: Iterable[Arm], dot: Refs) -> None:
        """Every arm; what the pipeline of one declares is there in those after it, too."""
        outer = self.scope
        self.scope = dict(outer)
        for arm in arms:
            value = dot
            if arm.pipeline is not None:
                value = self.pipeline(arm.pipeline, dot, ranged=arm.action == "range")
            self.nodes(arm.body, value if arm.rebinds else dot)
        self.scope = outer

    def pipeline(self, pipeline: Pipeline, dot: Refs, *, ranged: bool = False) -> Refs:
        """What *pipeline* gives; *ranged*: an item of it."""
        value: Refs | None = None
        for command in pipeline.commands:
            value = self.command(command, dot, value)
        given = value or NOTHING
        if ranged:
            given = self.functions.every(given, self.site(pipeline))
        for index, name in enumerate(reversed(pipeline.variables)):
            if pipeline.assign == ":=":
                self.scope[name] = pipeline.start
            self.assign(name, UNKNOWN if index else given)
        return given

    def assign(self, name: str, value: Refs) -> None:
        variable = (name, self.scope.get(name, 0))
        self.variables[variable] = self.variables.get(variable, NOTHING) | value

    def command(self, command: Command, dot: Refs, piped: Refs | None) -> Refs:
        first, *rest = command.operands
        args = [self.operand(each, dot) for each in rest] + ([] if piped is None else [piped])
        site = ReadSite(self.unit.file, command.start, command.start)
        if command.function:
            return self.functions.apply(command.function, args, site)
        value = self.operand(first, dot)
        if args:  # a method, as .Files.Get
            self.heap.sink(value.union(*args), site)
            return UNKNOWN
        return value

    def operand(self, operand: Operand, dot: Refs) -> Refs:
        value = self.base(operand, dot)
        if not operand.names:
            return value
        for name in operand.names:
            value = self.heap.field(value, name)
        site = ReadSite(self.unit.file, operand.start, operand.end)
        self.heap.read(value, site)
        if not any(isinstance(ref, At) for ref in value):
            self.heap.mixed.add(site)
        return value

    def base(self, operand: Operand, dot: Refs) -> Refs:
        """What *operand* is but for the fields that are taken of it."""
        if operand.kind in {"dot", "field"}:
            return dot
        if operand.kind == "variable":
            variable = (operand.text, self.scope.get(operand.text, 0))
            return self.dot if operand.text == "$" else self.variables.get(variable, NOTHING)
        if operand.inner is not None:
            return self.pipeline(operand.inner, dot)
        if operand.is_function:
            return self.functions.apply(operand.text, (), ReadSite(self.unit.file, 0, 0))
        text = operand.text if operand.kind == "number" and operand.text.isdecimal() else operand.string
        return NOTHING if text is None else frozenset({TextRef(text)})

    def site(self, pipeline: Pipeline) -> ReadSite:
        start = pipeline.commands[0].start
        return ReadSite(self.unit.file, start, start)
