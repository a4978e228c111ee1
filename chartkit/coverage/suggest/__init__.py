"""Scenarios that reach what no scenario of a chart reaches yet, worked out from its templates.

The conditions around each block are read as terms over what a scenario can set, solved, and tried: what is
suggested has been rendered, and reaches what it is said to reach.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import TYPE_CHECKING

from chartkit.coverage.suggest.advice import BUDGET, Advice, Suggestion, Unreached
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart

if TYPE_CHECKING:
    from chartkit.coverage.suggest.validity import Judge

__all__ = ["Advice", "Suggestion", "Unreached", "suggest"]


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


def _names(cases: Iterable[Case]) -> set[str]:
    return {case.scenario.name for case in cases}
