"""What is suggested for a chart: scenarios, and what none can reach."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.source_map.markers import Block

BUDGET: Final = 1000
"""How many renders are spent on one chart."""


@dataclass(frozen=True)
class Suggestion:
    """A *scenario*, in the form of chartkit.yaml, for the *chart* at that path; *blocks* are what it adds.

    *but* is what `chartkit check` would say against it: nothing else reaches these blocks.
    """

    chart: str
    name: str
    scenario: Mapping[str, Any] = field(hash=False)
    blocks: frozenset[int]
    but: str = ""


@dataclass(frozen=True, slots=True)
class Unreached:
    """A *block* (by number) that no scenario is known to reach, and why."""

    block: int
    reason: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What is suggested for a chart, and what cannot be.

    *renders* is what it took, *ended* says why not all was tried.
    """

    suggestions: tuple[Suggestion, ...] = ()
    unreached: tuple[Unreached, ...] = ()
    renders: int = 0
    ended: str = ""


def uncovered(blocks: Sequence[Block], covered: Collection[int]) -> list[int]:
    """The blocks that are not *covered*, though a scenario is asked to.

    The files of partials are not run.
    """
    return [
        number
        for number, block in enumerate(blocks)
        if number not in covered
        and not (block.kind == "file" and block.file.rpartition("/")[2].startswith("_"))
    ]
