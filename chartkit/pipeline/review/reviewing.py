"""A run with ``--since REF``: which charts it is about, and what of its report is new."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from chartkit.model.finding import NotJudged
from chartkit.model.report import Report, Since
from chartkit.pipeline import failed_cases
from chartkit.pipeline.review import chart_changes
from chartkit.pipeline.review.base_tree import BaseTree
from chartkit.pipeline.review.review import Review, outside, path_inside
from chartkit.pipeline.scope import around, narrowed
from chartkit.plan.affected import Affected, ChartsByFile, may_define
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan
from chartkit.system import git
from chartkit.system.scratch import scratch_folder

_SHORT: Final = 12


@contextlib.contextmanager
def open_review(config: Config, plan: Plan, paths: Sequence[str]) -> Iterator[Review]:
    """The review of what of *plan* has changed since ``config.since``, with a scratch folder.

    Raises GitError where that cannot be told.
    """
    repository = git.find(config.cwd)
    commit = repository.merge_base(config.since or "")
    changed = repository.changed(commit)
    with scratch_folder() as scratch:
        inside = (path_inside(pathlib.Path(file), repository) for file in config.common)
        files = [path for path in inside if path is not None]
        folder = pathlib.Path(os.path.realpath(scratch)) / "before"
        yield _review(config, plan, tuple(paths), BaseTree(repository, commit, changed, files, folder))


def _review(config: Config, plan: Plan, paths: tuple[str, ...], base: BaseTree) -> Review:
    affected = _affected(config, plan, base)
    plan = replace(plan, orphaned_goldens=affected.orphaned_goldens) if plan.whole else plan
    reported = _reported(plan, affected, base)
    scope = around(config, narrowed(plan, reported, chart_removed=affected.chart_removed))
    review = Review(config, plan, paths, base, replace(scope, everywhere=True))
    return replace(review, scope=replace(review.scope, judge_change=chart_changes.judging(review)))


def _affected(config: Config, plan: Plan, base: BaseTree) -> Affected:
    """What the changed files concern, by what is in them and what was."""
    if not base.changed:
        return Affected()
    root = base.repository.root
    wanted = (path for path in base.changed if may_define(pathlib.Path(path)))
    contents = {root / path: content for path, content in base.contents(wanted).items()}
    charts = ChartsByFile(config, (chart.path for chart in plan.charts))
    return charts.affected_by((root / path for path in sorted(base.changed)), contents)


def _reported(plan: Plan, affected: Affected, base: BaseTree) -> frozenset[str]:
    """The charts of *plan* that are *affected*, or outside of the repository, which knows nothing of them."""
    if affected.everything:
        return frozenset(chart.shown for chart in plan.charts)
    unknown = frozenset(chart.shown for chart in outside(base.repository, plan))
    return unknown | {chart.shown for chart in plan.charts if chart.path in affected.charts}


def reviewed(review: Review, report: Report) -> Report:
    """*report* with what is left out, and only with what is new where that is asked for."""
    since = Since(
        ref=review.config.since or "",
        commit=review.base.commit[:_SHORT],
        charts=len(review.scope.reported),
        unchanged=len(review.every.charts) - len(review.scope.reported),
    )
    report = replace(report, since=since)
    if review.config.new and not review.is_idle:
        report = _only_new(review, report, since)
    return replace(report, not_judged=(*report.not_judged, *_left_out(review)))


def _only_new(review: Review, report: Report, since: Since) -> Report:
    from chartkit.pipeline.review import base_findings

    base, incomplete = base_findings.of_base(review)
    if isinstance(base, str):
        what = NotJudged("what was there before", "", f"{base}, so every finding is reported")
        return replace(report, not_judged=(*report.not_judged, what))
    new = base_findings.only_new(report.findings, base)
    old = frozenset(report.findings) - frozenset(new)
    accepted = (replace(each, suppressed="it was there before") for each in report.findings if each in old)
    root = review.base.repository.root
    not_judged = (
        *(
            NotJudged(f"{review.config.shown(root / path)} as it was", "", reason)
            for path, reason in incomplete
        ),
        *failed_cases.suppressed_refusals(accepted, report.cases),
    )
    return replace(
        report,
        findings=new,
        since=replace(since, before=len(report.findings) - len(new)),
        not_judged=(*report.not_judged, *not_judged),
    )


def _left_out(review: Review) -> Iterator[NotJudged]:
    ref, config, base = review.config.since, review.config, review.base
    scope = review.scope
    beside = {chart.shown for chart in (*scope.others, *scope.defining())} if scope.reported else frozenset()
    for chart in review.every.charts:
        if chart.shown not in scope.reported:
            what = ", and is only there to judge others with it" if chart.shown in beside else ""
            yield NotJudged(f"chart {chart.shown}", chart.name, f"it has not changed since {ref}{what}")
    if any(path.rpartition("/")[2] == "Chart.yaml" for path in base.changed):
        for folder, name in base.deleted.items():
            if folder not in review.moved:
                shown = config.shown(base.repository.root / folder)
                yield NotJudged(f"chart {shown}", name, f"it was deleted since {ref}")
    for chart in outside(base.repository, review.every):
        reason = "it is not in this git repository, and so judged whole"
        yield NotJudged(f"what has changed of {chart.shown}", chart.name, reason)
