"""What stands where in a template: the block that holds each line, and what its decisions can come to."""

from __future__ import annotations

import collections
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate import nodes
from chartkit.syntax.gotemplate.lexer import LineIndex, Segment, TemplateSyntax
from chartkit.syntax.gotemplate.pipelines import Operand, Pipeline
from chartkit.syntax.gotemplate.scopes import visit

NO_WAY: Final = frozenset({"file", "define", "range"})
"""Blocks that are no way on from a decision: of a loop, that is how many rounds it makes."""
_BLANK: Final = " \t\r\n\v\f"
_WORDS: Final = frozenset({"string", "raw", "number", "char"})
_CHANGING: Final = re.compile(r"\b(include|template|block|tpl|set|unset|merge\w*|mustMerge\w*)\b")
"""What may change a mapping in place, or run what does."""

Sure = dict[str, int]
"""What is known not to be empty, as it is written, with the offset from which on."""


@dataclass(frozen=True, slots=True)
class Outline:
    """*holding* is, for each line that holds something to run, the numbers of the blocks that do it.

    *impossible* are the blocks (by number) that are no branches: what no values can lead to, as the list is
    written there, or was found not to be empty just before, and where there is one way only.
    """

    holding: Mapping[int, tuple[int, ...]]
    impossible: frozenset[int]


def outline(source: str, blocks: Sequence[Block]) -> Outline:
    """The outline of a template with this *source*, whose blocks have the numbers of their order."""
    try:
        tree = nodes.parse(source)
    except (TemplateSyntax, RecursionError):
        return Outline({}, frozenset())
    nest = Nest(blocks)
    lines = LineIndex(source)
    holding: dict[int, dict[int, None]] = {}
    for start, end in _spans(source, tree):
        block = nest.around(start)
        if block is not None:
            for line in range(lines.at(start)[0], lines.at(max(start, end - 1))[0] + 1):
                holding.setdefault(line, {})[block] = None
    sure = frozenset(never_empty(source, tree))
    arms = {arm.segment.start: arm for branch in _branches(tree) for arm in branch.arms[:1]}
    starts = {number: lines.starts[block.line - 1] + block.column - 1 for number, block in enumerate(blocks)}
    impossible = {
        number
        for number, block in enumerate(blocks)
        if (arm := arms.get(starts[block.chain] if block.chain is not None else -1)) is not None
        and (
            block.kind in NO_WAY
            or _is_impossible(block.kind, arm)
            or (block.kind == "else" and arm.segment.start in sure)
        )
    }
    left = collections.Counter(block.chain for number, block in enumerate(blocks) if number not in impossible)
    impossible |= {number for number, block in enumerate(blocks) if left[block.chain] < 2}
    return Outline({line: tuple(markers) for line, markers in sorted(holding.items())}, frozenset(impossible))


class Nest:
    """Blocks by what they hold."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        real = [(each.start, -each.end, number) for number, each in enumerate(blocks) if is_real(each)]
        self._spans = sorted(real)

    def around(self, offset: int) -> int | None:
        """The innermost block that holds *offset*."""
        found = None
        for start, end, number in self._spans:
            if start > offset:
                break
            if offset < -end:
                found = number
        return found


def is_real(block: Block) -> bool:
    """Whether *block* is a stretch of text that is run, and not only a way to go or an operand."""
    return not (block.implicit or block.kind in {"one", "many"} or block.is_operand)


def _spans(source: str, tree: nodes.Tree) -> Iterator[tuple[int, int]]:
    """All that prints or decides, from where to where."""
    for node in _nodes(tree):
        if isinstance(node, nodes.Text):
            yield from _visible(source, node)
        elif isinstance(node, nodes.Branch):
            yield from (_span(arm.segment) for arm in node.arms if arm.pipeline is not None)
        else:
            yield _span(node.segment)


def _nodes(tree: nodes.Tree) -> Iterator[nodes.Node]:
    for body in tree.bodies():
        yield from nodes.walk(body)


def _visible(source: str, node: nodes.Text) -> Iterator[tuple[int, int]]:
    start = node.start
    for line in source[node.start : node.end].split("\n"):
        text = line.strip(_BLANK)
        if text:
            at = start + line.index(text)
            yield at, at + len(text)
        start += len(line) + 1


def _span(segment: Segment) -> tuple[int, int]:
    return segment.start, segment.end


def _branches(tree: nodes.Tree) -> Iterator[nodes.Branch]:
    return (node for node in _nodes(tree) if isinstance(node, nodes.Branch))


def _is_impossible(kind: str, arm: nodes.Arm) -> bool:
    """Whether what the *arm* goes through or tests is written there, so that *kind* cannot be."""
    size = _size(arm.pipeline) if arm.pipeline is not None else None
    if size is None:
        return False
    if arm.keyword == "range":
        return {"zero": size > 0, "else": size > 0, "one": size != 1, "many": size < 2}.get(kind, False)
    return kind != arm.keyword and size > 0 and arm.keyword in {"if", "with"}


def _size(pipeline: Pipeline) -> int | None:
    """How many items the list has that *pipeline* writes down; None where it does not."""
    if len(pipeline.commands) != 1:
        return None
    command = pipeline.commands[0]
    first, *rest = command.operands
    if not rest:
        return _size(first.inner) if first.inner is not None and not first.fields else None
    if command.function in {"list", "tuple"}:
        return len(rest)
    if command.function == "until" and len(rest) == 1 and rest[0].text.isdecimal():
        return int(rest[0].text)
    if command.function == "dict" and all(map(_is_word, rest[::2])):
        return len({operand.text for operand in rest[::2]})
    return None


def _is_word(operand: Operand) -> bool:
    return operand.kind in _WORDS


def never_empty(source: str, tree: nodes.Tree) -> Iterator[int]:
    """Where the loops of a template begin that go round at least once, as what they loop over is not empty.

    ``with X`` guarantees that of dot, ``if X`` of X, until something is called that could change values in
    place. (A number below zero is not empty either and gives no round, but charts do not loop over one.)
    """
    for body in tree.bodies():
        for node, sure in visit(body, Sure(), lambda arm, sure: _sure_inside(source, arm, sure)):
            if isinstance(node, nodes.Arm) and node.action == "range" and _is_sure(source, node, sure):
                yield node.segment.start


def _sure_inside(source: str, arm: nodes.Arm, sure: Sure) -> Sure:
    """What is known not to be empty in the body of *arm*, of what is known outside."""
    if arm.pipeline is None:
        return sure
    inner = {words: at for words, at in sure.items() if words.startswith("$.")} if arm.rebinds else dict(sure)
    if arm.action != "range":
        tested = _tested(source, arm.pipeline)
        names = [words for words in tested if arm.action == "if" or words[0] == "$"]
        inner |= dict.fromkeys([*names, "."] if arm.action == "with" else names, arm.segment.end)
    return inner


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
