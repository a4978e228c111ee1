"""Which charts changed or removed files concern, for hooks, reviews and paths on the command line.

A chart has parts: its folder, those of its ``file://`` dependencies at any remove, what links in them lead
to, the files that its scenarios name, and its goldens. A file concerns the charts of which it is a part, or
lies in one. A custom resource definition concerns those that mention its API group, too. What the whole
run depends on concerns every chart.
"""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.golden import file_names
from chartkit.model.chart_file import CHART_YAML
from chartkit.plan.chart_folders import ChartParts, holder, with_targets
from chartkit.plan.config import BASELINE, Config, configure
from chartkit.system.package import CONFIG_FILES
from chartkit.system.paths import YAML_SUFFIXES, absolute, fits, is_file, is_pattern, repository

_TEXT: Final = (*YAML_SUFFIXES, ".tpl")


@dataclass(frozen=True, slots=True)
class Affected:
    """The *charts* that files concern, or *everything*.

    *orphaned_goldens* are folders of goldens that belong to no chart. *chart_removed* says whether a chart is
    gone, which others may miss although no file of theirs names it.
    """

    charts: frozenset[pathlib.Path] = frozenset()
    everything: bool = False
    orphaned_goldens: frozenset[str] = frozenset()
    chart_removed: bool = False

    def __bool__(self) -> bool:
        return self.everything or bool(self.charts or self.orphaned_goldens)


def may_define(path: pathlib.Path) -> bool:
    """Whether *path* may have the definition of a chart or of a custom resource in it."""
    return path.suffix in _TEXT


