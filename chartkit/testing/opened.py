"""A chart as it was read, and whether it still is what it was."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chartkit.model.errors import ChartkitError
from chartkit.model.render import Failure
from chartkit.plan import discover
from chartkit.plan.discover import PlannedChart

if TYPE_CHECKING:
    from chartkit.pipeline.run import LoadedChart, Run

__tracebackhide__ = True

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class Opened:
    """A chart with its cases; *loaded* is None where it cannot be read, *refusal* why it is not rendered."""

    planned: PlannedChart
    loaded: LoadedChart | None
    refusal: Failure | None
    stamp: Stamp = ()

    @property
    def is_current(self) -> bool:
        """Whether none of its files has changed."""
        return self.stamp == _stamp(self)


def read(run: Run, path: str) -> Opened:
    """The one chart at *path*; raises ChartkitError where there is none, or several."""
    from chartkit.pipeline import render

    plan = discover.plan(run.config, [path])
    if len(plan.charts) != 1:
        found = ", ".join(chart.shown for chart in plan.charts)
        raise ChartkitError(f"{path!r} holds {len(plan.charts)} charts: {found}", "name one of them")
    planned = plan.charts[0]
    loaded, report = run.load(planned)
    refusal = render.refused(planned, report)
    opened = Opened(planned, loaded, refusal)
    return dataclasses.replace(opened, stamp=_stamp(opened))


def _stamp(opened: Opened) -> Stamp:
    """What changes when a file of the chart does, or one comes or goes."""
    files = set(opened.loaded.chart.origins.values()) if opened.loaded else set()
    roots = {opened.planned.path, opened.planned.path / "ci"}
    paths = {*files, *(os.path.dirname(file) for file in files), *map(str, roots)}  # noqa: PTH120
    return tuple(sorted(filter(None, map(_stamp_of, paths))))


def _stamp_of(path: str) -> tuple[str, int, int] | None:
    try:
        stat = os.stat(path or ".")  # noqa: PTH116
    except OSError:
        return None
    return path, stat.st_mtime_ns, stat.st_size
