"""What a run with ``--since REF`` is about."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from chartkit.pipeline.review.base_tree import BaseTree
from chartkit.pipeline.scope import RunScope
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan, PlannedChart
from chartkit.system.git import Repository


@dataclass(frozen=True, slots=True)
class Review:
    """A run on what *config* asks for: the charts of *scope*, of *every* chart that there is.

    *base* is what they were at the commit where the change begins, *paths* are those of the command line.
    """

    config: Config
    every: Plan
    paths: tuple[str, ...]
    base: BaseTree
    scope: RunScope

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to check."""
        return not (
            self.scope.reported or self.every.hits or self.every.orphaned_goldens or self.scope.together
        )

    @property
    def moved(self) -> Mapping[str, str]:
        """The charts that went elsewhere: from the old folder to the new one."""
        inside = ((chart, path_inside(chart.path, self.base.repository)) for chart in self.every.charts)
        return self.base.moved({folder: chart.name for chart, folder in inside if folder is not None})


def outside(repository: Repository, plan: Plan) -> Iterator[PlannedChart]:
    """The charts of *plan* that are not in *repository*."""
    return (chart for chart in plan.charts if not chart.path.is_relative_to(repository.root))


def path_inside(path: pathlib.Path, repository: Repository) -> str | None:
    """*path* from the root of the repository, which is ``""`` itself; None where it is outside."""
    if not path.is_relative_to(repository.root):
        return None
    relative = path.relative_to(repository.root).as_posix()
    return "" if relative == "." else relative
