"""Rewrites the pipelines of a template for its twin, which has dot and dollar in a variable, and calls twins.

A call hands marks on only where its value is printed, and whatever is done to it before leaves marks
alone. Everywhere else the callee is told not to mark, so that the value is what it would be without.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from chartkit.helm.freeze import Edit
from chartkit.source_map import alphabet as marks
from chartkit.source_map import passage
from chartkit.source_map.alphabet import Alphabet
from chartkit.source_map.operands import TESTS, Operands
from chartkit.source_map.tables import Site
from chartkit.syntax.gotemplate.pipelines import Command, Operand, Pipeline


@dataclass(frozen=True, slots=True)
class Scope:
    """What a pipeline sees: what *dot* is kept in (None: dot itself), and which variables hold marks.

    *marked* is the variable with the marked form of the text that dot is, *block* the number of the block
    that the pipeline stands in.
    """

    dot: str | None
    flowing: frozenset[str] = frozenset()
    marked: str | None = None
    block: int = 0


@dataclass(slots=True)
class Expression:
    """A pipeline rewritten: its *text*, the *calls* that are followed, and whether there are others."""

    text: str
    calls: list[int]
    blind: bool


class Expressions:
    """The pipelines of one file.

    *known* are the templates that have twins, *off* the calls that must not mark, *add* gives a new site.
    """

    def __init__(
        self,
        source: str,
        alphabet: Alphabet,
        known: Collection[str],
        off: Collection[int],
        add: Callable[[str, int, str], tuple[int, Site]],
        *,
        texts: bool,
    ) -> None:
        self.source = source
        self.alphabet = alphabet
        self.texts = texts
        self.known = known
        self.off = off
        self.add = add
        self.edits: list[Edit] = []
        self.calls: list[int] = []
        self.blind = False
        self.action: int | None = None
        self.helpers: set[str] = set()
        self.operands: Operands | None = None

    def rewrite(
        self,
        pipeline: Pipeline,
        scope: Scope,
        frozen: Iterable[Edit],
        *,
        printed: bool,
        tested: bool = False,
        action: int | None = None,
    ) -> Expression:
        """*pipeline* for a twin, with *frozen* edits.

        *printed*: its value goes straight to the output; *tested*: only its truth matters. It may be that of
        an *action*, by its site.
        """
        self.edits, self.calls, self.blind, self.action = list(frozen), [], False, action
        self._pipeline(pipeline, scope, printed, unusual=False, tested=tested)
        text = apply(self.source, pipeline.start, pipeline.end, self.edits)
        return Expression(text, self.calls, self.blind)

    def stripped(self, variable: str) -> str:
        """An expression for the text in *variable* without its marks."""
        return f'regexReplaceAll "{self.alphabet.any_mark}" {variable} ""'

    def mark_for(self, call: int, site: Site) -> str:
        """The mark that a call hands to its callee."""
        if not site.follows or call in self.off:
            return '""'
        variable = self.alphabet.variable("M")
        return f'(and {variable} (print {variable} "{marks.written(call)}"))'

    def arguments(self, call: int, site: Site) -> str:
        """What a twin is called with, before the dot that is its original's."""
        return f'dict "r" {self.alphabet.variable("R")} "m" {self.mark_for(call, site)} "d" '

    def twin_of(self, name: str) -> str:
        """The name of a twin, written as *name* is, in its quotation marks."""
        return f"{name[:-1]}{self.alphabet.twin}{name[-1]}"

    def _pipeline(
        self, pipeline: Pipeline, scope: Scope, printed: bool, *, unusual: bool, tested: bool
    ) -> None:
        for index, command in enumerate(pipeline.commands):
            later = [each.function for each in pipeline.commands[index + 1 :]]
            reaches = printed and all(function in passage.THROUGH for function in later)
            odd = unusual or not all(function in passage.USUAL for function in later)
            truth = tested and all(function in TESTS for function in later)
            self._operands(command, scope, reaches, piped=index > 0, unusual=odd, tested=truth)
            if self.operands is not None:
                self.operands.edit(self.edits, pipeline, index, scope.block, tested=truth)
            if command.function == "include" and (len(command.operands) > 2 or index):
                self._include(command, reaches, unusual=odd)
            elif command.function == "tpl" and len(command.operands) == 3 and self.texts:
                self._tpl(command, reaches)
            elif command.function == "trim" and reaches and self._carries(pipeline, scope):
                first = command.operands[0]
                self.edits.append((first.start, first.end, f'include "{self.alphabet.twin}trim"'))
                self.helpers.add("trim")

    def _operands(
        self, command: Command, scope: Scope, reaches: bool, *, piped: bool, unusual: bool, tested: bool
    ) -> None:
        truth = tested and (command.function in TESTS or len(command.operands) == 1)
        for index, operand in enumerate(command.operands):
            through = reaches and passage.is_text(command, index, piped=piped)
            if operand.inner is not None:
                odd = unusual or (len(command.operands) > 1 and command.function not in passage.USUAL)
                self._pipeline(
                    operand.inner,
                    scope,
                    through and not operand.fields,
                    unusual=odd,
                    tested=(truth or (command.function == "ternary" and index == 3)) and not operand.fields,
                )
            else:
                self._word(operand, scope, through)

    def _word(self, operand: Operand, scope: Scope, through: bool) -> None:
        start = operand.start
        if operand.kind == "variable":
            if operand.text == "$":
                self.edits.append((start, start + 1, self.alphabet.variable("D")))
            elif operand.text in scope.flowing and not through:
                self.edits.append((start, operand.end, f"({self.stripped(operand.text)})"))
        elif operand.kind in {"dot", "field"} and scope.dot is not None:
            self.edits.append((start, start + 1, scope.dot + "." * (operand.kind == "field")))
        elif operand.kind == "dot" and scope.marked is not None and through:
            self.edits.append((start, operand.end, scope.marked))

    def _include(self, command: Command, reaches: bool, *, unusual: bool) -> None:
        first, name = command.operands[:2]
        literal = name.kind in {"string", "raw"}
        called = (name.string or "") if literal else self.source[name.start : name.end]
        if literal and called not in self.known:
            self.blind = True
            return
        call, site = self.add("call", first.start, called)
        site.follows, site.unusual = reaches, unusual
        if reaches:
            self.calls.append(call)
        self.blind |= not reaches or call in self.off
        if literal:
            self.edits.append((name.start, name.end, self.twin_of(name.text)))
        else:
            self.edits += [
                (name.start, name.start, "(print "),
                (name.end, name.end, f' "{self.alphabet.twin}")'),
            ]
        if len(command.operands) > 2:
            self.edits += [
                (command.operands[2].start, command.operands[2].start, f"({self.arguments(call, site)}"),
                (command.end, command.end, ")"),
            ]
        else:
            self.edits.append((first.start, first.start, f"{self.arguments(call, site)}| "))

    def _tpl(self, command: Command, reaches: bool) -> None:
        """Template text is run by a template that keeps for it what the twins that it includes need."""
        first, _, dot = command.operands
        call, site = self.add("call", first.start, "tpl")
        site.follows, site.unusual = reaches, True
        back = '""'
        if reaches and self.action is not None and call not in self.off:
            mark = self.alphabet.variable("M")
            back = f'(and {mark} (print {mark} "{marks.written(self.action)}"))'
        given = f'"r" {self.alphabet.variable("R")} "m" {self.mark_for(call, site)} "e" {back}'
        self.edits += [
            (first.start, first.end, f'include "{self.alphabet.twin}tpl" (dict {given} "t"'),
            (dot.start, dot.start, '"d" '),
            (dot.end, dot.end, ")"),
        ]
        self.helpers.add("tpl")
        self.blind |= not reaches
        if reaches:
            self.calls.append(call)

    def _carries(self, pipeline: Pipeline, scope: Scope) -> bool:
        """Whether marked text may come through *pipeline*."""
        return any(
            operand.text == "include"
            or operand.text in scope.flowing
            or (operand.kind == "dot" and scope.marked is not None)
            for operand in pipeline.operands()
        )


def apply(source: str, start: int, end: int, edits: Iterable[Edit]) -> str:
    """The *source* from *start* to *end*, with those *edits* that are in it; at one place, in their order."""
    parts: list[str] = []
    position = start
    for first, last, text in sorted(edits, key=lambda edit: edit[:2]):
        if first >= start and last <= end:
            parts += [source[position:first], text]
            position = last
    return "".join([*parts, source[position:end]])
