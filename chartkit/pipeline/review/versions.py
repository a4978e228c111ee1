"""Makes of a chart and what it was before the subject of the rules that compare them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from chartkit.findings.judge_chart import judge_change
from chartkit.helm import charts
from chartkit.helm.charts import chart_yaml
from chartkit.helm.charts.node import CHART
from chartkit.model.case import Chart
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.render import Change
from chartkit.pipeline.review.changes import Changed
from chartkit.pipeline.review.scope import JudgeChange
from chartkit.plan.discover import PlannedChart
from chartkit.system.git import snapshot
from chartkit.system.paths import absolute

if TYPE_CHECKING:
    from chartkit.pipeline.review.reviewing import Review
    from chartkit.pipeline.run import Run


def judging(review: Review, change: Changed) -> JudgeChange:
    """What judges the charts of *review* beside what they were; they are read when the first is judged."""

    def judge(run: Run, planned: PlannedChart, chart: Chart) -> Iterator[Finding | NotJudged]:
        if not any(rule.on is Change for rule in run.rules.values()):
            return
        review.before.ready(review)
        path = review.before.place(planned.path)
        if not path.exists() or not path.is_relative_to(review.before.folder):
            return  # it is new
        old = charts.load(path, planned.shown).chart
        if old is None:
            reason = f"it cannot be read as it was at {review.before.commit[:12]}"
            yield NotJudged("version of the chart", chart.name, reason)
            return
        # without what is taken from elsewhere, which is released there
        new = charts.load(planned.path, planned.shown).chart or chart
        files = _changed(review, change, old, new)
        yield from judge_change(Change(old, new, files, _taken(review, planned)), run.rules)

    return judge


def _changed(review: Review, change: Changed, old: Chart, new: Chart) -> frozenset[str]:
    """The canonical names of the files that differ, and that git calls changed.

    The two may differ without: by line ends, or by what else filters make of a file in the work tree.
    """
    ones, twos = ({name.partition("/")[2]: name for name in chart.files} for chart in (old, new))
    found = set()
    for tail in ones.keys() | twos.keys():
        was, now = ones.get(tail), twos.get(tail)
        if was is None or now is None or old.files[was] != new.files[now]:
            origin = new.origins[now] if now is not None else old.origins[was or ""]
            if change.touches(absolute(origin, review.config.cwd)):
                found.add(now or was or "")
    return frozenset(found)


def _taken(review: Review, planned: PlannedChart) -> str:
    """The version that the chart has by now where the branch is to be merged; empty where it is not there."""
    found = review.before.repository
    path = planned.path.relative_to(found.root).as_posix()
    target = found.commit(review.config.since or "")
    if target == review.before.commit or "\n" in path or not planned.path.is_dir():
        return ""
    name = f"{target}:{path}/{CHART}".replace(":./", ":")
    held = [content for _, content in snapshot.contents(found, [name])]
    metadata = chart_yaml.read(held[0])[0] if held else None
    return metadata.version if metadata else ""
