"""Finds the charts and scenarios of a repository that has no chartkit.yaml yet."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.helm import charts
from chartkit.helm.charts.dependency_sources import DependencySources, Siblings
from chartkit.model.case import Scenario
from chartkit.plan import discover
from chartkit.plan.chart_folders import metadata_of
from chartkit.plan.config import Config, Flags, configure
from chartkit.plan.discover import PlannedChart
from chartkit.plan.scenarios import UNUSED
from chartkit.system.paths import shown

TEST_DATA: Final = (
    *("testdata", "fixtures", "test-data", "test-fixtures", "__fixtures__", "test", "tests", "e2e"),
)
"""Folders whose charts are there to try programs on."""

_UNUSED: Final = "values file "


@dataclass(frozen=True, slots=True)
class FoundChart:
    """A chart at *path* from the root: its scenarios, and values files that none of them uses.

    Paths of values files are relative to the chart. *lacks* says that dependencies are to be fetched.
    """

    path: str
    scenarios: tuple[Scenario, ...]
    kube_versions: tuple[str, ...]
    unused: tuple[str, ...] = ()
    lacks: bool = False


@dataclass(frozen=True, slots=True)
class Survey:
    """What `chartkit check` would look at in *root*, where *config* is that without a file.

    *libraries* counts charts that render nothing, *test_data* are folders that hold charts, too.
    """

    root: pathlib.Path
    config: Config
    charts: tuple[FoundChart, ...]
    libraries: int = 0
    test_data: tuple[str, ...] = ()

    @property
    def scenarios(self) -> int:
        return sum(len(chart.scenarios) for chart in self.charts)

    @property
    def lacking(self) -> int:
        """How many charts have dependencies that are to be fetched."""
        return sum(chart.lacks for chart in self.charts)


def survey(root: pathlib.Path) -> Survey:
    """Look at the repository in the folder *root*; raises NoChart where it has no chart."""
    read = configure.read(Flags(), root, {})
    plan = discover.plan(read)
    inside = [chart.path.relative_to(root) for chart in plan.charts if chart.path.is_relative_to(root)]
    data = _test_data(inside)
    if data:
        excluded = (*read.excluded_charts, *(str(root / folder) for folder in data))
        plan = discover.plan(dataclasses.replace(read, excluded_charts=excluded))
    found = tuple(_found(chart, root) for chart in plan.charts if chart.cases)
    return Survey(root, read, found, sum(not chart.cases for chart in plan.charts), data)


def _test_data(charts: Sequence[pathlib.PurePath]) -> tuple[str, ...]:
    """The folders of test data among those of *charts*; none where there is nothing else."""
    folders = {chart: _folder_of_data(chart) for chart in charts}
    if all(folders.values()):
        return ()
    return tuple(sorted({folder for folder in folders.values() if folder}))


def _folder_of_data(chart: pathlib.PurePath) -> str:
    """The outermost folder of test data that *chart* is in; empty where it is in none."""
    folders = (folder for folder in reversed([chart, *chart.parents]) if folder.name in TEST_DATA)
    return next(folders, pathlib.PurePath()).as_posix().removeprefix(".")


def _found(chart: PlannedChart, root: pathlib.Path) -> FoundChart:
    scenarios = {case.scenario.name: _from_chart(case.scenario, chart.path, root) for case in chart.cases}
    versions = dict.fromkeys(case.kube_version for case in chart.cases)
    remarks = (remark.what for remark in chart.not_judged if remark.reason == UNUSED)
    unused = (pathlib.Path(root / what.removeprefix(_UNUSED)) for what in remarks)
    return FoundChart(
        shown(chart.path, root),
        tuple(scenarios.values()),
        tuple(versions),
        tuple(shown(file, chart.path) for file in unused),
        _lacks(chart, root),
    )


def _lacks(chart: PlannedChart, root: pathlib.Path) -> bool:
    """Whether a chart that *chart* needs is not in the checkout, so that it has to be fetched, and can be."""
    remote = ("http://", "https://", "oci://")
    if not any(one.repository.startswith(remote) for one in metadata_of(chart.path).dependencies):
        return False
    missing = charts.load(chart.path, chart.shown, sources=DependencySources(Siblings(root))).missing
    return any(one.declared.repository.startswith(remote) for one in missing)


def _from_chart(scenario: Scenario, chart: pathlib.Path, root: pathlib.Path) -> Scenario:
    """*scenario* with its values files as they are named in chartkit.yaml."""
    files = tuple(shown(root / file, chart) for file in scenario.values_files)
    return dataclasses.replace(scenario, values_files=files)
