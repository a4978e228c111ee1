"""What has changed in each chart: the subject of the rules that compare a chart with what it was."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass

from chartkit.findings.judge_chart import judge_change
from chartkit.helm import charts
from chartkit.helm.charts import chart_yaml
from chartkit.model.case import Chart
from chartkit.model.chart_file import CHART_YAML
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.render import Change
from chartkit.pipeline.review.review import Review
from chartkit.pipeline.run import Run
from chartkit.pipeline.scope import JudgeChange
from chartkit.plan.discover import PlannedChart
from chartkit.system.git import Repository, snapshot
from chartkit.system.paths import absolute


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """The files that have changed, absolute, and every folder above them."""

    files: frozenset[pathlib.Path]
    above: frozenset[pathlib.Path]

    def touches(self, path: pathlib.Path) -> bool:
        """Whether *path* is one of the files, has one in it, or lies in what has changed as a whole."""
        return path in self.above or any(above in self.files for above in path.parents)


def changed_files(repository: Repository, paths: frozenset[str]) -> ChangedFiles:
    """*paths*, from the root of the repository, with the links that lead to them."""
    files = {repository.root / path for path in paths}
    real = _with_folders({pathlib.Path(os.path.realpath(file)) for file in files})
    for path in repository.links() if files else ():
        link = repository.root / path
        if real.touches(pathlib.Path(os.path.realpath(link))):
            files.add(link)
    return _with_folders(files)


def _with_folders(files: set[pathlib.Path]) -> ChangedFiles:
    return ChangedFiles(frozenset(files), frozenset(files.union(*(file.parents for file in files))))


def judging(review: Review) -> JudgeChange:
    """What judges the charts of *review* beside what they were; they are read when the first is judged."""
    changed = changed_files(review.base.repository, review.base.changed)

    def judge(run: Run, planned: PlannedChart, chart: Chart) -> Iterator[Finding | NotJudged]:
        if not any(rule.on is Change for rule in run.rules.values()):
            return
        review.base.write(review.moved)
        path = review.base.place(planned.path)
        if not path.exists() or not path.is_relative_to(review.base.folder):
            return  # it is new
        old = charts.load(path, planned.shown).chart
        if old is None:
            reason = f"it cannot be read as it was at {review.base.commit[:12]}"
            yield NotJudged("version of the chart", chart.name, reason)
            return
        # without what is taken from elsewhere, which is released there
        new = charts.load(planned.path, planned.shown).chart or chart
        files = _changed_names(review, changed, old, new)
        yield from judge_change(Change(old, new, files, _version_at_target(review, planned)), run.rules)

    return judge


def _changed_names(review: Review, changed: ChangedFiles, old: Chart, new: Chart) -> frozenset[str]:
    """The canonical names of the files that differ, and that git calls changed.

    The two may differ without: by line ends, or by what else filters make of a file in the work tree.
    """
    ones, twos = ({name.partition("/")[2]: name for name in chart.files} for chart in (old, new))
    found = set()
    for tail in ones.keys() | twos.keys():
        was, now = ones.get(tail), twos.get(tail)
        if was is None or now is None or old.files[was] != new.files[now]:
            origin = new.origins[now] if now is not None else old.origins[was or ""]
            if changed.touches(absolute(origin, review.config.cwd)):
                found.add(now or was or "")
    return frozenset(found)


def _version_at_target(review: Review, planned: PlannedChart) -> str:
    """The version that the chart has by now where the branch is to be merged; empty where it is not there."""
    found = review.base.repository
    path = planned.path.relative_to(found.root).as_posix()
    target = found.commit(review.config.since or "")
    if target == review.base.commit or "\n" in path or not planned.path.is_dir():
        return ""
    name = f"{target}:{path}/{CHART_YAML}".replace(":./", ":")
    files = [content for _, content in snapshot.contents(found, [name])]
    metadata = chart_yaml.read(files[0])[0] if files else None
    return metadata.version if metadata else ""
