"""The characters that marks are made of, and how marks are written into templates and read from output.

They are printable, have no case, are no white space, and mean nothing in YAML and in regular
expressions: so they come through what templates do to text. None of them is in the chart's own text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = 1 << 14
_FIRST: Final = 0x4E00  # CJK ideographs: letters everywhere, each a digit here
_SERIAL: Final = "#"


@dataclass(frozen=True, slots=True)
class Alphabet:
    """A mark stands between *opening* and *closing*, what was recorded between *left* and *right*.

    *twin* ends the names of the templates that are added, *prefix* begins the names of their variables.
    """

    opening: str
    closing: str
    left: str
    right: str
    twin: str
    prefix: str

    @property
    def characters(self) -> str:
        return self.opening + self.closing + self.left + self.right + self.twin

    @property
    def mark(self) -> re.Pattern[str]:
        """Finds the marks in an output; the groups are the sites and the serial number, if any."""
        return re.compile(f"{self.opening}([^{self.closing}{_SERIAL}]*)(?:{_SERIAL}(\\d+))?{self.closing}")

    @property
    def any_mark(self) -> str:
        """A regular expression, for Go and Python, that matches a whole mark."""
        return f"{self.opening}[^{self.closing}]*{self.closing}"

    def variable(self, name: str) -> str:
        return f"${self.prefix}{name}"

    def is_in(self, text: str | bytes) -> bool:
        """Whether *text* holds a character of it, or a variable that begins as its own do."""
        if isinstance(text, bytes):
            return any(character.encode() in text for character in (*self.characters, f"${self.prefix}"))
        return any(character in text for character in (*self.characters, f"${self.prefix}"))


_ALPHABETS: Final = (
    Alphabet("⟦", "⟧", "⟪", "⟫", "⟂", "ck"),
    Alphabet("⦗", "⦘", "⦅", "⦆", "⟁", "ckq"),
    Alphabet("⦇", "⦈", "⦉", "⦊", "⟠", "ckz"),
    Alphabet("⦋", "⦌", "⦍", "⦎", "⟡", "chartkit"),
)


DEFAULT: Final = _ALPHABETS[0]


def choose(texts: Iterable[str | bytes]) -> Alphabet | None:
    """The first alphabet that is in none of *texts*; None where there is none left."""
    left = list(_ALPHABETS)
    for text in texts:
        if not isinstance(text, bytes) or not text.isascii() or b"$c" in text:
            left = [alphabet for alphabet in left if not alphabet.is_in(text)]
    return left[0] if left else None


def written(site: int) -> str:
    """The two characters that stand for *site* in a mark."""
    return chr(_FIRST + site // _DIGITS) + chr(_FIRST + site % _DIGITS)


def read(sites: str) -> tuple[int, ...]:
    """The sites that a mark names: calls, outermost first, and then the place itself."""
    codes = [ord(character) - _FIRST for character in sites]
    return tuple(high * _DIGITS + low for high, low in zip(codes[::2], codes[1::2], strict=True))
