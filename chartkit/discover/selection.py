"""Which charts the paths of a command line mean."""

from __future__ import annotations

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartkit.charts import archive, chart_yaml
from chartkit.charts.chart_yaml import Metadata
from chartkit.config import Config
from chartkit.errors import NoChart
from chartkit.paths import TooManyFiles, absolute, expand, files_and_folders, fits, is_file, is_folder

_PACKED: Final = (".tgz", ".tar.gz")
_MAX_METADATA: Final = 1 << 20
_HINT: Final = "name a folder with a Chart.yaml, a packed chart, or a folder above charts"


@dataclass(frozen=True, slots=True)
class Selection:
    """The *charts* that are meant, and those *excluded* by the configuration; absolute, sorted.

    *strangers* are files that were named and belong to no chart. *whole* says whether no path was
    named at the root of the configuration. *closed* are folders that cannot be read.
    """

    charts: tuple[pathlib.Path, ...]
    excluded: tuple[pathlib.Path, ...] = ()
    strangers: tuple[str, ...] = ()
    whole: bool = False
    closed: tuple[str, ...] = ()


def select(config: Config, paths: Sequence[str]) -> Selection:
    """The charts that *paths* mean, those of the whole configuration where there are none.

    A file means the chart that holds it, and those that depend on that one by ``file://``. A chart
    that is named itself is taken even where it is excluded. Raises NoChart.
    """
    named = [absolute(path, config.cwd) for path in paths]
    if any(config.file and path == absolute(config.file, config.cwd) for path in named):
        named = []  # its settings concern every chart
    whole = not named and config.cwd == config.root
    roots = named or (list(config.chart_dirs or [config.root]) if whole else [config.cwd])
    found = _Found(config)
    for path in roots:
        found.add(path, named=bool(named))
    if whole:  # archives are not looked for, only taken where the configuration speaks of them
        for entry in config.charts:
            if entry.pattern.endswith(_PACKED):
                with contextlib.suppress(TooManyFiles):
                    found.sort(expand(entry.pattern, config.root, _PACKED))
    if not (found.charts or found.excluded):
        where = ", ".join(repr(config.shown(path)) for path in roots)
        raise NoChart(f"there is no chart in {where}", _hint(config, roots))
    return Selection(
        tuple(sorted(found.charts)),
        tuple(sorted(found.excluded - found.charts)),
        tuple(found.strangers),
        whole,
        tuple(dict.fromkeys(found.closed)),
    )


def _hint(config: Config, roots: Sequence[pathlib.Path]) -> str:
    """What to name instead; archives are judged where they are named."""
    files = (root / name for root in roots for name in files_and_folders(root)[0])
    packed = next((file for file in files if file.name.endswith(_PACKED)), None)
    return f"name the packed charts that are meant, as {config.shown(packed)}" if packed else _HINT


class _Found:
    """Gathers charts path by path."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.charts: set[pathlib.Path] = set()
        self.excluded: set[pathlib.Path] = set()
        self.strangers: list[str] = []
        self.closed: list[str] = []
        self.users: Callable[[pathlib.Path], set[pathlib.Path]] | None = None

    def add(self, path: pathlib.Path, *, named: bool) -> None:
        if is_folder(path):
            self.add_folder(path, named=named)
        elif not os.path.lexists(path):
            raise NoChart(f"there is no {self.config.shown(path)!r}", _HINT)
        elif path.name.endswith(_PACKED):
            self.charts.add(path)
        else:
            self.add_file(path)

    def add_folder(self, path: pathlib.Path, *, named: bool) -> None:
        if named and is_chart(path):
            self.charts.add(path)
            return
        below = list(charts_below(path, lambda folder: self.closed.append(self.config.shown(folder))))
        inside = None if below else holder(path)
        if inside:
            self.charts.add(inside)
        elif named and not below:
            raise NoChart(f"there is no chart in {self.config.shown(path)!r}", _hint(self.config, [path]))
        self.sort(below)

    def add_file(self, path: pathlib.Path) -> None:
        chart = holder(path.parent)
        if chart is None:
            self.strangers.append(self.config.shown(path))
            return
        if self.users is None:
            roots = self.config.chart_dirs or (self.config.root,)
            self.users = users_of({one for root in roots for one in charts_below(root)})
        self.sort(self.users(chart))

    def sort(self, charts: Iterable[pathlib.Path]) -> None:
        for chart in charts:
            (self.excluded if is_excluded(chart, self.config) else self.charts).add(chart)


def charts_below(
    root: pathlib.Path, closed: Callable[[pathlib.Path], None] = lambda _: None
) -> Iterator[pathlib.Path]:
    """Every chart folder in *root*, itself included; *closed* is told of folders that cannot be read."""
    from chartkit import charts

    return charts.find(root, closed)


def is_chart(path: pathlib.Path) -> bool:
    """Whether *path* is a chart's folder or looks like a packed chart."""
    return is_file(path / "Chart.yaml") or (path.name.endswith(_PACKED) and is_file(path))


def holder(folder: pathlib.Path) -> pathlib.Path | None:
    """The chart that holds *folder*; of a chart in another's ``charts/`` the outer one."""
    chart = next((above for above in (folder, *folder.parents) if is_chart(above)), None)
    while chart is not None and chart.parent.name == "charts" and is_chart(chart.parent.parent):
        chart = chart.parent.parent
    return chart


def is_excluded(chart: pathlib.Path, config: Config) -> bool:
    """Whether a pattern of ``excluded-charts`` fits the chart's folder, or (with a slash) one above it."""
    for pattern in config.excluded_charts:
        if "/" not in pattern:
            if fits(pathlib.PurePosixPath(chart.name), pattern):
                return True
        elif any(fits(above, pattern) for above in (chart, *chart.parents)):
            return True
    return False


def users_of(charts: set[pathlib.Path]) -> Callable[[pathlib.Path], set[pathlib.Path]]:
    """A function that gives a chart and those of *charts* that depend on it by ``file://``, at any remove."""
    users: dict[pathlib.Path, list[pathlib.Path]] = {}
    for chart in charts:
        for one in metadata_of(chart).dependencies:
            if one.is_local:
                target = absolute(one.repository.removeprefix("file://"), chart)
                users.setdefault(target, []).append(chart)

    def closure(chart: pathlib.Path) -> set[pathlib.Path]:
        found, left = {chart}, [chart]
        while left:
            new = set(users.get(left.pop(), ())) - found
            found |= new
            left += new
        return found

    return closure


def metadata_of(chart: pathlib.Path) -> Metadata:
    """What Chart.yaml says; the folder's name alone where it cannot be read, which is a finding elsewhere."""
    files = _packed(chart) if is_file(chart) else _loose(chart)
    found, _ = chart_yaml.read(*files)
    return found or Metadata(name=chart.name.removesuffix(".tgz"), version="")


def _loose(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    return _content(chart / chart_yaml.CHART), _content(chart / chart_yaml.REQUIREMENTS)


def _content(path: pathlib.Path) -> bytes | None:
    try:
        with path.open("rb") as stream:
            return stream.read(_MAX_METADATA)
    except OSError:
        return None


def _packed(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    try:
        with chart.open("rb") as stream:
            files = archive.unpack(stream.read(archive.MAX_CHART + 1), archive.Budget()).files
    except (archive.ArchiveFault, OSError):
        return None, None
    return files.get(chart_yaml.CHART), files.get(chart_yaml.REQUIREMENTS)
