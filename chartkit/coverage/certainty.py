"""Loops that go round at least once: what they loop over was found to be something just before.

``with X`` guarantees it of dot, ``if X`` of X, until something is called that could change values in place.
(A number below zero is something, too, and gives no round; nobody loops over one.)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.pipelines import Operand, Pipeline

_CHANGING: Final = re.compile(r"\b(include|template|block|tpl|set|unset|merge\w*|mustMerge\w*)\b")
"""What may change a mapping in place, or run what does."""

Sure = dict[str, int]
"""What is known not to be empty, as it is written, with the offset from which on."""


def never_empty(source: str, tree: nodes.Tree) -> Iterator[int]:
    """Where the loops of a template begin that go round at least once for certain."""
    yield from _in_body(source, tree.body, {})
    for define in tree.defines:
        yield from _in_body(source, define.body, {})


def _in_body(source: str, body: Sequence[nodes.Node], sure: Sure) -> Iterator[int]:
    for node in body:
        if isinstance(node, nodes.Call) and node.defines is not None:
            yield from _in_body(source, node.defines.body, {})
        elif isinstance(node, nodes.Branch):
            yield from _in_branch(source, node, sure)


def _in_branch(source: str, branch: nodes.Branch, sure: Sure) -> Iterator[int]:
    for arm in branch.arms:
        keyword = arm.keyword.removeprefix("else ")
        if keyword == "range" and _is_sure(source, arm, sure):
            yield arm.segment.start
        inner = sure
        if arm.pipeline is not None and keyword in {"with", "range"}:
            inner = {words: at for words, at in sure.items() if words.startswith("$.")}
        if arm.pipeline is not None and keyword in {"if", "with"}:
            tested = [words for words in _tested(source, arm.pipeline) if keyword == "if" or words[0] == "$"]
            inner = {**inner, **dict.fromkeys(tested, arm.segment.end)}
        if keyword == "with" and arm.pipeline is not None:
            inner["."] = arm.segment.end
        yield from _in_body(source, arm.body, inner)


def _is_sure(source: str, arm: nodes.Arm, sure: Sure) -> bool:
    words = _words(source, arm.pipeline) if arm.pipeline is not None else ""
    return words in sure and not _CHANGING.search(source, sure[words], arm.segment.start)


def _tested(source: str, pipeline: Pipeline) -> Iterator[str]:
    """What is not empty where *pipeline* is true: itself, or all that ``and`` is of."""
    first = pipeline.commands[0]
    if len(pipeline.commands) > 1 or (len(first.operands) > 1 and first.function != "and"):
        return
    for operand in first.operands[len(first.operands) > 1 :]:
        if operand.inner is not None and not operand.fields:
            yield from _tested(source, operand.inner)
        elif words := _place(source, operand):
            yield words


def _words(source: str, pipeline: Pipeline) -> str:
    """The field, or dot, that *pipeline* is; empty where it is something else."""
    first = pipeline.commands[0].operands
    if len(pipeline.commands) > 1 or len(first) > 1:
        return ""
    if first[0].inner is not None and not first[0].fields:
        return _words(source, first[0].inner)
    return _place(source, first[0])


def _place(source: str, operand: Operand) -> str:
    """The field that *operand* is, or dot; not of a variable, which may be set to something else."""
    words = source[operand.start : operand.end]
    is_place = operand.kind in {"dot", "field"} or words.startswith("$.")
    return words if is_place else ""
