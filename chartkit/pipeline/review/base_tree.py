"""The charts as they were at a commit, in a folder of their own with the same paths.

Of other charts only what says what they depend on is there; of other files those that a configuration may
name. What git is told to ignore, such as archives of dependencies, is what it is now.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.helm.charts import chart_yaml
from chartkit.helm.charts.dependency_sources import Siblings
from chartkit.helm.charts.node import CHART, REQUIREMENTS
from chartkit.plan.chart_folders import roots
from chartkit.system.git import LINK, SUBMODULE, Repository, snapshot
from chartkit.system.git.snapshot import Entry, Writer
from chartkit.system.paths import absolute

if TYPE_CHECKING:
    from chartkit.pipeline.review.reviewing import Review

_NAMED: Final = (CHART, REQUIREMENTS)
_PLAIN: Final = (".yaml", ".yml", ".json")


class Before:
    """What *commit* has; *changed* are the paths that differ now, *configured* what configures the run."""

    def __init__(
        self,
        repository: Repository,
        commit: str,
        changed: frozenset[str],
        configured: Collection[str],
        folder: pathlib.Path,
    ) -> None:
        self.repository = repository
        self.commit = commit
        self.changed = changed
        self.folder = folder
        self._configured = configured
        self._lacking: tuple[tuple[str, str], ...] | None = None

    @functools.cached_property
    def entries(self) -> Mapping[str, Entry]:
        return snapshot.tree(self.repository, self.commit)

    @functools.cached_property
    def charts(self) -> Mapping[str, str]:
        """The folders of charts that are not inside of another, with the object that is their Chart.yaml."""
        found = {
            os.path.dirname(path): entry.name  # noqa: PTH120
            for path, entry in self.entries.items()
            if path.rpartition("/")[2] == CHART
        }
        return {folder: name for folder, name in found.items() if not _is_inside(folder, found)}

    def contents(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """What those of *paths* held that were there."""
        return snapshot.held(self.repository, self.entries, paths)

    @functools.cached_property
    def deleted(self) -> Mapping[str, str]:
        """The folders of charts that are not there any more, with their names."""
        gone = [
            f"{folder}/{CHART}".lstrip("/")
            for folder in self.charts
            if not os.path.lexists(self.repository.root / folder / CHART)
        ]
        read = {path: chart_yaml.read(content)[0] for path, content in self.contents(gone).items()}
        return {os.path.dirname(path): one.name for path, one in read.items() if one}  # noqa: PTH120

    def moved(self, now: Mapping[str, str]) -> Mapping[str, str]:
        """Where the deleted charts went: from old folder to new one; *now* are the folders by name of now."""
        names = list(self.deleted.values())
        new = {folder: name for folder, name in now.items() if folder not in self.charts}
        found = {}
        for old, name in self.deleted.items():
            folders = [folder for folder, other in new.items() if other == name]
            if len(folders) == 1 and names.count(name) == 1:
                found[old] = folders[0]
        return found

    def ready(self, review: Review) -> tuple[tuple[str, str], ...]:
        """Write what *review* needs, once; gives the files of which not all is there, with the reason."""
        if self._lacking is None:
            charts = (*review.scope.plan.charts, *review.beside)
            folders = {self._relative(chart.path) for chart in charts}
            wanted = None if review.scope.together else {one for one in folders if one is not None}
            self._lacking = self.write(wanted, review.moved)
        return self._lacking

    def _relative(self, path: pathlib.Path) -> str | None:
        if not path.is_relative_to(self.repository.root):
            return None
        relative = path.relative_to(self.repository.root).as_posix()
        return "" if relative == "." else relative

    def write(self, wanted: Collection[str] | None, moved: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Write the charts in the folders *wanted* (None: all of them), and all that they need.

        Gives the files of which not all is there, each with the reason.
        """
        writer = Writer(self.repository, self.entries, self.changed, self.folder)
        target = functools.partial(_target, moved)
        (self.folder / ".git").mkdir(parents=True, exist_ok=True)  # here a repository begins
        with contextlib.suppress(OSError):  # whose it is decides which charts are taken for dependencies
            shutil.copyfile(self.repository.root / ".git/config", self.folder / ".git/config")
        first = list(self._first())
        lacking = [*writer.write(first, target)]
        old = {new: before for before, new in moved.items()}
        folders = {*self.charts} if wanted is None else {old.get(one, one) for one in wanted}
        folders = {inner for one in folders for inner in self._needed(one, moved)}
        rest = self._below(folders) - {*first}
        lacking += writer.write(sorted(rest), target)
        self._ignored(sorted(folders), target)
        return tuple(lacking)

    def _first(self) -> Iterator[str]:
        """What says which charts there are and what they depend on, and what the configuration may name."""
        text = b"\n".join(self.contents(self._configured).values())
        folders = {*self.charts}
        for path, entry in self.entries.items():
            name = path.rpartition("/")[2]
            outside = not _is_inside(path, folders, charts=False)
            named = name.endswith(_PLAIN) or os.fsencode(name) in text
            links = entry.mode in (LINK, SUBMODULE)
            if name in _NAMED or (outside and (named or links)):
                yield path

    def _needed(self, folder: str, moved: Mapping[str, str]) -> Iterator[str]:
        """The chart in *folder* and those of the repository that it depends on, by what it said then."""
        at = self.folder / moved.get(folder, folder)
        yield folder
        for root in roots(at, siblings=self._siblings):
            if root != at and root.is_relative_to(self.folder):
                yield root.relative_to(self.folder).as_posix()

    @functools.cached_property
    def _siblings(self) -> Siblings:
        """The charts of then, once what they are called is written."""
        return Siblings(self.folder, always=True)

    def _below(self, folders: Collection[str]) -> set[str]:
        """The files in *folders*, and those that links in them lead to."""
        found = {path for path in self.entries if _is_inside(path, folders, charts=False)}
        links = [path for path in found if self.entries[path].mode == LINK]
        ends = ((path.rpartition("/")[0], end) for path, end in self.contents(links).items())
        targets = {os.path.normpath(f"{above}/{os.fsdecode(end)}") for above, end in ends}
        return found | {path for path in self.entries if targets and _is_inside(path, targets, charts=False)}

    def _ignored(self, folders: Sequence[str], target: functools.partial[str]) -> None:
        """Copy what git knows nothing of, such as archives of dependencies."""
        for path in self.repository.ignored(folders):
            source, goal = self.repository.root / path, self.folder / target(path)
            if source.is_file() and not source.is_symlink():
                with contextlib.suppress(OSError):
                    goal.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, goal)

    def place(self, path: pathlib.Path) -> pathlib.Path:
        """Where *path* of now is in the folder; itself where it is outside of the repository."""
        full = absolute(str(path), self.repository.root)
        if not full.is_relative_to(self.repository.root):
            return full
        return self.folder / full.relative_to(self.repository.root)


def _is_inside(path: str, folders: Collection[str], *, charts: bool = True) -> bool:
    """Whether *path* is in one of *folders*; with *charts*, in the ``charts/`` of one of them."""
    if not charts and (path in folders or "" in folders):
        return True
    at = path
    while at:
        at, _, name = at.rpartition("/")
        if at in folders and (name == "charts" or not charts) and at != path:
            return True
    return False


def _target(moved: Mapping[str, str], path: str) -> str:
    for old, new in moved.items():
        if path.startswith(f"{old}/"):
            return f"{new}/{path.removeprefix(f'{old}/')}"
    return path
