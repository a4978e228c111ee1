"""What is a chart, what Chart.yaml says of it, and the files and folders of which it is made."""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Final

from chartkit.golden import file_names
from chartkit.helm.charts import archive, chart_yaml
from chartkit.helm.charts.folder import repository
from chartkit.helm.charts.node import Metadata, Requirement
from chartkit.model.chart_file import CHART_YAML, PACKED, REQUIREMENTS_YAML, is_packed
from chartkit.plan.config import Config
from chartkit.plan.config.entries import ChartConfig, FileArgument
from chartkit.system.paths import (
    TooManyFiles,
    absolute,
    content,
    expand,
    files_and_folders,
    fits,
    is_file,
    leads_out,
)

if TYPE_CHECKING:
    from chartkit.helm.charts.dependency_sources import Siblings

_MAX_METADATA: Final = 1 << 20


def charts_below(
    root: pathlib.Path, unreadable: Callable[[pathlib.Path], None] = lambda _: None
) -> Iterator[pathlib.Path]:
    """Every chart folder in *root*, itself included; *unreadable* is given folders that cannot be read."""
    from chartkit.helm import charts

    return charts.find(root, unreadable)


def packed_in(config: Config) -> Iterator[pathlib.Path]:
    """The packed charts that *config* names; they are not looked for."""
    for entry in config.charts:
        if is_packed(entry.pattern):
            with contextlib.suppress(TooManyFiles):
                yield from expand(entry.pattern, config.root, PACKED)


def siblings_of(config: Config) -> Siblings | None:
    """The charts of the checkout, from which dependencies are taken; None where *config* says not to."""
    if config.siblings is False:
        return None
    from chartkit.helm.charts.dependency_sources import Siblings

    return Siblings(config.root, always=config.siblings is True)


def is_chart(path: pathlib.Path) -> bool:
    """Whether *path* is a chart's folder or looks like a packed chart."""
    return is_file(path / "Chart.yaml") or (is_packed(path.name) and is_file(path))


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


def metadata_of(chart: pathlib.Path) -> Metadata:
    """What Chart.yaml says; the folder's name alone where it cannot be read, which is a finding elsewhere."""
    files = _packed(chart) if is_file(chart) else _loose(chart)
    found, _ = chart_yaml.read(*files)
    return found or Metadata(name=chart.name.removesuffix(".tgz"), version="")


def roots(
    chart: pathlib.Path,
    read: Callable[[pathlib.Path], Metadata] = metadata_of,
    siblings: Siblings | None = None,
) -> tuple[pathlib.Path, ...]:
    """The folder (or archive) of *chart*, and those of its ``file://`` dependencies, there or not.

    Also where ``charts/`` holds a copy, which is compared with its source, and of the charts in there. Of
    *siblings* those that stand for what ``charts/`` does not hold.
    """
    found, waiting = [chart], [chart]
    while waiting:
        one = waiting.pop()
        below = (part.parent for part in sorted(one.glob(f"charts/*/{CHART_YAML}")))
        waiting += (part for part in below if not part.is_symlink())  # which may lead round
        for declared in read(one).dependencies:
            target = _source(declared, one, siblings)
            if target is not None and target not in found:
                found.append(target)
                waiting.append(target)
    return tuple(found)


def _source(declared: Requirement, chart: pathlib.Path, siblings: Siblings | None) -> pathlib.Path | None:
    """The folder outside of *chart* that a dependency is read from."""
    if declared.is_local:
        return absolute(declared.repository.removeprefix("file://"), chart)
    if siblings is None or _is_vendored(declared.name, chart):
        return None
    real = pathlib.Path(os.path.realpath(chart))
    sibling = siblings.find(declared, str(real))
    if sibling is None or sibling.of_other_owner:
        return None
    return absolute(os.path.relpath(sibling.folder, real), chart)


def _is_vendored(name: str, chart: pathlib.Path) -> bool:
    """Whether ``charts/`` seems to hold a chart called *name*."""
    files, below = files_and_folders(chart / "charts")
    return name in below or any(file.startswith(f"{name}-") and file.endswith(".tgz") for file in files)


def _loose(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    return _content(chart / CHART_YAML), _content(chart / REQUIREMENTS_YAML)


def _content(path: pathlib.Path) -> bytes | None:
    if path.is_symlink() and leads_out(path, repository(path.parent)):
        return None  # of other charts not even the name is shown
    try:
        return content(path, _MAX_METADATA)
    except OSError:
        return None


def _packed(chart: pathlib.Path) -> tuple[bytes | None, bytes | None]:
    try:
        files = archive.unpack(content(chart, archive.MAX_CHART + 1), archive.ChartBudget()).files
    except (archive.ArchiveError, OSError):
        return None, None
    return files.get(CHART_YAML), files.get(REQUIREMENTS_YAML)


class ChartParts:
    """The parts of every chart of a configuration, and of *more*; they are read once, when asked for."""

    def __init__(self, config: Config, more: Iterable[pathlib.Path]) -> None:
        self.config = config
        self._more = frozenset(more)
        self.metadata = functools.cache(metadata_of)

    def owners(self, path: pathlib.Path) -> frozenset[pathlib.Path]:
        """The charts of which *path* is a part or in one; or that have one in it, if it is not plain."""
        found = {chart} if (chart := holder(path.parent)) else set[pathlib.Path]()
        for one in with_targets((path,)):
            for above in (one, *one.parents):
                found |= self._parts.get(above, frozenset())
            if not is_file(path):  # a module of git, or a link
                found |= self._around.get(one, frozenset())
        return frozenset(found)

    @functools.cached_property
    def charts(self) -> frozenset[pathlib.Path]:
        """Every chart of the configuration, also those that it excludes, also packed ones that it names."""
        config = self.config
        found = (one for root in config.chart_dirs or (config.root,) for one in charts_below(root))
        return frozenset((*found, *packed_in(config), *self._more))

    @functools.cached_property
    def folders(self) -> Mapping[pathlib.Path, tuple[pathlib.Path, ...]]:
        """The folders of each chart and of what it depends on."""
        siblings = siblings_of(self.config)
        return {chart: roots(chart, self.metadata, siblings) for chart in self.charts}

    @functools.cached_property
    def _parts(self) -> Mapping[pathlib.Path, set[pathlib.Path]]:
        """The charts by the files and folders that are parts of them."""
        found: dict[pathlib.Path, set[pathlib.Path]] = {}
        links = functools.cache(lambda folder: (*with_targets((folder,)), *_links_out(folder)))
        for chart, folders in self.folders.items():
            for part in (part for folder in folders for part in links(folder)):
                found.setdefault(part, set()).add(chart)
        for place, chart in (*self._golden_folders(), *self._files_of_scenarios()):
            for part in with_targets((place,)):
                found.setdefault(part, set()).add(chart)
        return found

    def _golden_folders(self) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
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

    def _files_of_scenarios(self) -> Iterator[tuple[pathlib.Path, pathlib.Path]]:
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
        kept = {config.shown(one): one for one in self.charts if not is_excluded(one, config)}
        described = ((shown, self.metadata(one)) for shown, one in kept.items())
        pairs = [(shown, each.name) for shown, each in described if each.type != "library"]
        places = file_names.folders_of(self.config.golden_folder, pairs)
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
