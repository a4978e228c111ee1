"""Markers, which tell in an output which place of which template printed it.

A marker is put into a template before what it prints, and taken out of the output again. Its characters are
printable, have no case, are no white space, and mean nothing in YAML and in regular expressions: so they come
through what templates do to text. None of them is in the chart's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

_DIGITS: Final = 1 << 14
_FIRST: Final = 0x4E00  # CJK ideographs: letters everywhere, each a digit here
_SERIAL: Final = "#"
_COUNT: Final = re.compile(r'"(\d+)":(\d+)')


@dataclass(frozen=True, slots=True)
class Markers:
    """The characters of one kind of markers, which stand between *opening* and *closing*; counts stand
    between *left* and *right*.

    *suffix* ends the names of the templates that are added, *prefix* begins the names of their variables.
    """

    opening: str
    closing: str
    left: str
    right: str
    suffix: str
    prefix: str

    @property
    def characters(self) -> str:
        return self.opening + self.closing + self.left + self.right + self.suffix

    @property
    def pattern(self) -> re.Pattern[str]:
        """Finds the markers in an output; the groups are the sites and the serial number, if any."""
        return re.compile(f"{self.opening}([^{self.closing}{_SERIAL}]*)(?:{_SERIAL}(\\d+))?{self.closing}")

    @property
    def any_marker(self) -> str:
        """A regular expression, for Go and Python, that matches a whole marker."""
        return f"{self.opening}[^{self.closing}]*{self.closing}"

    def variable(self, name: str) -> str:
        """The variable *name* in instrumented templates, which no template of a chart has."""
        return f"${self.prefix}{name}"

    def counts_in(self, text: str) -> dict[int, int]:
        """How often each block was run, by a message or an output; of one that is cut short, what is left."""
        counts = text.rpartition(self.left)[2].partition(self.right)[0] if self.left in text else ""
        return {int(number): int(times) for number, times in _COUNT.findall(counts) if times != "0"}

    def without_counts(self, message: str) -> str:
        """*message* without the counts in it."""
        return re.sub(f"{self.left}[^{self.right}]*{self.right}", "", message)

    def is_in(self, text: str | bytes) -> bool:
        """Whether *text* has one of these characters, or a variable that begins as its own do."""
        if isinstance(text, bytes):
            return any(character.encode() in text for character in (*self.characters, f"${self.prefix}"))
        return any(character in text for character in (*self.characters, f"${self.prefix}"))


_CHOICES: Final = (
    Markers("⟦", "⟧", "⟪", "⟫", "⟂", "ck"),
    Markers("⦗", "⦘", "⦅", "⦆", "⟁", "ckq"),
    Markers("⦇", "⦈", "⦉", "⦊", "⟠", "ckz"),
    Markers("⦋", "⦌", "⦍", "⦎", "⟡", "chartkit"),
)

DEFAULT: Final = _CHOICES[0]


def choose_markers(texts: Iterable[str | bytes]) -> Markers | None:
    """The first kind of markers that is in none of *texts*; None where each is in one."""
    left = list(_CHOICES)
    for text in texts:
        if not isinstance(text, bytes) or not text.isascii() or b"$c" in text:
            left = [markers for markers in left if not markers.is_in(text)]
    return left[0] if left else None


def encode(site: int) -> str:
    """The two characters that stand for *site* in a marker."""
    return chr(_FIRST + site // _DIGITS) + chr(_FIRST + site % _DIGITS)


def decode(sites: str) -> tuple[int, ...]:
    """The sites that a marker names: calls, outermost first, and then the place itself."""
    codes = [ord(character) - _FIRST for character in sites]
    return tuple(high * _DIGITS + low for high, low in zip(codes[::2], codes[1::2], strict=True))


@dataclass(slots=True)
class Site:
    """A place that output comes from: ``text``, ``action``, or a ``call`` on the way there.

    *text* is the source of an action, or the name that a call calls. *blind*: the action prints what was made
    elsewhere, in a way that cannot be followed. *follows*: the call's output is marked; *unusual*: through
    more than indentation. *calls* are the calls of an action that are followed.
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
    """A part of a template that is run as a whole, or not at all.

    *kind* is ``file``, ``define``, ``if``, ``else if``, ``with``, ``else with``, ``range``, ``else``, of
    a loop ``one`` and ``many`` (how often it went round; ``range`` counts the rounds), or of an operand
    what it was: ``default given``, ``default empty``, ``or true``, ``or false`` … (see `count_operands`).
    *text* is the name, the condition or the operand. It stands from *start* to *end* in its file. *parent* is
    the block around it (None of a file or define), *chain* the first block of the same ``if … else``.
    *implicit*: an ``else`` that is not written.
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
        """Whether it is what an operand was, and no part that is run."""
        return " " in self.kind and not self.kind.startswith("else ")


class Places:
    """The sites and blocks of a chart by number.

    Numbers come from the order of the sources alone, so that they stay the same whatever is switched off.
    """

    def __init__(self) -> None:
        self.sites: list[Site] = []
        self.blocks: list[Block] = []
