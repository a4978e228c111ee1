"""Judges charts as they were before a change, in a worker whose working directory is a copy of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from chartkit.model.errors import ChartkitError, NoChart
from chartkit.pipeline.review import novelty
from chartkit.pipeline.review.scope import around, narrowed
from chartkit.pipeline.run import open_run
from chartkit.pipeline.stages import check_charts
from chartkit.plan import discover
from chartkit.plan.config import Flags, configure


def judge(
    cwd: str, flags: Flags, paths: tuple[str, ...], reported: tuple[str, ...]
) -> Mapping[str, int] | str:
    """How often each fault is there in the charts *reported* (by path), or why that cannot be told.

    This process is used up by it: its working directory changes, and it obeys the *flags* alone.
    """
    os.chdir(cwd)
    for name in [name for name in os.environ if name.startswith("CHARTKIT_")]:
        del os.environ[name]
    try:
        config = configure.read(flags)
        plan = discover.plan(config, paths)
        scope = around(config, narrowed(plan, frozenset(reported), lost=True))
        with open_run(config) as opened:
            report = check_charts(opened, replace(scope, everywhere=True))
    except NoChart:
        return {}
    except ChartkitError as error:
        return f"it cannot be judged as it was: {error}"
    return dict(novelty.faults(report.findings))
