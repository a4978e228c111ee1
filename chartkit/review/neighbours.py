"""The charts that others are judged by, and those of which the repository knows nothing."""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.discover import Plan, PlannedChart
from chartkit.discover.definitions import DEFINITION
from chartkit.discover.folders import roots
from chartkit.repository import Repository


def defining(repository: Repository, plan: Plan) -> frozenset[str]:
    """The charts whose files define custom resources, as reports show them."""
    inside = {
        chart.shown: [root for root in roots(chart.path) if root.is_relative_to(repository.root)]
        for chart in plan.charts
        if chart.path.is_relative_to(repository.root)
    }
    folders = {root for mine in inside.values() for root in mine}
    looked = {folder.relative_to(repository.root).as_posix() for folder in folders}
    held = {repository.root / path for path in repository.holding([DEFINITION], sorted(looked))}
    above = {folder for file in held for folder in file.parents} | held
    return frozenset(shown for shown, mine in inside.items() if not above.isdisjoint(mine))


def outside(repository: Repository, plan: Plan) -> Iterator[PlannedChart]:
    """The charts of which this repository knows nothing."""
    return (chart for chart in plan.charts if not chart.path.is_relative_to(repository.root))
