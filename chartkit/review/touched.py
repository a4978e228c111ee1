"""Which charts a set of changed files touches: by what each chart, and what is said of it, is made of.

A chart is made of its folder, the folders of its ``file://`` dependencies at any remove, and what links
in them lead to. Its scenarios name values files, its goldens lie in a folder of their own. What
configures the run concerns every chart; a custom resource definition those that speak of its API group.
"""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.config import Config
from chartkit.discover import Plan, PlannedChart
from chartkit.discover.folders import metadata_of
from chartkit.paths import absolute, is_file
from chartkit.repository import Repository
from chartkit.running import keys

DEFINITION: Final = "CustomResourceDefinition"
_GROUP: Final = re.compile(rb"^ {0,8}[\"']?group[\"']?:[ \t]*[\"']?([A-Za-z0-9.-]+)[\"']?\s*$", re.MULTILINE)
_MOST_READ: Final = 16 << 20
_DATA: Final = (".yaml", ".yml", ".json")
_FILE_MISSING: Final = "values-file-missing"


@dataclass(frozen=True, slots=True)
class Changed:
    """The files that have changed, absolute, and every folder above them; *deleted* are those gone."""

    files: frozenset[pathlib.Path]
    above: frozenset[pathlib.Path]
    deleted: frozenset[pathlib.Path]

    def touches(self, path: pathlib.Path) -> bool:
        """Whether *path* is one of the files, holds one, or lies in what has changed as a whole."""
        return path in self.above or any(above in self.files for above in path.parents)


def changed(repository: Repository, paths: Iterable[str]) -> Changed:
    """*paths*, from the root of the repository, with the links that lead to them."""
    files = {repository.root / path for path in paths}
    found = _closed(files)
    real = _closed({pathlib.Path(os.path.realpath(file)) for file in files})
    for path in repository.links() if files else ():
        link = repository.root / path
        if real.touches(pathlib.Path(os.path.realpath(link))):
            files.add(link)
    return _closed(files) if len(files) > len(found.files) else found


def _closed(files: set[pathlib.Path]) -> Changed:
    above = files | {folder for file in files for folder in file.parents}
    gone = frozenset(file for file in files if not os.path.lexists(file))
    return Changed(frozenset(files), frozenset(above), gone)


def roots(chart: pathlib.Path) -> tuple[pathlib.Path, ...]:
    """The folder (or archive) of *chart*, and those of its ``file://`` dependencies, there or not."""
    found, waiting = [chart], [chart]
    while waiting:
        one = waiting.pop()
        for declared in metadata_of(one).dependencies:
            target = absolute(declared.repository.removeprefix("file://"), one)
            if declared.is_local and target not in found:
                found.append(target)
                waiting.append(target)
    return tuple(found)


def charts(
    config: Config, plan: Plan, change: Changed, repository: Repository, old: Mapping[pathlib.Path, bytes]
) -> frozenset[str]:
    """The charts of *plan* that *change* touches, as reports show them; *old* is what deleted files held."""
    if _configures(config, change):
        return frozenset(chart.shown for chart in plan.charts)
    groups = _groups(change, old)
    if "" in groups:
        return frozenset(chart.shown for chart in plan.charts)
    speaking = _holding(repository, groups, plan) if groups else frozenset()
    golden = _golden(config, plan, change)
    return frozenset(
        chart.shown
        for chart in plan.charts
        if chart.shown in speaking or chart.shown in golden or _is_touched(config, chart, change)
    )


def _is_touched(config: Config, chart: PlannedChart, change: Changed) -> bool:
    named = {name for case in chart.cases for name in keys.files_of(case.scenario)}
    lost = {hit.message for hit in chart.hits if hit.rule == _FILE_MISSING}
    return (
        any(change.touches(root) for root in roots(chart.path))
        or any(change.touches(absolute(name, config.cwd)) for name in named)
        or any(repr(file.name)[1:-1] in message for file in change.deleted for message in lost)
    )


def _configures(config: Config, change: Changed) -> bool:
    """Whether a file that concerns every chart has changed: configuration, baseline, policies and theirs."""
    files = [*config.files, *([config.baseline] if config.baseline else [])]
    folders = {policy.parent for policy in config.policies}
    beside = any(file.parent in folders and file.suffix in _DATA for file in change.files)
    return any(change.touches(file) for file in files) or beside


def _golden(config: Config, plan: Plan, change: Changed) -> frozenset[str]:
    if config.golden is None or not change.touches(config.golden):
        return frozenset()
    from chartkit.running import comparison

    folders = comparison.place(config, plan).folders
    return frozenset(path for path, folder in folders.items() if change.touches(config.golden / folder))


def _groups(change: Changed, old: Mapping[pathlib.Path, bytes]) -> frozenset[str]:
    """The API groups of the definitions that have changed; an empty word where one cannot be told."""
    found: set[str] = set()
    for file in change.files:
        content = old.get(file, b"") + _content(file)
        if DEFINITION.encode() in content:
            named = {group.decode() for group in _GROUP.findall(content)}
            found |= named or {""}
    return frozenset(found)


def _content(file: pathlib.Path) -> bytes:
    if file.suffix not in (".yaml", ".yml", ".json", ".tpl") or not is_file(file):
        return b""
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_READ)
    except OSError:
        return b""


def defining(repository: Repository, plan: Plan) -> frozenset[str]:
    """The charts whose files define custom resources, as reports show them."""
    return _holding(repository, [DEFINITION], plan)


def _holding(repository: Repository, words: Collection[str], plan: Plan) -> frozenset[str]:
    inside = [chart for chart in plan.charts if chart.path.is_relative_to(repository.root)]
    folders = {root for chart in inside for root in _inner(chart, repository)}
    looked = {folder.relative_to(repository.root).as_posix() for folder in folders}
    held = {repository.root / path for path in repository.holding([*words], sorted(looked))}
    above = {folder for file in held for folder in file.parents} | held
    return frozenset(chart.shown for chart in inside if not above.isdisjoint(roots(chart.path)))


def _inner(chart: PlannedChart, repository: Repository) -> Iterator[pathlib.Path]:
    return (root for root in roots(chart.path) if root.is_relative_to(repository.root))


def outside(repository: Repository, plan: Plan) -> Iterator[PlannedChart]:
    """The charts of which this repository knows nothing."""
    return (chart for chart in plan.charts if not chart.path.is_relative_to(repository.root))
