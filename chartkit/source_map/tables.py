"""What the numbers in marks and counts stand for: places in templates, and their branches.

Numbers are given in the order of the sources alone, so that they stay the same whatever is switched off.
"""

from __future__ import annotations

import bisect
from dataclasses import dataclass, field


@dataclass(slots=True)
class Site:
    """A place that output comes from: ``text``, ``action``, or a ``call`` on the way there.

    *text* is what an action says, or whom a call calls. *blind*: the action prints what was made elsewhere,
    in a way that cannot be followed. *follows*: the call's output is marked; *unusual*: through more than
    indentation. *calls* are the calls of an action that are followed.
    """

    kind: str
    file: str
    start: int
    line: int
    column: int
    text: str = ""
    blind: bool = False
    follows: bool = False
    unusual: bool = False
    calls: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a template that is run as a whole, or not at all.

    *kind* is ``file``, ``define``, ``if``, ``else if``, ``with``, ``else with``, ``range``, ``else``, of
    a loop ``one`` and ``many`` (how often it went round; ``range`` counts the rounds), or of an operand
    what it was: ``default given``, ``default empty``, ``or true``, ``or false`` … (see `operands`). *text*
    is the name, the condition or the operand. It stands from *start* to *end* in its file. *parent* is the
    block around it (None of a file or define), *chain* the first block of the same ``if … else``.
    *implicit*: an ``else`` that nobody wrote.
    """

    kind: str
    file: str
    start: int
    end: int
    line: int
    column: int
    text: str = ""
    parent: int | None = None
    chain: int | None = None
    implicit: bool = False

    @property
    def is_operand(self) -> bool:
        """Whether it is what an operand was, and no stretch that is run."""
        return " " in self.kind and not self.kind.startswith("else ")


class Lines:
    """Where the lines of a text begin; lines and columns count from 1."""

    def __init__(self, text: str) -> None:
        self.starts = [0]
        position = text.find("\n")
        while position >= 0:
            self.starts.append(position + 1)
            position = text.find("\n", position + 1)

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1


class Tables:
    """The sites and blocks of a chart, by number."""

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.blocks: list[Block] = []
