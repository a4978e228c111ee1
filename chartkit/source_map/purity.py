"""Tells the actions that print what they are given from elsewhere in the templates.

What comes from values, from Helm or from the action itself is printed by it and by nothing else. What is in
a variable, or is passed to a named template, may have been put together somewhere else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline

_GIVEN: Final = re.compile(r"\.(?:Values|Release|Chart|Capabilities|Files|Template|Subcharts)\b")


def passed_on(source: str, body: Sequence[nodes.Node]) -> frozenset[int]:
    """The starts of the actions of *body*, of a template in *source*, that may print what others made."""
    found = _Found(source)
    known = -1
    while known != len(found.variables):  # a variable may be set from one that is set further down
        known = len(found.variables)
        actions = frozenset(found.actions(body, own=False))
    return actions


class _Found:
    """*variables* are those that may hold what others made."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.variables: set[str] = set()

    def actions(self, body: Sequence[nodes.Node], *, own: bool) -> Iterator[int]:
        """*own* says that dot is from values, from Helm, or from the template itself."""
        for node in body:
            if isinstance(node, nodes.Action):
                if node.pipeline.variables:
                    self.assign(node.pipeline, own=own)
                elif not self.is_own(node.pipeline, own=own):
                    yield node.segment.start
            elif isinstance(node, nodes.Branch):
                for arm in node.arms:
                    yield from self.actions(arm.body, own=self.enter(arm, own=own))

    def enter(self, arm: nodes.Arm, *, own: bool) -> bool:
        """What the dot of an *arm* is."""
        if arm.pipeline is None:
            return own
        self.assign(arm.pipeline, own=own)
        return self.is_own(arm.pipeline, own=own, includes=False) if arm.rebinds else own

    def assign(self, pipeline: Pipeline, *, own: bool) -> None:
        if not self.is_own(pipeline, own=own, includes=False):
            self.variables.update(pipeline.variables)

    def is_own(self, pipeline: Pipeline, *, own: bool, includes: bool = True) -> bool:
        """Whether a value is made of nothing but what this template knows; *includes* are told elsewhere."""
        return all(
            self.is_known(each, own=own, includes=includes)
            for command in pipeline.commands
            for each in _printed(command)
        )

    def is_known(self, operand: Operand, *, own: bool, includes: bool) -> bool:
        if operand.inner is not None:
            return self.is_own(operand.inner, own=own, includes=includes)
        if operand.kind == "identifier":
            return includes or operand.text != "include"
        if operand.kind not in {"dot", "field", "variable"}:
            return True
        if _GIVEN.search(self.source, operand.start, operand.end):
            return True
        if operand.kind == "variable":
            return operand.text != "$" and operand.text not in self.variables
        return own


def _printed(command: Command) -> tuple[Operand, ...]:
    """The words of *command* whose values may show in its own; the dot of another template does not."""
    if command.function == "include":
        return command.operands[:1]
    return command.operands[:2] if command.function == "tpl" else command.operands
