"""What marks come through unharmed: which functions, which operands, which variables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.pipelines import Command, Pipeline

_TEXT_LAST: Final = {
    "indent": 3,
    "nindent": 3,
    "lower": 2,
    "quote": 2,
    "replace": 4,
    "squote": 2,
    "toString": 2,
    "trim": 2,
    "trimPrefix": 3,
    "trimSuffix": 3,
    "upper": 2,
}
"""How many words a call of each of these has, the text last."""

THROUGH: Final = frozenset(_TEXT_LAST)
"""Functions that give the same with marks in their text as without, but for the marks.

Of some that is only as good as true: what comes out is compared.
"""

USUAL: Final = frozenset({"indent", "nindent", "quote"})
_TEXT_AT: Final = {"tpl": (1,), "default": (1,), "ternary": (1, 2)}
"""Where the texts stand of functions that print one of them, and do not ask whether it is empty."""


def prints_include(pipeline: Pipeline) -> bool:
    """Whether the value is an include and nothing is done to it that marks would not come through."""
    first = pipeline.commands[0]
    later = (command.function for command in pipeline.commands[1:])
    return (
        first.function == "include"
        and len(first.operands) > 2
        and all(function in THROUGH for function in later)
    )


def flowing(body: Sequence[nodes.Node]) -> frozenset[str]:
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
    return (
        len(first.operands) == 1
        and first.operands[0].kind == "variable"
        and all(command.function in THROUGH for command in later)
    )


def is_text(command: Command, index: int, *, piped: bool) -> bool:
    """Whether the operand at *index* is the text that the command gives, by itself or through a function."""
    count = len(command.operands)
    if command.function in _TEXT_AT:
        return index in _TEXT_AT[command.function]
    return not piped and (count == 1 or (index == count - 1 and _TEXT_LAST.get(command.function) == count))
