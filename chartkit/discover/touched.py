"""Which charts changed files concern, also such as are gone: the one answer for hooks, reviews and paths.

A chart has parts: its folder, those of its ``file://`` dependencies at any remove, what links in them lead
to, the files that its scenarios name, and its goldens. A file concerns the charts of which it is a part, or
lies in one. A custom resource definition concerns those that speak of its API group, too. What the whole
run depends on concerns every chart.
"""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.charts.chart_yaml import CHART
from chartkit.config import BASELINE, Before, ChartConfig, Config, FileArgument, configure, ct
from chartkit.discover.folders import charts_below, holder, is_excluded, metadata_of, packed_in, roots
from chartkit.discover.scenarios import files_of
from chartkit.golden import files as golden_files
from chartkit.paths import YAML_SUFFIXES, absolute, fits, is_file, is_pattern, leads_out, repository

_TEXT: Final = (*YAML_SUFFIXES, ".tpl")
_NOBODY: Final[frozenset[pathlib.Path]] = frozenset()


@dataclass(frozen=True, slots=True)
class Touched:
    """The *charts* that files concern, or *everything*.

    *orphans* are folders of goldens that belong to no chart. *lost* says whether a chart is gone, of which
    others may be missing something that no file says.
    """

    charts: frozenset[pathlib.Path] = frozenset()
    everything: bool = False
    orphans: frozenset[str] = frozenset()
    lost: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.charts or self.orphans)


class Map:
    """From files to charts, for one configuration; what that takes is read once, and only when asked for.

    *charts* are more of them than those of the configuration.
    """

    def __init__(self, config: Config, charts: Iterable[pathlib.Path] = ()) -> None:
        self.config = config
        self._more = frozenset(charts)
        self._metadata = functools.cache(metadata_of)

    def of(
        self,
        paths: Iterable[pathlib.Path],
        before: Before | None = None,
    ) -> Touched:
        """What the files at absolute *paths*, which may be gone, concern.

        *before* tells what some of them held before they were changed; it is asked once, if at all. Without
        it they need not have changed.
        """
        concerned, kinds = set[pathlib.Path](), list[pathlib.Path]()
        orphans, named = set[str](), list[pathlib.Path]()
        for path in dict.fromkeys(paths):
            if self._is_common(path):
                return Touched(everything=True)
            owners = self._owners(path)
            concerned |= owners
            orphans |= self._orphans(path)
            if path.name == CHART:
                named.append(path)
            if path.suffix in _TEXT and (owners or self._is_definition(path)):
                kinds.append(path)
        wanted = dict.fromkeys((*kinds, *named))
        held = before([*wanted]) if before and wanted else None
        return self._completed(concerned, orphans, named, kinds, held)

    def _completed(
        self,
        concerned: set[pathlib.Path],
        orphans: set[str],
        named: Collection[pathlib.Path],
        kinds: Collection[pathlib.Path],
        held: Mapping[pathlib.Path, bytes] | None,
    ) -> Touched:
        """With what takes more than a path to tell: the names of charts, and the definitions in files."""
        lost = [path for path in named if _is_lost_chart(path)]
        groups: frozenset[str] | None = frozenset()
        if kinds:
            from chartkit.discover import definitions

            groups = definitions.groups({path: self._is_definition(path) for path in kinds}, held or {})
        if groups is None:
            return Touched(everything=True)
        if groups:
            concerned |= {*definitions.speaking(groups, self._roots)}
        if self.config.golden is not None:
            concerned |= set() if held is None else {*self._namesakes(named, held)}
            orphans |= {folder for path in lost for folder in self._left(path, (held or {}).get(path))}
        if orphans and not self._names_are_known:
            return Touched(everything=True)
        return Touched(frozenset(concerned), orphans=frozenset(orphans), lost=bool(lost))

    def _is_common(self, path: pathlib.Path) -> bool:
        """Whether the whole run depends on *path*, or did before it was removed."""
        config = self.config
        if path.name in configure.NAMES and config.cwd.is_relative_to(path.parent):
            return True
        if path in self._common or (path.parent in self._policies and path.suffix in YAML_SUFFIXES):
            return True
        return any(_speaks_of(one, path) for one in config.common)

    @functools.cached_property
    def _common(self) -> frozenset[pathlib.Path]:
        """The files that concern every chart, by name and by where links of that name lead."""
        config = self.config
        home = repository(config.cwd) or config.cwd
        places = {root / place for root in (home, config.root) for place in ct.places()}
        of_ct = places if all(pathlib.Path(one) in places for one in config.common) else set()
        given = files_of(config.command_line) if config.command_line else ()
        read = {*map(pathlib.Path, config.common), *config.policies}
        named = {absolute(one, config.cwd) for one in (*config.values_files, *given)}
        return frozenset(of_ct | named | self._baseline | _with_targets((*read, *named, *self._baseline)))

    @property
    def _baseline(self) -> frozenset[pathlib.Path]:
        """The baseline, also where it is not there any more."""
        if self.config.baseline is False:
            return _NOBODY
        return frozenset({self.config.baseline or self.config.root / BASELINE})

    @functools.cached_property
    def _policies(self) -> frozenset[pathlib.Path]:
        """The folders of policies, which may name files beside them."""
        return frozenset(policy.parent for policy in self.config.policies)

    def _is_definition(self, path: pathlib.Path) -> bool:
        """Whether *path* is, or was, among the definitions that the configuration names."""
        if path.suffix not in YAML_SUFFIXES:
            return False
        return path in self._crds or any(_speaks_of(one, path) for one in self.config.crd_sources)

    @functools.cached_property
    def _crds(self) -> frozenset[pathlib.Path]:
        return _with_targets(self.config.crds)

    def _owners(self, path: pathlib.Path) -> frozenset[pathlib.Path]:
        """The charts of which *path* is a part or in one; or that have one in it, if it is not plain."""
        found = {chart} if (chart := holder(path.parent)) else set[pathlib.Path]()
        for one in _with_targets((path,)):
            for above in (one, *one.parents):
                found |= self._parts.get(above, _NOBODY)
            if not is_file(path):  # a module of git, or a link
                found |= self._around.get(one, _NOBODY)
        return frozenset(found)

    @functools.cached_property
    def charts(self) -> frozenset[pathlib.Path]:
        """Every chart of the configuration, also those that it excludes, also packed ones that it names."""
        config = self.config
        found = (one for root in config.chart_dirs or (config.root,) for one in charts_below(root))
        return frozenset((*found, *packed_in(config), *self._more))

    @functools.cached_property
    def _roots(self) -> Mapping[pathlib.Path, tuple[pathlib.Path, ...]]:
        return {chart: roots(chart, self._metadata) for chart in self.charts}

    @functools.cached_property
    def _parts(self) -> Mapping[pathlib.Path, set[pathlib.Path]]:
        """The charts by the files and folders that are parts of them."""
        found: dict[pathlib.Path, set[pathlib.Path]] = {}
        users: dict[pathlib.Path, set[pathlib.Path]] = {}
        for chart, folders in self._roots.items():
            for root in folders:
                users.setdefault(root, set()).add(chart)
        for root, charts in users.items():
            for part in (*_with_targets((root,)), *_links_out(root)):
                found.setdefault(part, set()).update(charts)
        for folder, chart in self._recorded.items():
            for part in _with_targets((self.config.golden_folder / folder,)):
                found.setdefault(part, set()).add(chart)
        for file, chart in self._named():
            for part in _with_targets((file,)):
                found.setdefault(part, set()).add(chart)
        return found

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
    def _recorded(self) -> Mapping[str, pathlib.Path]:
        """The charts by their folders of goldens; none where renders are not compared."""
        if self.config.golden is None:
            return {}
        kept = {self.config.shown(one): one for one in self.charts if not is_excluded(one, self.config)}
        said = ((shown, self._metadata(one)) for shown, one in kept.items())
        pairs = [(shown, each.name) for shown, each in said if each.type != "library"]
        folders = golden_files.folders_of(self.config.golden_folder, pairs)
        return {folder: kept[shown] for shown, folder in folders.items()}

    @property
    def _names_are_known(self) -> bool:
        """Whether every Chart.yaml can be read; else a golden may only look as if it were nobody's."""
        return all(self._metadata(chart).version for chart in self._recorded.values())

    def _orphans(self, path: pathlib.Path) -> set[str]:
        """The folder of *path* where that is a golden of no chart."""
        root = self.config.golden
        if root is None or path.suffix != golden_files.SUFFIX or not path.is_relative_to(root):
            return set()
        folder = path.relative_to(root).parts[0]
        return set() if folder in self._recorded or not is_file(path) else {folder}

    def _left(self, lost: pathlib.Path, content: bytes | None) -> Iterator[str]:
        """The folders of goldens that the chart with the Chart.yaml *lost* leaves; all, if nobody knows."""
        name = _name(content)
        of_chart = golden_files.folders_for(self.config.golden_folder, self.config.shown(lost.parent), name)
        for folder in golden_files.folders_in(self.config.golden_folder):
            if folder not in self._recorded and (not name or folder in of_chart):
                yield folder

    def _namesakes(
        self, named: Collection[pathlib.Path], held: Mapping[pathlib.Path, bytes]
    ) -> Iterator[pathlib.Path]:
        """The charts with a name that another has taken or given up: their goldens have another place now."""
        for path in named:
            now = self._metadata(path.parent).name if is_file(path) else ""
            names = {_name(held.get(path)), now} - {""}
            if len(names) == 2 or not is_file(path) or path not in held:
                yield from (chart for chart in self._recorded.values() if self._metadata(chart).name in names)


