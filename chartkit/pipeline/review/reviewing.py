"""A run with ``--since REF``: what it is about, and what of its report is new."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from chartkit.model.finding import NotJudged
from chartkit.model.quick_dataclass import dataclass
from chartkit.model.report import Report, Since
from chartkit.pipeline import failed_cases
from chartkit.pipeline.review import changes, novelty, versions
from chartkit.pipeline.review.base_tree import Before
from chartkit.pipeline.review.scope import Scope, around, narrowed
from chartkit.pipeline.run import SCRATCH
from chartkit.plan.affected import Affected, ChartsByFile, may_define
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan, PlannedChart
from chartkit.system import git as repository
from chartkit.system.git import Repository

_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class Review:
    """A run on what *config* asks for; *every* chart that it means, and what they were *before*.

    *scope* is what of it is judged, *paths* are those of the command line.
    """

    config: Config
    every: Plan
    paths: tuple[str, ...]
    before: Before
    scope: Scope

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to judge."""
        return not (
            self.scope.reported or self.every.hits or self.every.orphaned_goldens or self.scope.together
        )

    @property
    def beside(self) -> tuple[PlannedChart, ...]:
        """The charts that are there because those that are reported on are judged by them."""
        return (*self.scope.others, *self.scope.defining()) if self.scope.reported else ()

    @property
    def moved(self) -> Mapping[str, str]:
        return self.before.moved(_folders(self.every, self.before.repository))

    def told(self, report: Report) -> Report:
        """*report* with what is left out, and only with what is new where that is asked for."""
        since = Since(
            ref=self.config.since or "",
            commit=self.before.commit[:_SHORT],
            charts=len(self.scope.reported),
            unchanged=len(self.every.charts) - len(self.scope.reported),
        )
        report = replace(report, since=since)
        if self.config.new and not self.is_idle:
            report = self._only_new(report, since)
        kept = (*report.not_judged, *self._left_out())
        return replace(report, not_judged=kept)

    def _left_out(self) -> Iterator[NotJudged]:
        ref = self.config.since
        beside = {chart.shown for chart in self.beside}
        for chart in self.every.charts:
            if chart.shown not in self.scope.reported:
                what = ", and is only there to judge others with it" if chart.shown in beside else ""
                yield NotJudged(f"chart {chart.shown}", chart.name, f"it has not changed since {ref}{what}")
        if self._may_have_deleted():
            for folder, name in self.before.deleted.items():
                if folder not in self.moved:
                    shown = self.config.shown(self.before.repository.root / folder)
                    yield NotJudged(f"chart {shown}", name, f"it was deleted since {ref}")
        for chart in _outside(self.before.repository, self.every):
            reason = "it is not in this git repository, and so judged whole"
            yield NotJudged(f"what has changed of {chart.shown}", chart.name, reason)

    def _may_have_deleted(self) -> bool:
        return any(path.rpartition("/")[2] == "Chart.yaml" for path in self.before.changed)

    def _only_new(self, report: Report, since: Since) -> Report:
        from chartkit.pipeline.review import base_findings

        found, lacking = base_findings.faults(self)
        if isinstance(found, str):
            what = NotJudged("what was there before", "", f"{found}, so every finding is reported")
            return replace(report, not_judged=(*report.not_judged, what))
        every = report
        report, known = novelty.only_new(report, found)
        left = frozenset(every.findings) - frozenset(report.findings)
        failing = (replace(each, suppressed="it was there before") for each in every.findings if each in left)
        told = tuple(
            NotJudged(f"{self.config.shown(self.before.repository.root / path)} as it was", "", reason)
            for path, reason in lacking
        )
        since = replace(since, before=known)
        told = (*told, *failed_cases.suppressed_refusals(failing, report.cases))
        return replace(report, since=since, not_judged=(*report.not_judged, *told))


@contextlib.contextmanager
def open_review(config: Config, plan: Plan, paths: Sequence[str]) -> Iterator[Review]:
    """The review of what of *plan* has changed since ``config.since``, with a scratch folder.

    Raises GitError where that cannot be told.
    """
    found = repository.find(config.cwd)
    base = found.merge_base(config.since or "")
    changed = found.changed(base)
    with tempfile.TemporaryDirectory(prefix=SCRATCH, ignore_cleanup_errors=True) as scratch:
        inside = (_inside(pathlib.Path(file), found) for file in config.common)
        configured = [path for path in inside if path is not None]
        before = Before(found, base, changed, configured, pathlib.Path(os.path.realpath(scratch)) / "before")
        yield _review(config, plan, tuple(paths), before)


def _review(config: Config, plan: Plan, paths: tuple[str, ...], before: Before) -> Review:
    found = before.repository
    change = changes.changed(found, before.changed)
    touched = _touched(config, plan, before)
    reported = _reported(plan, touched, before)
    plan = replace(plan, orphaned_goldens=touched.orphaned_goldens) if plan.whole else plan
    scope = around(config, narrowed(plan, reported, lost=touched.chart_removed))
    scope = replace(scope, everywhere=True)
    review = Review(config, plan, paths, before, scope)
    return replace(review, scope=replace(scope, judge_change=versions.judging(review, change)))


def _touched(config: Config, plan: Plan, before: Before) -> Affected:
    """What the changed files concern; *before* knows what they held."""
    root = before.repository.root

    if not before.changed:
        return Affected()
    wanted = (path for path in before.changed if may_define(pathlib.Path(path)))
    contents = {root / path: content for path, content in before.contents(wanted).items()}
    charts = ChartsByFile(config, (chart.path for chart in plan.charts))
    return charts.affected_by((root / path for path in sorted(before.changed)), contents)


def _reported(plan: Plan, touched: Affected, before: Before) -> frozenset[str]:
    """The charts of *plan* that are *touched*, or of which nobody can tell."""
    outside = frozenset(chart.shown for chart in _outside(before.repository, plan))
    if touched.everything:
        return frozenset(chart.shown for chart in plan.charts)
    return outside | {chart.shown for chart in plan.charts if chart.path in touched.charts}


def _outside(repository: Repository, plan: Plan) -> Iterator[PlannedChart]:
    """The charts of which this repository knows nothing."""
    return (chart for chart in plan.charts if not chart.path.is_relative_to(repository.root))


def _folders(plan: Plan, found: Repository) -> Mapping[str, str]:
    inside = ((chart, _inside(chart.path, found)) for chart in plan.charts)
    return {folder: chart.name for chart, folder in inside if folder is not None}


def _inside(path: pathlib.Path, found: Repository) -> str | None:
    """*path* from the root of the repository; None where it is outside."""
    if not path.is_relative_to(found.root):
        return None
    relative = path.relative_to(found.root).as_posix()
    return "" if relative == "." else relative
