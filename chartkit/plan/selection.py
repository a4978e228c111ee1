"""Which charts the paths of a command line mean."""

from __future__ import annotations

import functools
import os
import pathlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.model.chart_file import is_packed
from chartkit.model.errors import NoChart
from chartkit.plan.affected import Affected, ChartsByFile
from chartkit.plan.chart_folders import charts_below, holder, is_chart, is_excluded, packed_in
from chartkit.plan.config import Config
from chartkit.system.paths import absolute, files_and_folders, fits, is_folder, repository

_HINT: Final = "name a folder with a Chart.yaml, a packed chart, or a folder above charts"


@dataclass(frozen=True, slots=True)
class Selection:
    """The *charts* that are meant, and those *excluded* by the configuration; absolute, sorted.

    *unowned_files* are files that were named and belong to no chart. *whole* says whether no path was
    named at the root of the configuration. *orphaned_goldens* are folders of goldens that belong to no
    chart, as far as files of theirs were named or have changed. *chart_removed* says whether a chart is
    gone, which others may miss.
    """

    charts: tuple[pathlib.Path, ...]
    excluded: tuple[pathlib.Path, ...] = ()
    unowned_files: tuple[str, ...] = ()
    whole: bool = False
    unreadable_folders: tuple[str, ...] = ()
    orphaned_goldens: frozenset[str] = frozenset()
    chart_removed: bool = False


def select(config: Config, paths: Sequence[str]) -> Selection:
    """The charts that *paths* mean, or that `Config.changed` concerns; where there is neither, all there are.

    A file means the charts that it concerns. A chart that is named itself is taken even where it is
    excluded. Raises NoChart; but none need be left where charts are removed.
    """
    found = _Selecting(config)
    if config.changed is not None:
        found.add_changed(config.changed)
        return found.whole() if found.everything else found.selection()
    if remote := next((path for path in paths if "://" in path), None):
        hint = f"fetch it first, as with `helm pull {remote}`, and name the archive"
        raise NoChart(f"{remote!r} is no chart on this machine", hint)
    named = [_without_links(absolute(path, config.cwd), config) for path in paths]
    for path in named:
        found.add(path, named=True)
    if found.everything or (not named and config.cwd == config.root):
        found.whole()
        return found.checked(config.chart_dirs or (config.root,), whole=True)
    if not named:
        found.add(config.cwd, named=False)
    return found.checked(named or (config.cwd,))


def surrounding(config: Config, charts: Collection[pathlib.Path]) -> tuple[pathlib.Path, ...]:
    """All charts of the configuration, with which *charts* are checked, whatever was named.

    Of a chart that lies outside of it those in the same repository; so of all where nothing configures
    the run.
    """
    found = _Selecting(config)
    roots = config.chart_dirs or (config.root,)
    apart = [chart for chart in charts if not any(map(chart.is_relative_to, (config.root, *roots)))]
    if len(apart) < len(charts) or not charts:
        found.whole()
    homes = apart if config.file else charts or (config.root,)
    for home in dict.fromkeys(map(repository, homes)):
        if home is not None:
            found.add(home, named=False)
    return found.selection().charts


def _without_links(path: pathlib.Path, config: Config) -> pathlib.Path:
    """*path* without the links that lead to a folder below the configuration.

    So a chart is the same one, with the same settings, whatever it is called by.
    """
    folder = path if is_folder(path) else path.parent
    real, root = (pathlib.Path(os.path.realpath(one)) for one in (folder, config.root))
    if not real.is_relative_to(root) or any(fits(path, entry.pattern) for entry in config.charts):
        return path
    return config.root / real.relative_to(root) / path.relative_to(folder)


def _hint(config: Config, roots: Sequence[pathlib.Path]) -> str:
    """What to name instead; archives are judged where they are named."""
    files = (root / name for root in roots for name in files_and_folders(root)[0])
    packed = next((file for file in files if is_packed(file.name)), None)
    return f"name the packed charts that are meant, as {config.shown(packed)}" if packed else _HINT