def _is_lost_chart(path: pathlib.Path) -> bool:
    """Whether *path* made a chart of its folder that was not just a part of another."""
    if is_file(path):
        return False
    around = holder(path.parent)
    return around is None or not path.is_relative_to(around / "charts")


def _name(content: bytes | None) -> str:
    """The name of the chart whose Chart.yaml held *content*; empty where that is not known."""
    if content is None:
        return ""
    from chartkit.charts import chart_yaml

    read, _ = chart_yaml.read(content)
    return read.name if read else ""


def _speaks_of(pattern: str, path: pathlib.Path) -> bool:
    """Whether *pattern* fits *path*, or is a folder above it."""
    return fits(path, pattern) if is_pattern(pattern) else path.is_relative_to(pattern)


def _files(entry: ChartConfig, config: Config) -> Iterator[FileArgument]:
    """Every file that *entry* names for a scenario of the run."""
    yield from entry.values.files if entry.values else ()
    for scenario in entry.scenarios if config.command_line is None else ():
        if not config.scenario_names or scenario.name in config.scenario_names:
            yield from (*scenario.values_files, *scenario.set_files)


def _with_targets(paths: Iterable[pathlib.Path]) -> frozenset[pathlib.Path]:
    """*paths*, and where links on the way lead."""
    return frozenset(one for path in paths for one in (path, pathlib.Path(os.path.realpath(path))))


def _links_out(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            link = pathlib.Path(above, name)
            if leads_out(link, folder):
                yield pathlib.Path(os.path.realpath(link))
