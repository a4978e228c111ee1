"""Counts which operands of ``default``, ``ternary``, ``and``, ``or`` and ``coalesce`` decide what they give.

An operand is kept, looked at and handed on; it is evaluated once, when it always was. What was counted is
added to the messages of ``fail`` and ``required``, as a render that fails prints nothing. What ``required``
wants is no such operand: there is one way on from it, and a scenario with ``fails:`` shows that there is no
other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.helm.freeze import Edit
from chartkit.source_map.markers import Markers
from chartkit.syntax.gotemplate import functions
from chartkit.syntax.gotemplate.pipelines import CONSTANTS, Command, Operand, Pipeline

OUTCOMES: Final = {"default": ("given", "empty"), "coalesce": ("given", "empty")}
"""What an operand's two outcomes are called after the function; of others ``true`` and ``false``."""

_LITERALS: Final = frozenset({"number", "string", "raw", "char"})
_LAST: Final = {"default": 3, "ternary": 4}
"""How many words a call of these has; the last decides."""


@dataclass(frozen=True, slots=True)
class DecidingOperand:
    """An operand from *start* to *end*; reports place it *at* an offset. *piped*: it stands before a bar."""

    start: int
    end: int
    at: int
    piped: bool = False


class OperandCounter:
    """The operands of one file; *add* gives a new block, *counting* says whether they are counted."""

    def __init__(self, source: str, markers: Markers, add: Callable[..., int], *, counting: bool) -> None:
        self.source = source
        self.markers = markers
        self.add = add
        self.counting = counting
        self.record, self.kept = map(markers.variable, "RV")

    def add_edits(
        self, edits: list[Edit], pipeline: Pipeline, index: int, block: int, *, tested: bool
    ) -> None:
        """Add to *edits* what counts the operands of the command at *index*, inside of *block*.

        *tested*: only the truth of the pipeline matters. Those of earlier commands are counted already.
        """
        command = pipeline.commands[index]
        if command.function in {"fail", "required"}:
            self._record_in_message(edits, command, piped=index > 0)
        if command.function not in functions.CHOOSES:
            return
        earlier: list[int] = []
        for operand in deciding_operands(pipeline, index, tested=tested):
            number = self._blocks(command.function, operand, block)
            if self.counting:
                opening, closing = self._counting(number, operand, earlier)
                edits.insert(0, (operand.start, operand.start, opening))
                edits.append((operand.end, operand.end, closing))
            if command.function == "coalesce":
                earlier.append(number)

    def _blocks(self, function: str, operand: DecidingOperand, parent: int) -> int:
        words = " ".join(self.source[operand.start : operand.end].split())
        chain: int | None = None
        for kind in kinds(function):
            number: int = self.add(
                kind, operand.at, operand.start, operand.end, words, parent=parent, chain=chain
            )
            chain = number if chain is None else chain
        assert chain is not None
        return chain

    def _counting(self, number: int, operand: DecidingOperand, earlier: list[int]) -> tuple[str, str]:
        """What stands before and after an operand, of which only what follows none of *earlier* counts."""
        value = f'(get {self.kept} "{number}")'
        key = f'(ternary "{number + 1}" "{number}" (not {value}))'
        values = " ".join(f'(get {self.kept} "{each}")' for each in earlier)
        record = f"(ternary {self.kept} {self.record} (not (not (or {values}))))" if earlier else self.record
        opening = f'get (set (set {self.kept} "{number}" '
        closing = f') "c" (set {record} {key} (add1 (get {self.record} {key})))) "{number}"'
        return (f"{opening}(", f"){closing}") if operand.piped else (f"({opening}", f"{closing})")

    def _record_in_message(self, edits: list[Edit], command: Command, *, piped: bool) -> None:
        """Add what was counted so far to the message of ``fail`` or ``required``."""
        if not self.counting:
            return
        record = f'"{self.markers.left}" (toJson {self.record}) "{self.markers.right}"'
        if len(command.operands) > 1:
            message = command.operands[1]
            edits.insert(0, (message.start, message.start, "(print "))
            edits.append(
                (message.end, message.end, f" {record})")
            )  # last, so that it counts what the message asks
        elif piped:
            edits.append((command.start, command.start, f"print {record} | "))


def kinds(function: str) -> tuple[str, str]:
    """The kinds of the two blocks that an operand of *function* has: what is given, or true, comes first."""
    first, second = OUTCOMES.get(function, ("true", "false"))
    return f"{function} {first}", f"{function} {second}"


def deciding_operands(pipeline: Pipeline, index: int, *, tested: bool) -> Iterator[DecidingOperand]:
    """The operands of the command at *index* that decide what it gives, in the order of its words."""
    command = pipeline.commands[index]
    words = command.operands
    if command.function in _LAST:
        missing = _LAST[command.function] - len(words)
        if missing == 0 and index == 0 and not _is_constant(words[-1]):
            yield DecidingOperand(words[-1].start, words[-1].end, words[-1].start)
        elif missing == 1 and index > 0:
            start, end = pipeline.commands[0].start, pipeline.commands[index - 1].end
            yield DecidingOperand(start, end, command.start, piped=True)
        return
    if command.function == "coalesce" and index > 0:
        return  # what is piped is its last operand, and evaluated first
    last = len(words) if index > 0 or (tested and command.function != "coalesce") else len(words) - 1
    for operand in words[1:last]:
        if not _is_constant(operand):
            yield DecidingOperand(operand.start, operand.end, operand.start)


def _is_constant(operand: Operand) -> bool:
    return operand.kind in _LITERALS or (operand.kind == "identifier" and operand.text in CONSTANTS)
