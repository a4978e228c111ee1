"""What charts are made of: the files and folders of which a change is a change of a chart."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from chartkit.golden import files as golden_files
from chartkit.plan import chart_folders
from chartkit.plan.config import Config
from chartkit.plan.config.entries import ChartConfig, FileArgument
from chartkit.system.paths import absolute, fits, is_file, leads_out

NOBODY: Final[frozenset[pathlib.Path]] = frozenset()


class Parts:
    """The parts of every chart of a configuration, and of *more*; they are read once, when asked for."""

    def __init__(self, config: Config, more: Iterable[pathlib.Path]) -> None:
        self.config = config
        self._more = frozenset(more)
        self.metadata = functools.cache(chart_folders.metadata_of)

    def owners(self, path: pathlib.Path) -> frozenset[pathlib.Path]:
        """The charts of which *path* is a part or in one; or that have one in it, if it is not plain."""
        found = {chart} if (chart := chart_folders.holder(path.parent)) else set[pathlib.Path]()
        for one in with_targets((path,)):
            for above in (one, *one.parents):
                found |= self._parts.get(above, NOBODY)
            if not is_file(path):  # a module of git, or a link
                found |= self._around.get(one, NOBODY)
        return frozenset(found)

    @functools.cached_property
    def charts(self) -> frozenset[pathlib.Path]:
        """Every chart of the configuration, also those that it excludes, also packed ones that it names."""
        config = self.config
        found = (
            one for root in config.chart_dirs or (config.root,) for one in chart_folders.charts_below(root)
        )
        return frozenset((*found, *chart_folders.packed_in(config), *self._more))

    @functools.cached_property
    def roots(self) -> Mapping[pathlib.Path, tuple[pathlib.Path, ...]]:
        """The folders of each chart and of what it depends on."""
        siblings = chart_folders.siblings_of(self.config)
        return {chart: chart_folders.roots(chart, self.metadata, siblings) for chart in self.charts}

    @functools.cached_property
    def _parts(self) -> Mapping[pathlib.Path, set[pathlib.Path]]:
        """The charts by the files and folders that are parts of them."""
        found: dict[pathlib.Path, set[pathlib.Path]] = {}
        links = functools.cache(lambda root: (*with_targets((root,)), *_links_out(root)))
        for chart, roots in self.roots.items():
            for part in (part for root in roots for part in links(root)):
                found.setdefault(part, set()).add(chart)
        for place, chart in (*self._places(), *self._named()):
            for part in with_targets((place,)):
                found.setdefault(part, set()).add(chart)
        return found

    def _places(self) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
        """The folders of goldens, each with its chart."""
        return ((self.config.golden_folder / folder, chart) for folder, chart in self.recorded.items())

    @functools.cached_property
    def _around(self) -> Mapping[pathlib.Path, set[pathlib.Path]]:
        """The charts by the folders above their parts."""
        found: dict[pathlib.Path, set[pathlib.Path]] = {}
        for part, charts in self._parts.items():
            for above in part.parents:
                found.setdefault(above, set()).update(charts)
        return found

    def _named(self) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
        """Files that scenarios of the run name, there or not, with the charts that have such scenarios."""
        for entry in self.config.charts:
            files = tuple(_files(entry, self.config))
            for chart in self.charts if files else ():
                home = chart.parent if is_file(chart) else chart
                for file in files if fits(chart, entry.pattern) else ():
                    yield absolute(file.path, home), chart

    @functools.cached_property
    def recorded(self) -> Mapping[str, pathlib.Path]:
        """The charts by their folders of goldens; none where renders are not compared."""
        if self.config.golden is None:
            return {}
        config = self.config
        kept = {config.shown(one): one for one in self.charts if not chart_folders.is_excluded(one, config)}
        said = ((shown, self.metadata(one)) for shown, one in kept.items())
        pairs = [(shown, each.name) for shown, each in said if each.type != "library"]
        places = golden_files.folders_of(self.config.golden_folder, pairs)
        return {folder: kept[shown] for shown, folder in places.items()}


def _files(entry: ChartConfig, config: Config) -> Iterator[FileArgument]:
    """Every file that *entry* names for a scenario of the run."""
    yield from entry.values.files if entry.values else ()
    for scenario in entry.scenarios if config.command_line is None else ():
        if not config.scenario_names or scenario.name in config.scenario_names:
            yield from (*scenario.values_files, *scenario.set_files)


def with_targets(paths: Iterable[pathlib.Path]) -> frozenset[pathlib.Path]:
    """*paths*, and where links on the way lead."""
    return frozenset(one for path in paths for one in (path, pathlib.Path(os.path.realpath(path))))


def _links_out(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    for above, below, files in os.walk(folder):
        for name in (*below, *files):
            link = pathlib.Path(above, name)
            if leads_out(link, folder):
                yield pathlib.Path(os.path.realpath(link))
