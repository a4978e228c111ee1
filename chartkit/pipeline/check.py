"""A check from the configuration to the report: of everything, or of what a change under review touches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chartkit.model.finding import Finding
from chartkit.model.report import Report
from chartkit.pipeline.run import Progress, open_run
from chartkit.pipeline.scope import around
from chartkit.pipeline.stages import check_charts
from chartkit.plan import discover
from chartkit.plan.config import Config


def check(
    config: Config,
    paths: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    *,
    evidence: Callable[[Finding], bool] | None = None,
) -> Report:
    """Take every chart through every stage; *evidence* says of which findings it is gathered.

    Raises ChartkitError where chartkit cannot do what was asked; all that is wrong in a chart is in
    the report.
    """
    plan = discover.plan(config, paths)
    if config.since is None:
        with open_run(config) as run:
            return check_charts(run, around(config, plan), progress, evidence=evidence)
    from chartkit.pipeline.review import reviewing

    with reviewing.open_review(config, plan, paths) as review:
        if review.is_idle:
            return reviewing.reviewed(review, Report())
        scope = review.scope
        with open_run(config) as run:
            report = check_charts(run, scope, progress, evidence=evidence)
        return reviewing.reviewed(review, report)