class _Selecting:
    """Gathers charts path by path; *everything* where one of them concerns every chart."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.charts: set[pathlib.Path] = set()
        self.excluded: set[pathlib.Path] = set()
        self.unowned_files: list[str] = []
        self.unreadable_folders: list[str] = []
        self.everything = False
        self.orphaned_goldens: set[str] = set()
        self.chart_removed = False

    @functools.cached_property
    def by_file(self) -> ChartsByFile:
        return ChartsByFile(self.config)

    def selection(self, *, whole: bool = False) -> Selection:
        return Selection(
            tuple(sorted(self.charts)),
            tuple(sorted(self.excluded - self.charts)),
            tuple(self.unowned_files),
            whole,
            tuple(dict.fromkeys(self.unreadable_folders)),
            frozenset() if whole else frozenset(self.orphaned_goldens),
            self.chart_removed,
        )

    def checked(self, roots: Sequence[pathlib.Path], *, whole: bool = False) -> Selection:
        """The selection from *roots*, where there must be a chart."""
        if not (self.charts or self.excluded or self.orphaned_goldens):
            where = ", ".join(repr(self.config.shown(path)) for path in roots)
            raise NoChart(f"there is no chart in {where}", _hint(self.config, roots))
        return self.selection(whole=whole)

    def whole(self) -> Selection:
        """Every chart of the configuration; packed ones only where it names them."""
        for path in self.config.chart_dirs or (self.config.root,):
            self.add(path, named=False)
        self.add_charts(packed_in(self.config))
        return self.selection(whole=True)

    def add(self, path: pathlib.Path, *, named: bool) -> None:
        if is_folder(path):
            self.add_folder(path, named=named)
        elif not os.path.lexists(path):
            raise NoChart(f"there is no {self.config.shown(path)!r}", self._instead(path))
        elif is_packed(path.name):
            self.charts.add(path)
        else:
            self.add_file(path)

    def _instead(self, path: pathlib.Path) -> str:
        """What to name instead of *path*, which is not there: for Helm it may be a chart of a repository."""
        shown = self.config.shown(path)
        if not re.fullmatch(r"[\w-]+/[\w-]+", shown) or path.parent.exists():
            return _HINT
        return f"{_HINT}; fetch a chart of a repository first, as with `helm pull {shown}`"

    def add_folder(self, path: pathlib.Path, *, named: bool) -> None:
        if named and is_chart(path):
            self.charts.add(path)
            return
        below = list(
            charts_below(path, lambda folder: self.unreadable_folders.append(self.config.shown(folder)))
        )
        inside = None if below else holder(path)
        if inside:
            self.charts.add(inside)
        elif named and not below:
            raise NoChart(f"there is no chart in {self.config.shown(path)!r}", _hint(self.config, [path]))
        self.add_charts(below)

    def add_file(self, path: pathlib.Path) -> None:
        affected = self.add_affected(path)
        self.add_charts(affected.charts)
        if not affected:
            self.unowned_files.append(self.config.shown(path))

    def add_changed(self, paths: Iterable[pathlib.Path]) -> None:
        """The charts of the configuration that *paths* concern: files, also such as are gone, and modules."""
        affected = self.add_affected(*paths, before=self.config.before)
        self.add_charts(affected.charts & self.by_file.charts if affected.charts else ())
        self.chart_removed = affected.chart_removed

    def add_affected(
        self, *paths: pathlib.Path, before: Mapping[pathlib.Path, bytes] | None = None
    ) -> Affected:
        affected = self.by_file.affected_by(paths, before)
        self.everything = self.everything or affected.everything
        self.orphaned_goldens |= affected.orphaned_goldens
        return affected

    def add_charts(self, charts: Iterable[pathlib.Path]) -> None:
        for chart in charts:
            (self.excluded if is_excluded(chart, self.config) else self.charts).add(chart)
