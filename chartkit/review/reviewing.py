"""A run with ``--since REF``: what it is about, and what of its report is new."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from chartkit import replay, repository
from chartkit.config import Config
from chartkit.config.known_rules import rules_of
from chartkit.discover import Plan
from chartkit.golden.files import safe
from chartkit.model import NotJudged, Release, Report, Since
from chartkit.placing.frames import Span, Spans
from chartkit.repository import Repository
from chartkit.review import novelty, touched, versions
from chartkit.review.before import Before
from chartkit.review.scope import Scope, narrowed
from chartkit.review.touched import Changed

_SHORT: Final = 12


@dataclass(frozen=True, slots=True)
class Review:
    """A run on what *config* asks for; *every* chart that it means, and what they were *before*.

    *scope* is what of it is judged, *paths* are those of the command line. *neighbours* are there for
    their definitions alone, and with *together* every chart is, since rules look at all of them at once.
    """

    config: Config
    every: Plan
    paths: tuple[str, ...]
    before: Before
    scope: Scope
    neighbours: frozenset[str]
    together: bool

    @property
    def is_idle(self) -> bool:
        """Whether there is nothing to judge."""
        return not (self.scope.reported or self.scope.gone or self.every.hits)

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
        for chart in self.every.charts:
            if chart.shown not in self.scope.reported:
                beside = self.together or chart.shown in self.neighbours
                what = ", and is only there to judge others with it" if beside and self.scope.reported else ""
                yield NotJudged(f"chart {chart.shown}", chart.name, f"it has not changed since {ref}{what}")
        if self._may_have_deleted():
            for folder, name in self.before.deleted.items():
                if folder not in self.moved:
                    shown = self.config.shown(self.before.repository.root / folder)
                    yield NotJudged(f"chart {shown}", name, f"it was deleted since {ref}")
        for chart in touched.outside(self.before.repository, self.every):
            reason = "it is not in this git repository, and so judged whole"
            yield NotJudged(f"what has changed of {chart.shown}", chart.name, reason)

    def _may_have_deleted(self) -> bool:
        return any(path.rpartition("/")[2] == "Chart.yaml" for path in self.before.changed)

    def _only_new(self, report: Report, since: Since) -> Report:
        from chartkit.review import judged_before

        found, lacking = judged_before.faults(self)
        if isinstance(found, str):
            what = NotJudged("what was there before", "", f"{found}, so every finding is reported")
            return replace(report, not_judged=(*report.not_judged, what))
        report, known = novelty.only_new(report, found, Spans(self.scope.changed))
        told = tuple(
            NotJudged(f"{self.config.shown(self.before.repository.root / path)} as it was", "", reason)
            for path, reason in lacking
        )
        since = replace(since, before=known)
        return replace(report, since=since, not_judged=(*report.not_judged, *told))


@contextlib.contextmanager
def open_review(config: Config, plan: Plan, paths: Sequence[str]) -> Iterator[Review]:
    """The review of what of *plan* has changed since ``config.since``, with a scratch folder.

    Raises GitFault where that cannot be told.
    """
    found = repository.find(config.cwd)
    base = found.merge_base(config.since or "")
    changed = found.changed(base)
    with tempfile.TemporaryDirectory(prefix=replay.SCRATCH, ignore_cleanup_errors=True) as scratch:
        configured = [path for file in config.files if (path := _inside(file, found)) is not None]
        before = Before(found, base, changed, configured, pathlib.Path(os.path.realpath(scratch)) / "before")
        yield _review(config, plan, tuple(paths), before)


def _review(config: Config, plan: Plan, paths: tuple[str, ...], before: Before) -> Review:
    found = before.repository
    change = touched.changed(found, before.changed)
    reported = _reported(config, plan, change, before)
    together, neighbours = False, frozenset[str]()
    if reported and len(reported) < len(plan.charts):
        _, rules = rules_of(config)
        together = plan.whole and any(rule.on is Release for rule in rules.values())
        neighbours = frozenset() if together else touched.defining(found, plan) - reported
    review = Review(
        config,
        plan,
        paths,
        before,
        Scope(plan, reported, _lines(config, plan, reported, before)),
        neighbours,
        together,
    )
    scope = replace(
        review.scope,
        plan=narrowed(plan, reported, neighbours, together=together),
        gone=_gone(review),
        judge_change=versions.judging(review, change),
    )
    return replace(review, scope=scope)


def _reported(config: Config, plan: Plan, change: Changed, before: Before) -> frozenset[str]:
    outside = frozenset(chart.shown for chart in touched.outside(before.repository, plan))
    if not change.files:
        return outside
    root = before.repository.root
    yaml = [path for path in before.changed if path.endswith((".yaml", ".yml", ".json", ".tpl"))]
    old = {root / path: content for path, content in before.contents(yaml).items()} if yaml else {}
    return outside | touched.charts(config, plan, change, before.repository, old)


def _lines(config: Config, plan: Plan, reported: frozenset[str], before: Before) -> tuple[Span, ...]:
    """The changed lines of the charts that are *reported*, their files as reports show them."""
    root = before.repository.root
    folders = {one for chart in plan.charts if chart.shown in reported for one in touched.roots(chart.path)}
    below = sorted(filter(None, {_inside(one, before.repository) for one in folders}))
    if not folders or not before.changed:
        return ()
    if any(one == root for one in folders):
        below = ["."]
    found = before.repository.lines(before.commit, below) if below else ()
    return tuple(sorted((config.shown(root / path), first, last) for path, first, last in found))


def _gone(review: Review) -> frozenset[str]:
    """The golden folders of charts that are deleted, and not moved."""
    if not review.every.whole or not review._may_have_deleted():  # noqa: SLF001
        return frozenset()
    left = {chart.name for chart in review.every.charts}
    gone = (name for folder, name in review.before.deleted.items() if folder not in review.moved)
    return frozenset(safe(name) for name in gone if name not in left)


def _folders(plan: Plan, found: Repository) -> Mapping[str, str]:
    inside = ((chart, _inside(chart.path, found)) for chart in plan.charts)
    return {folder: chart.name for chart, folder in inside if folder is not None}


def _inside(path: pathlib.Path, found: Repository) -> str | None:
    """*path* from the root of the repository; None where it is outside."""
    if not path.is_relative_to(found.root):
        return None
    relative = path.relative_to(found.root).as_posix()
    return "" if relative == "." else relative
