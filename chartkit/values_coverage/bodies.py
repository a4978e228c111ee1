"""One template run with one value of the dot: where the values that it handles go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from chartkit.values_coverage import trees
from chartkit.values_coverage.functions import Functions
from chartkit.values_coverage.references import NOTHING, UNKNOWN, At, Refs, Site, Text

_ROUNDS: Final = 12
_RUNS: Final = 8
"""With how many dots what one template makes is told apart."""


@dataclass(slots=True)
class Unit:
    """A template that can run: a file, a define, or text."""

    file: str
    body: tuple[trees.Node, ...]
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

    def nodes(self, nodes: Iterable[trees.Node], dot: Refs) -> None:
        outer = self.scope
        self.scope = dict(outer)
        for node in nodes:
            if isinstance(node, trees.Print):
                printed = self.pipeline(node.pipeline, dot)
                if not node.pipeline.variables:
                    self.heap.sink(printed, self.site(node.pipeline))
            elif isinstance(node, trees.Call):
                given = self.pipeline(node.pipeline, dot)
                called = frozenset({Text(node.name)})
                self.functions.caller.call(called, given, self.site(node.pipeline))
            else:
                self.branch(node, dot)
        self.scope = outer

    def branch(self, node: trees.Branch, dot: Refs) -> None:
        outer = self.scope
        self.scope = dict(outer)
        value = self.pipeline(node.pipeline, dot, ranged=node.keyword == "range")
        inner = dot if node.keyword == "if" else value
        self.nodes(node.body, inner)
        self.nodes(node.otherwise, dot)
        self.scope = outer

    def pipeline(self, pipeline: trees.Pipeline, dot: Refs, *, ranged: bool = False) -> Refs:
        """What *pipeline* gives; *ranged*: an item of it."""
        value: Refs | None = None
        for command in pipeline.commands:
            value = self.command(command, dot, value)
        given = value or NOTHING
        if ranged:
            given = self.functions.every(given, self.site(pipeline))
        for index, name in enumerate(reversed(pipeline.variables)):
            if pipeline.declares:
                self.scope[name] = self.site(pipeline).start
            self.assign(name, UNKNOWN if index else given)
        return given

    def assign(self, name: str, value: Refs) -> None:
        variable = (name, self.scope.get(name, 0))
        self.variables[variable] = self.variables.get(variable, NOTHING) | value

    def command(self, command: trees.Command, dot: Refs, piped: Refs | None) -> Refs:
        first, *rest = command.operands
        args = [self.operand(each, dot) for each in rest] + ([] if piped is None else [piped])
        site = Site(self.unit.file, command.start, command.start)
        if isinstance(first, trees.Function):
            return self.functions.apply(first.name, args, site)
        value = self.operand(first, dot)
        if args:  # a method, as .Files.Get
            self.heap.sink(value.union(*args), site)
            return UNKNOWN
        return value

    def operand(self, operand: trees.Operand, dot: Refs) -> Refs:
        if isinstance(operand, trees.Dot):
            return dot
        if isinstance(operand, trees.Variable):
            variable = (operand.name, self.scope.get(operand.name, 0))
            return self.variables.get(variable, NOTHING) if operand.name else self.dot
        if isinstance(operand, trees.Literal):
            return NOTHING if operand.text is None else frozenset({Text(operand.text)})
        if isinstance(operand, trees.Pipeline):
            return self.pipeline(operand, dot)
        if isinstance(operand, trees.Function):
            return self.functions.apply(operand.name, (), Site(self.unit.file, 0, 0))
        value = self.operand(operand.base, dot)
        for name in operand.names:
            value = self.heap.field(value, name)
        site = Site(self.unit.file, operand.start, operand.end)
        self.heap.read(value, site)
        if not any(isinstance(ref, At) for ref in value):
            self.heap.mixed.add(site)
        return value

    def site(self, pipeline: trees.Pipeline) -> Site:
        start = pipeline.commands[0].start if pipeline.commands else 0
        return Site(self.unit.file, start, start)
