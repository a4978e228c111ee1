"""The charts of a repository as they were at a commit, in a folder of their own with the same paths.

All files of charts are there, and of other files those that a configuration may name. What git is told to
ignore, such as archives of dependencies, is what it is now.
"""

from __future__ import annotations

import contextlib
import functools
import os
import pathlib
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from chartkit.helm.charts import chart_yaml
from chartkit.model.chart_file import CHART_YAML
from chartkit.system.git import LINK, SUBMODULE, Repository, snapshot
from chartkit.system.git.snapshot import TreeEntry, Writer
from chartkit.system.paths import absolute

_SETTINGS: Final = (".yaml", ".yml", ".json")
"""How files end that a configuration may name without naming each, as policies and definitions."""

Incomplete = tuple[tuple[str, str], ...]
"""The files of which not all is there, each with the reason."""


class BaseTree:
    """What *commit* has, to be written into *folder*.

    *changed* are the paths that differ now, *config_files* what configures the run, from the root.
    """

    def __init__(
        self,
        repository: Repository,
        commit: str,
        changed: frozenset[str],
        config_files: Collection[str],
        folder: pathlib.Path,
    ) -> None:
        self.repository = repository
        self.commit = commit
        self.changed = changed
        self.folder = folder
        self._config_files = config_files
        self._written: Incomplete | None = None

    @functools.cached_property
    def entries(self) -> Mapping[str, TreeEntry]:
        return snapshot.tree(self.repository, self.commit)

    @functools.cached_property
    def charts(self) -> Collection[str]:
        """The folders of charts that are not inside of another."""
        found = {_folder(path) for path in self.entries if path.rpartition("/")[2] == CHART_YAML}
        inside = {chart for chart in found if any(f"{one}/charts" in _folders_above(chart) for one in found)}
        return frozenset(found - inside)

    def contents(self, paths: Iterable[str]) -> Mapping[str, bytes]:
        """What those of *paths* had in them that were there."""
        return snapshot.contents_of(self.repository, self.entries, paths)

    @functools.cached_property
    def deleted(self) -> Mapping[str, str]:
        """The folders of charts that are not there any more, with their names."""
        gone = [
            f"{folder}/{CHART_YAML}".lstrip("/")
            for folder in sorted(self.charts)
            if not os.path.lexists(self.repository.root / folder / CHART_YAML)
        ]
        read = {path: chart_yaml.read(content)[0] for path, content in self.contents(gone).items()}
        return {_folder(path): one.name for path, one in read.items() if one}

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

    def place(self, path: pathlib.Path) -> pathlib.Path:
        """Where *path* of now is in the folder; itself where it is outside of the repository."""
        full = absolute(str(path), self.repository.root)
        if not full.is_relative_to(self.repository.root):
            return full
        return self.folder / full.relative_to(self.repository.root)

    def write(self, moved: Mapping[str, str]) -> Incomplete:
        """Write it, once, the charts in folders that *moved* names into those of now."""
        if self._written is None:
            target = functools.partial(_target, moved)
            (self.folder / ".git").mkdir(parents=True, exist_ok=True)  # here a repository begins
            with contextlib.suppress(OSError):  # whose it is decides which charts are taken for dependencies
                shutil.copyfile(self.repository.root / ".git/config", self.folder / ".git/config")
            writer = Writer(self.repository, self.entries, self.changed, self.folder)
            self._written = tuple(writer.write(sorted({*self._paths()}), target))
            self._copy_ignored(target)
        return self._written

    def _paths(self) -> Iterator[str]:
        config = b"\n".join(self.contents(self._config_files).values())
        wanted = {*self.charts, *self._link_targets()}
        for path, entry in self.entries.items():
            name = path.rpartition("/")[2]
            named = name.endswith(_SETTINGS) or os.fsencode(name) in config
            inside = path in wanted or not _folders_above(path).isdisjoint(wanted)
            if named or inside or entry.mode in (LINK, SUBMODULE):
                yield path

    def _link_targets(self) -> frozenset[str]:
        """What links in charts lead to."""
        links = [
            path
            for path, entry in self.entries.items()
            if entry.mode == LINK and not _folders_above(path).isdisjoint(self.charts)
        ]
        ends = self.contents(links).items()
        return frozenset(os.path.normpath(f"{_folder(path)}/{os.fsdecode(end)}") for path, end in ends)

    def _copy_ignored(self, target: Callable[[str], str]) -> None:
        """Copy what git knows nothing of, such as archives of dependencies."""
        for path in self.repository.ignored(sorted(self.charts)):
            source, goal = self.repository.root / path, self.folder / target(path)
            if source.is_file() and not source.is_symlink():
                with contextlib.suppress(OSError):
                    goal.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, goal)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _folders_above(path: str) -> frozenset[str]:
    """The folders that *path* is in; the root is ``""``."""
    folders = {""}
    while path := _folder(path):
        folders.add(path)
    return frozenset(folders)


def _target(moved: Mapping[str, str], path: str) -> str:
    for old, new in moved.items():
        if path.startswith(f"{old}/"):
            return f"{new}/{path.removeprefix(f'{old}/')}"
    return path
