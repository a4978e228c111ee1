"""Which expressions keep a marker intact, and which actions print text that was built elsewhere.

What comes from values, from Helm or from an action's own words is printed by that action and nothing else.
What is in a variable, or is passed to a named template, may have been put together elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chartkit.syntax.gotemplate import functions, nodes
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline
from chartkit.syntax.gotemplate.scopes import visit

MARKER_SAFE: Final = frozenset(functions.TEXT_LAST)
"""Functions that give the same with markers in their text as without, but for the markers.

Of some that is only as good as true: what comes out is compared.
"""

USUAL: Final = frozenset({"indent", "nindent", "quote"})
_FROM_HELM: Final = re.compile(r"\.(?:Values|Release|Chart|Capabilities|Files|Template|Subcharts)\b")
_THERE_AND_BACK: Final = functions.TO_TEXT_AND_BACK | {"indent", "nindent"}


def prints_include(pipeline: Pipeline) -> bool:
    """Whether the value is an include and nothing is done to it that markers would not come through."""
    first = pipeline.commands[0]
    return first.function == "include" and len(first.operands) > 2 and _is_safe(pipeline.commands[1:])


def is_round_trip(pipeline: Pipeline) -> bool:
    """Whether something is included, read as YAML or JSON, and written again as that."""
    first, *later = pipeline.commands
    names = [command.function for command in later]
    return (
        first.function == "include"
        and len(first.operands) > 2
        and len(later) > 1
        and names[0].startswith("from")
        and _THERE_AND_BACK.issuperset(names)
        and all(operand.kind in _LITERALS for command in later for operand in command.operands[1:])
    )


_LITERALS: Final = frozenset({"number", "string", "raw"})


def is_text(command: Command, index: int, *, piped: bool) -> bool:
    """Whether the operand at *index* is the text that the command gives, by itself or through a function."""
    count = len(command.operands)
    if command.function in functions.PRINTS_ARGUMENT:
        return index in functions.PRINTS_ARGUMENT[command.function]
    is_last = index == count - 1 and functions.TEXT_LAST.get(command.function) == count
    return not piped and (count == 1 or is_last)


def marked_variables(body: Sequence[nodes.Node]) -> frozenset[str]:
    """The variables of *body* that hold nothing but what was included, and are printed as a whole."""
    good: set[str] = set()
    bad: set[str] = set()
    printed: set[str] = set()
    for node in nodes.walk(body):
        for pipeline, is_action in _pipelines(node):
            kept = is_action and len(pipeline.variables) == 1 and prints_include(pipeline)
            (good if kept else bad).update(pipeline.variables)
            bad.update(each.text for each in pipeline.operands() if each.kind == "variable" and each.fields)
            if is_action and not pipeline.variables and _prints_variable(pipeline):
                printed.add(pipeline.commands[0].operands[0].text)
    return frozenset(good & printed - bad - {"$"})


def _pipelines(node: nodes.Node) -> Iterable[tuple[Pipeline, bool]]:
    if isinstance(node, nodes.Action):
        return [(node.pipeline, True)]
    if isinstance(node, nodes.Branch):
        return [(arm.pipeline, False) for arm in node.arms if arm.pipeline is not None]
    return [(node.pipeline, False)] if isinstance(node, nodes.Call) and node.pipeline is not None else []


def _prints_variable(pipeline: Pipeline) -> bool:
    first, *later = pipeline.commands
    return len(first.operands) == 1 and first.operands[0].kind == "variable" and _is_safe(later)


def _is_safe(commands: Iterable[Command]) -> bool:
    return all(command.function in MARKER_SAFE for command in commands)


def passing_on(source: str, body: Sequence[nodes.Node]) -> frozenset[int]:
    """The starts of the actions of *body*, of a template in *source*, that may print what others made."""
    own = _OwnText(source)
    known = -1
    while known != len(own.variables):  # a variable may be set from one that is set further down
        known = len(own.variables)
        actions = frozenset(own.actions(body))
    return actions


class _OwnText:
    """Tells what a template makes itself; *variables* are those that may hold what others made.

    Dot is its own where it is from values, from Helm, or from the template itself.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.variables: set[str] = set()

    def actions(self, body: Sequence[nodes.Node]) -> Iterator[int]:
        for node, own in visit(body, False, self.enter):
            if isinstance(node, nodes.Action):
                if node.pipeline.variables:
                    self.assign(node.pipeline, own=own)
                elif not self.is_own(node.pipeline, own=own):
                    yield node.segment.start

    def enter(self, arm: nodes.Arm, own: bool) -> bool:
        """Whether dot is the template's own in the body of *arm*."""
        if arm.pipeline is None:
            return own
        self.assign(arm.pipeline, own=own)
        return self.is_own(arm.pipeline, own=own, includes=False) if arm.rebinds else own

    def assign(self, pipeline: Pipeline, *, own: bool) -> None:
        if not self.is_own(pipeline, own=own, includes=False):
            self.variables.update(pipeline.variables)

    def is_own(self, pipeline: Pipeline, *, own: bool, includes: bool = True) -> bool:
        """Whether a value is made of nothing but what this template knows; with *includes*, also of these."""
        return all(
            self._is_known(each, own=own, includes=includes)
            for command in pipeline.commands
            for each in _printed(command)
        )

    def _is_known(self, operand: Operand, *, own: bool, includes: bool) -> bool:
        if operand.inner is not None:
            return self.is_own(operand.inner, own=own, includes=includes)
        if operand.kind == "identifier":
            return includes or operand.text != "include"
        if operand.kind not in {"dot", "field", "variable"}:
            return True
        if _FROM_HELM.search(self.source, operand.start, operand.end):
            return True
        if operand.kind == "variable":
            return operand.text != "$" and operand.text not in self.variables
        return own


def _printed(command: Command) -> tuple[Operand, ...]:
    """The words of *command* whose values may show in its own; the dot of another template does not."""
    if command.function == "include":
        return command.operands[:1]
    return command.operands[:2] if command.function == "tpl" else command.operands
