"""Judges charts as they were before a change, in a worker whose working directory is a copy of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from chartkit import discover, pipeline
from chartkit.config import Flags, configure
from chartkit.errors import ChartkitError, NoChart
from chartkit.review import novelty
from chartkit.review.scope import Scope
from chartkit.running.run import open_run


def judge(
    cwd: str, flags: Flags, paths: tuple[str, ...], run: tuple[str, ...] | None, reported: tuple[str, ...]
) -> Mapping[str, int] | str:
    """How often each fault is there in the charts *reported*, or why that cannot be told.

    *run* are the charts to take in (None: all), by path as reports show them. This process is used up
    by it: its working directory changes, and it obeys the *flags* alone.
    """
    os.chdir(cwd)
    for name in [name for name in os.environ if name.startswith("CHARTKIT_")]:
        del os.environ[name]
    try:
        config = configure.read(flags)
        plan = discover.plan(config, paths)
        if run is not None:
            charts = tuple(chart for chart in plan.charts if chart.shown in run)
            plan = replace(plan, charts=charts, whole=False)
        with open_run(config) as opened:
            report = pipeline.judge(opened, plan, scope=Scope(plan, frozenset(reported)))
    except NoChart:
        return {}
    except ChartkitError as error:
        return f"it cannot be judged as it was: {error}"
    return dict(novelty.faults(report.findings))
