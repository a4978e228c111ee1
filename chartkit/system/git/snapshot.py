"""Writes files of a commit into a folder, from git's objects: nothing is checked out, no filter is run.

What has not changed since is taken from the work tree, where filters have made of it what charts need
(Git LFS). Paths come from a commit that may be anybody's: none leads out of the folder.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.system.git import LINK, SUBMODULE, Repository, names

LARGEST: Final = 64 << 20
"""Bytes of a file that is written at most."""

_BATCH: Final = 500
_POINTER: Final = b"version https://git-lfs.github.com/spec/v1\n"
_LFS: Final = "it is in Git LFS, and only the pointer to it is in this clone"
_NO_SUBMODULE: Final = "it is a submodule that has changed since"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """What a commit has at a path: git's *mode* and the name of the object."""

    mode: str
    name: str


def tree(repository: Repository, commit: str) -> Mapping[str, TreeEntry]:
    """Every file of *commit* by its path from the root, sorted; those with unsafe paths are left out."""
    listed = names(repository.git("ls-tree", "-r", "-z", "--full-tree", commit))
    found = {}
    for entry in listed:
        head, _, path = entry.partition("\t")
        mode, _, name = head.split(" ")
        if _is_safe(path):
            found[path] = TreeEntry(mode, name)
    return dict(sorted(found.items()))


def _is_safe(path: str) -> bool:
    parts = path.split("/")
    unsafe = {"", ".", ".."}
    odd = os.name == "nt" and ("\\" in path or ":" in path)
    return not odd and not any(part in unsafe or part.lower() == ".git" for part in parts)


def contents(repository: Repository, objects: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """What *objects* (names) hold; those that the clone lacks are left out."""
    wanted = [*dict.fromkeys(objects)]
    for start in range(0, len(wanted), _BATCH):
        given = "".join(f"{name}\n" for name in wanted[start : start + _BATCH]).encode()
        yield from _batch(repository.git("cat-file", "--batch", given=given))


def contents_of(
    repository: Repository, entries: Mapping[str, TreeEntry], paths: Iterable[str]
) -> Mapping[str, bytes]:
    """What those of *paths* held that are among *entries*."""
    wanted = {path: entries[path].name for path in paths if path in entries}
    found = dict(contents(repository, wanted.values()))
    return {path: found[name] for path, name in wanted.items() if name in found}


def _batch(answer: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(answer):
        end = answer.index(b"\n", at)
        head = answer[at:end].split()
        at = end + 1
        if len(head) == 3:
            size = int(head[2])
            yield head[0].decode("ascii"), answer[at : at + size]
            at += size + 1


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes into *folder* what a commit with *entries* has; *changed* are the paths that differ now."""

    repository: Repository
    entries: Mapping[str, TreeEntry]
    changed: frozenset[str]
    folder: pathlib.Path

    def write(
        self, paths: Iterable[str], moved: Callable[[str], str] = lambda path: path
    ) -> Iterator[tuple[str, str]]:
        """Write *paths*, each where *moved* says; gives those of which not all is there, with the reason.

        Links come last, so that none of them is written through, nor is one of an earlier call.
        """
        wanted = [path for path in paths if path in self.entries]
        links = [path for path in wanted if self.entries[path].mode == LINK]
        modules = [path for path in wanted if self.entries[path].mode == SUBMODULE]
        left = [path for path in wanted if not self._copied(path, moved(path))]
        plain = [path for path in left if self.entries[path].mode not in (LINK, SUBMODULE)]
        yield from self._blobs(plain, moved)
        for path in modules:
            if not self._module(path, moved(path)):
                yield path, _NO_SUBMODULE
        self._links(links, moved)

    def _copied(self, path: str, target: str) -> bool:
        """Whether the file is as it was, and copied."""
        source = self.repository.root / path
        entry = self.entries[path]
        if entry.mode in (LINK, SUBMODULE) or path in self.changed or source.is_symlink():
            return False
        try:
            shutil.copyfile(source, self._made(target))
        except OSError:  # not checked out, as in a sparse work tree
            return False
        return True

    def _blobs(self, paths: Collection[str], moved: Callable[[str], str]) -> Iterator[tuple[str, str]]:
        wanted: dict[str, list[str]] = {}
        for path in paths:
            wanted.setdefault(self.entries[path].name, []).append(path)
        for name, content in contents(self.repository, wanted):
            for path in wanted.pop(name, ()):
                if len(content) > LARGEST:
                    yield path, f"it has more than {LARGEST >> 20} MiB"
                    continue
                self._made(moved(path)).write_bytes(content)
                if content.startswith(_POINTER):
                    yield path, _LFS
        for lost in wanted.values():
            yield from ((path, "git does not have its content") for path in lost)

    def _module(self, path: str, target: str) -> bool:
        """Whether the submodule is as it was, and its files are copied."""
        source = self.repository.root / path
        if path in self.changed or not (source / ".git").exists():
            return False
        with contextlib.suppress(OSError, shutil.Error):
            ignore = shutil.ignore_patterns(".git")
            shutil.copytree(source, self.folder / target, symlinks=True, ignore=ignore, dirs_exist_ok=True)
            return True
        return False

    def _links(self, paths: Collection[str], moved: Callable[[str], str]) -> None:
        """Make the links that stay inside."""
        named = {self.entries[path].name: path for path in paths}
        found = dict(contents(self.repository, named))
        for path in paths:
            target = os.fsdecode(found.get(self.entries[path].name, b""))
            at = moved(path)
            inside = os.path.normpath(os.path.join(os.path.dirname(at), target))  # noqa: PTH118, PTH120
            if target and not target.startswith("/") and not inside.startswith(".."):
                with contextlib.suppress(OSError):
                    self._made(at).symlink_to(target)

    def _made(self, target: str) -> pathlib.Path:
        """Where *target* goes, its folder made; a link in its place, of an earlier call, is not followed."""
        path = self.folder / target
        for link in (path, *path.parents):
            if link == self.folder:
                break
            if link.is_symlink():
                link.unlink()
        path.parent.mkdir(parents=True, exist_ok=True)
        return path
