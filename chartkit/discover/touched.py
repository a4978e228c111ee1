"""Which charts a changed file concerns, also one that is gone.

A file concerns the chart that holds it, the charts whose scenarios name it, those that link to it, and
the one whose render it records; and whatever depends on one of these by ``file://``. What the whole run
depends on concerns every chart.
"""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chartkit.charts.chart_yaml import CHART
from chartkit.config import ChartConfig, Config, FileArgument, configure, ct
from chartkit.discover.folders import charts_below, holder, is_excluded, metadata_of, packed_in
from chartkit.golden import files as golden_files
from chartkit.paths import absolute, fits, is_file, is_folder, is_pattern, leads_out


@dataclass(frozen=True, slots=True)
class Touched:
    """The *charts* that a file concerns, or *everything*."""

    charts: frozenset[pathlib.Path] = frozenset()
    everything: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.charts)


class Map:
    """From files to charts, for one configuration; what that takes is read once, and only when asked for."""

    def __init__(self, config: Config) -> None:
        self.config = config

    def of(self, path: pathlib.Path) -> Touched:
        """What the file at absolute *path*, which may be gone, concerns."""
        if self._is_common(path) or _is_lost_chart(path) or self._is_orphan(path):
            return Touched(everything=True)
        return Touched(frozenset(self._users(self._owners(path))))

    def _is_common(self, path: pathlib.Path) -> bool:
        """Whether the whole run depends on *path*, or did before it was removed."""
        config = self.config
        if path.name in configure.NAMES and config.cwd.is_relative_to(path.parent):
            return True
        if not config.common and any(path == config.root / place for place in ct.places()):
            return True
        given = config.command_line.values_files if config.command_line else ()
        shown = filter(None, (config.file, *config.values_files, *given))
        files = (absolute(one, config.cwd).as_posix() for one in (*shown, *map(str, config.crds)))
        return any(_speaks_of(one, path) for one in (*config.common, *files))

    def _is_orphan(self, path: pathlib.Path) -> bool:
        """Whether *path* is a golden of no chart: only a run over all charts can tell."""
        folder = self._golden_folder(path)
        return folder is not None and folder not in self._recorded and is_file(path)

    def _golden_folder(self, path: pathlib.Path) -> str | None:
        root = self.config.golden
        if root is None or path.suffix != golden_files.SUFFIX or not path.is_relative_to(root):
            return None
        return path.relative_to(root).parts[0]

    def _owners(self, path: pathlib.Path) -> Iterator[pathlib.Path]:
        if chart := holder(path.parent):
            yield chart
        if is_folder(path):  # a module of git, or a link
            yield from charts_below(path)
        if path in self.charts and is_file(path):
            yield path
        folder = self._golden_folder(path)
        if folder in self._recorded:
            yield self._recorded[folder]
        yield from self._named.get(path, ())
        real = pathlib.Path(os.path.realpath(path))
        yield from (chart for chart, target in self._links if real.is_relative_to(target))

    @functools.cached_property
    def charts(self) -> frozenset[pathlib.Path]:
        """Every chart of the configuration, also those that it excludes, also packed ones that it names."""
        roots = self.config.chart_dirs or (self.config.root,)
        return frozenset((*(one for root in roots for one in charts_below(root)), *packed_in(self.config)))

    @functools.cached_property
    def _users(self) -> Callable[[Iterable[pathlib.Path]], set[pathlib.Path]]:
        return users_of(self.charts)

    @functools.cached_property
    def _recorded(self) -> dict[str | None, pathlib.Path]:
        """The charts by their folders of goldens."""
        kept = {self.config.shown(one): one for one in self.charts if not is_excluded(one, self.config)}
        said = ((shown, metadata_of(one)) for shown, one in kept.items())
        pairs = [(shown, each.name) for shown, each in said if each.type != "library"]
        folders = golden_files.folders_of(self.config.golden_folder, pairs)
        return {folder: kept[shown] for shown, folder in folders.items()}

    @functools.cached_property
    def _named(self) -> dict[pathlib.Path, set[pathlib.Path]]:
        """The charts whose scenarios name a file, by that file."""
        found: dict[pathlib.Path, set[pathlib.Path]] = {}
        for entry in self.config.charts:
            files = tuple(_files(entry))
            for chart in self.charts if files else ():
                for file in files if fits(chart, entry.pattern) else ():
                    found.setdefault(absolute(file.path, chart), set()).add(chart)
        return found

    @functools.cached_property
    def _links(self) -> tuple[tuple[pathlib.Path, pathlib.Path], ...]:
        """The charts that have links out of their folders, each with where one leads."""
        return tuple((chart, target) for chart in self.charts for target in _links_out(chart))


def _is_lost_chart(path: pathlib.Path) -> bool:
    """Whether *path* made a chart of its folder: what is left may depend on that chart, and speak of it."""
    if path.name != CHART or is_file(path):
        return False
    around = holder(path.parent)
    return around is None or not path.is_relative_to(around / "charts")


def _speaks_of(pattern: str, path: pathlib.Path) -> bool:
    """Whether *pattern* fits *path*, or is a folder above it."""
    return fits(path, pattern) if is_pattern(pattern) else path.is_relative_to(pattern)


def _files(entry: ChartConfig) -> Iterator[FileArgument]:
    """Every file that *entry* names."""
    yield from entry.values.files if entry.values else ()
    for scenario in entry.scenarios:
        yield from (*scenario.values_files, *scenario.set_files)


def _links_out(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    for above, folders, files in os.walk(folder):
        for name in (*folders, *files):
            link = pathlib.Path(above, name)
            if leads_out(link, folder):
                yield pathlib.Path(os.path.realpath(link))


def users_of(charts: Iterable[pathlib.Path]) -> Callable[[Iterable[pathlib.Path]], set[pathlib.Path]]:
    """A function that adds to charts those of *charts* that depend on them by ``file://``, at any remove."""
    users: dict[pathlib.Path, list[pathlib.Path]] = {}
    for chart in charts:
        for one in metadata_of(chart).dependencies:
            if one.is_local:
                target = absolute(one.repository.removeprefix("file://"), chart)
                users.setdefault(target, []).append(chart)

    def closure(some: Iterable[pathlib.Path]) -> set[pathlib.Path]:
        found = set(some)
        left = [*found]
        while left:
            new = set(users.get(left.pop(), ())) - found
            found |= new
            left += new
        return found

    return closure
