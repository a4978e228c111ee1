"""Lines that change with every render: found by comparing two renders, and masked in place.

A masked line keeps what is constant before and after the part that changes, so that a golden file
still says where a password goes, and still notices when its key is renamed.
"""

from __future__ import annotations

import re
from typing import Final

MARKER: Final = "<chartkit:changes-with-every-render>"
"""Stands for what changes. No quote, comma, bracket or colon with a space: a YAML scalar anywhere."""

_ENDS: Final = " \t\"'`,;()[]{}|<>"
"""Between these, a value is masked whole: two random values may begin alike by chance."""

_BEGIN: Final = "-----BEGIN "
_END: Final = "-----END "
_PRIVATE: Final = re.compile(r"-----(?:BEGIN|END) (?:[A-Z0-9]+ )*PRIVATE KEY-----")
"""A scanner for secrets takes what stands between two of these for a key, whatever it is."""


def mask(first: str, second: str) -> str | None:
    """*first* with a `MARKER` in each line that differs in *second*; None where the shape differs too."""
    if first == second:
        return first
    ones, twos = first.split("\n"), second.split("\n")
    if len(ones) != len(twos):
        return None
    return "\n".join(_whole_armours([*map(_mask_line, ones, twos)]))


def _whole_armours(lines: list[str]) -> list[str]:
    """Mask all of a certificate or key of which a line is masked: the rest is equal by chance."""
    begun = None
    for number, line in enumerate(lines):
        if _BEGIN in line:
            begun = number + 1
        elif _END in line and begun is not None:
            inside = lines[begun:number]
            if any(MARKER in each for each in inside):
                lines[begun:number] = [each[: len(each) - len(each.lstrip(" "))] + MARKER for each in inside]
                for at in (begun - 1, number):
                    lines[at] = _PRIVATE.sub(MARKER, lines[at])
            begun = None
    return lines


def _mask_line(one: str, two: str) -> str:
    if one == two:
        return one
    before = _alike(one, two)
    while before and one[before - 1] not in _ENDS + "=":  # an option's ``--token=`` stays readable
        before -= 1
    after = _alike(one[before:][::-1], two[before:][::-1])
    while after and one[-after] not in _ENDS:
        after -= 1
    return one[:before] + MARKER + one[len(one) - after :]


def _alike(one: str, two: str) -> int:
    """How many characters both begin with."""
    pairs = enumerate(zip(one, two, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(two)))


def masked(recorded: str) -> tuple[int, ...]:
    """The numbers, from 1, of the lines of *recorded* that are masked."""
    if MARKER not in recorded:
        return ()
    return tuple(number for number, line in enumerate(recorded.split("\n"), start=1) if MARKER in line)


def matches(recorded: str, text: str) -> bool:
    """Whether *text* is what was recorded: a masked line equals any with its beginning and its end."""
    if MARKER not in recorded:
        return recorded == text
    ones, twos = recorded.split("\n"), text.split("\n")
    return len(ones) == len(twos) and all(map(matches_line, ones, twos))


def matches_line(recorded: str, line: str) -> bool:
    """`matches` for one line."""
    if recorded == line:
        return True
    before, marker, rest = recorded.partition(MARKER)
    if not marker:
        return False
    after = rest.rpartition(MARKER)[2]
    return len(line) >= len(before) + len(after) and line.startswith(before) and line.endswith(after)


def carry(recorded: str, text: str) -> str:
    """*text* with the masks of *recorded*, where it has the same number of lines."""
    ones, twos = recorded.split("\n"), text.split("\n")
    if MARKER not in recorded or len(ones) != len(twos):
        return text
    return "\n".join(one if matches_line(one, two) else two for one, two in zip(ones, twos, strict=True))