class ChartsByFile:
    """The charts of one configuration by the files that concern them; read once, when asked for.

    *charts* are more of them than those of the configuration.
    """

    def __init__(self, config: Config, charts: Iterable[pathlib.Path] = ()) -> None:
        self.config = config
        self._parts = ChartParts(config, charts)

    def affected_by(
        self, paths: Iterable[pathlib.Path], before: Mapping[pathlib.Path, bytes] | None = None
    ) -> Affected:
        """The charts that the files at absolute *paths*, which may be gone, concern.

        *before* is what those that `may_define` were before they changed. Without it they need not have.
        """
        concerned, kinds = set[pathlib.Path](), list[pathlib.Path]()
        orphans, named = set[str](), list[pathlib.Path]()
        for path in dict.fromkeys(paths):
            if self._is_common(path):
                return Affected(everything=True)
            owners = self._parts.owners(path)
            concerned |= owners
            orphans |= self._orphans(path)
            if path.name == CHART_YAML:
                named.append(path)
            if may_define(path) and (owners or self._is_definition(path)):
                kinds.append(path)
        return self._completed(concerned, orphans, named, kinds, before)

    def _completed(
        self,
        concerned: set[pathlib.Path],
        orphans: set[str],
        named: Collection[pathlib.Path],
        kinds: Collection[pathlib.Path],
        before: Mapping[pathlib.Path, bytes] | None,
    ) -> Affected:
        """*concerned* with the charts that files concern by what is in them: names of charts, definitions."""
        removed = [path for path in named if _is_removed_chart(path)]
        groups: frozenset[str] | None = frozenset()
        if kinds:
            from chartkit.plan import crds

            groups = crds.api_groups({path: self._is_definition(path) for path in kinds}, before or {})
        if groups is None:
            return Affected(everything=True)
        if groups:
            concerned |= {*crds.mentioning(groups, self._parts.folders)}
        if self.config.golden is not None:
            concerned |= set() if before is None else {*self._namesakes(named, before)}
            orphans |= {
                folder for path in removed for folder in self._left_by(path, (before or {}).get(path))
            }
        if orphans and not self._names_are_known:
            return Affected(everything=True)
        return Affected(
            frozenset(concerned), orphaned_goldens=frozenset(orphans), chart_removed=bool(removed)
        )

    def _is_common(self, path: pathlib.Path) -> bool:
        """Whether the whole run depends on *path*, or did before it was removed."""
        config = self.config
        if path.name in CONFIG_FILES and config.cwd.is_relative_to(path.parent):
            return True
        if path in self._common or (path.parent in self._policies and path.suffix in YAML_SUFFIXES):
            return True
        return any(_covers(one, path) for one in config.common)

    @functools.cached_property
    def _common(self) -> frozenset[pathlib.Path]:
        """The files that concern every chart, by their names and by where links of these names lead."""
        config = self.config
        home = repository(config.cwd) or config.cwd
        places = {root / place for root in (home, config.root) for place in configure.ct_places()}
        of_ct = places if all(pathlib.Path(one) in places for one in config.common) else set()
        given = config.command_line.files() if config.command_line else ()
        read = {*map(pathlib.Path, config.common), *config.policies}
        named = {absolute(one, config.cwd) for one in (*config.extra_values_files, *given)}
        return frozenset(of_ct | named | self._baseline | with_targets((*read, *named, *self._baseline)))

    @functools.cached_property
    def _baseline(self) -> frozenset[pathlib.Path]:
        """The baseline, also where it is not there any more."""
        if self.config.baseline is False:
            return frozenset()
        return frozenset({self.config.baseline or self.config.root / BASELINE})

    @functools.cached_property
    def _policies(self) -> frozenset[pathlib.Path]:
        """The folders of policies, which may name files beside them."""
        return frozenset(policy.parent for policy in self.config.policies)

    def _is_definition(self, path: pathlib.Path) -> bool:
        """Whether *path* is, or was, among the definitions that the configuration names."""
        if path.suffix not in YAML_SUFFIXES:
            return False
        return path in self._crds or any(_covers(one, path) for one in self.config.crd_sources)

    @functools.cached_property
    def _crds(self) -> frozenset[pathlib.Path]:
        return with_targets(self.config.crds)

    @property
    def charts(self) -> frozenset[pathlib.Path]:
        """All charts that files can concern."""
        return self._parts.charts

    @property
    def _names_are_known(self) -> bool:
        """Whether every Chart.yaml can be read; else a golden may only look as if it had no chart."""
        return all(self._parts.metadata(chart).version for chart in self._parts.recorded.values())

    def _orphans(self, path: pathlib.Path) -> set[str]:
        """The folder of *path* where that is a golden of no chart."""
        root = self.config.golden
        if root is None or path.suffix != file_names.SUFFIX or not path.is_relative_to(root):
            return set()
        folder = path.relative_to(root).parts[0]
        return set() if folder in self._parts.recorded or not is_file(path) else {folder}

    def _left_by(self, removed: pathlib.Path, content: bytes | None) -> Iterator[str]:
        """The folders of goldens of the chart whose Chart.yaml was *removed*; all, if it has no name."""
        name = _name(content)
        of_chart = file_names.folders_for(self.config.golden_folder, self.config.shown(removed.parent), name)
        for folder in file_names.folders_in(self.config.golden_folder):
            if folder not in self._parts.recorded and (not name or folder in of_chart):
                yield folder

    def _namesakes(
        self, named: Collection[pathlib.Path], before: Mapping[pathlib.Path, bytes]
    ) -> Iterator[pathlib.Path]:
        """The charts with a name that another has taken or given up: their goldens have another place now."""
        for path in named:
            now = self._parts.metadata(path.parent).name if is_file(path) else ""
            names = {_name(before.get(path)), now} - {""}
            if len(names) == 2 or not is_file(path) or path not in before:
                charts = self._parts.recorded.values()
                yield from (chart for chart in charts if self._parts.metadata(chart).name in names)


def _is_removed_chart(path: pathlib.Path) -> bool:
    """Whether *path* is the removed Chart.yaml of a chart that was no part of another."""
    if is_file(path):
        return False
    around = holder(path.parent)
    return around is None or not path.is_relative_to(around / "charts")


def _name(content: bytes | None) -> str:
    """The name of the chart with this *content* of Chart.yaml; empty where that is not known."""
    if content is None:
        return ""
    from chartkit.helm.charts import chart_yaml

    read, _ = chart_yaml.read(content)
    return read.name if read else ""


def _covers(pattern: str, path: pathlib.Path) -> bool:
    """Whether *pattern* fits *path*, or is a folder above it."""
    return fits(path, pattern) if is_pattern(pattern) else path.is_relative_to(pattern)
