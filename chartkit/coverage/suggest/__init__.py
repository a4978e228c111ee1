"""Scenarios that reach what no scenario of a chart reaches yet, worked out from its templates.

The conditions around each block are read as terms over what a scenario can set, solved, and tried: what is
suggested has been rendered, and reaches what it is said to reach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.source_map.tables import Block

if TYPE_CHECKING:
    from chartkit.coverage.suggest.validity import Judge

__all__ = ["Advice", "Suggestion", "Unreached", "suggest"]

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


def suggest(  # noqa: PLR0913  all but the first three can be left out
    engine: Embedded,
    chart: Chart,
    cases: Sequence[Case],
    *,
    runs: Sequence[tuple[Case, frozenset[int]]] | None = None,
    wanted: Collection[int] | None = None,
    taken: Iterable[str] = (),
    budget: int = BUDGET,
    seconds: float | None = None,
    judge: Judge | None = None,
) -> Advice:
    """Scenarios for the blocks of *chart* that none of its *cases* reaches.

    *runs* are the blocks that each case reaches, where they were measured already; *wanted* the blocks that
    are asked for (else all that are uncovered), *taken* names that no scenario may get. It ends with *budget*
    renders, or after so many *seconds*, where they are given. *judge* tells what rules find in a render.
    """
    from chartkit.coverage.suggest.advising import Adviser

    if not cases:
        return Advice()
    return Adviser(engine, chart, cases, runs=runs, budget=budget, seconds=seconds, judge=judge).advise(
        wanted, {*taken, *_names(cases)}
    )


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


def _names(cases: Iterable[Case]) -> set[str]:
    return {case.scenario.name for case in cases}
