"""Reads which lines a patch without context adds or changes."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from typing import Final

END: Final = 1 << 40
"""Stands for the last line of a file that is new as a whole."""

_HUNK: Final = re.compile(rb"@@ -[0-9]+(?:,([0-9]+))? \+([0-9]+)(?:,([0-9]+))? @@")


def parse(patch: bytes) -> Iterator[tuple[str, int, int]]:
    """The file (from the root), first and last line of every hunk of *patch* that leaves lines.

    What a hunk holds is counted and passed over, so that it may look like a header itself.
    """
    file, left = "", 0
    for line in patch.split(b"\n"):
        if left and line[:1] in (b"+", b"-"):
            left -= 1
        elif line.startswith(b"diff --git "):
            file = ""
        elif line.startswith(b"+++ "):
            file = _name(line[4:])
        elif found := _HUNK.match(line):
            old, first, new = (int(1 if part is None else part) for part in found.groups())
            left = old + new
            if new and file:
                yield file, first, first + new - 1


def _name(written: bytes) -> str:
    """The path behind ``b/``; in quotes with C's escapes where it holds what would confuse a reader."""
    if written.startswith(b'"'):
        written = codecs.escape_decode(written.rpartition(b'"')[0][1:])[0]
    else:
        written = written.removesuffix(b"\t")
    return os.fsdecode(written[2:]) if written.startswith(b"b/") else ""
