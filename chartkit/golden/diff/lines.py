"""What changed between two texts, line by line, masked lines apart."""

from __future__ import annotations

import difflib

from chartkit.golden.masking import carry


def line_diff(old: str, new: str, context: int = 1) -> tuple[str, ...]:
    """The lines that differ, each after its sign, with *context* lines around; ``…`` between places."""
    ones, twos = old.split("\n"), carry(old, new).split("\n")
    if ones[-1] == twos[-1] == "":  # both end with a line end: there is no last line to speak of
        ones, twos = ones[:-1], twos[:-1]
    found = list(difflib.unified_diff(ones, twos, n=context, lineterm=""))[2:]
    shown = ("…" if line.startswith("@@") else _ending_shown(line) for line in found)
    return tuple(shown)[1:]


def _ending_shown(line: str) -> str:
    """*line* with dots for the spaces that end it: they may be all that differs."""
    kept = line[0] + line[1:].rstrip(" ")
    return kept + "·" * (len(line) - len(kept)) if line[0] in "-+" else line
