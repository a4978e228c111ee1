"""What the formats for programs share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from chartkit.model.coverage import BranchCoverage, FileCoverage

_UNFIT: Final = re.compile("[^\t\n -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|\x7f")


def clean(text: str) -> str:
    """*text* without what neither XML nor strict readers of JSON take, on one line."""
    return " ".join(_UNFIT.sub("\ufffd", text).split("\n"))


def decisions(file: FileCoverage) -> Mapping[int, Sequence[Sequence[BranchCoverage]]]:
    """The decisions of a template by their line, each as its ways; what is excused is left out."""
    ways: dict[tuple[int, int], list[BranchCoverage]] = {}
    for branch in file.branches:
        if branch.covered or not branch.excuse:
            ways.setdefault((branch.at, branch.decision), []).append(branch)
    found: dict[int, list[Sequence[BranchCoverage]]] = {}
    for (line, _), branches in sorted(ways.items()):
        found.setdefault(line, []).append(branches)
    return found
