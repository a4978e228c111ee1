"""A whole run again, when nothing that it read has changed: the same output without doing anything.

A recorder notes every file that the process opens and every folder that it lists. A later run with
the same words in the same place looks at those first, by size, times and inode (as git does), and
prints what was printed. It imports next to nothing, since start-up is all that such a run costs.
"""

# ruff: noqa: PTH100, PTH109, PTH116, PTH118, PTH120
# (pathlib would cost a fifth of such a run)

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from chartkit.system import cache
from chartkit.system.package import PACKAGE, schemas_folder
from chartkit.system.paths import cache_folder

SCRATCH: Final = "chartkit-scratch-"
"""How the scratch folders of a run begin; what is read there was made by the run."""

_VARIABLES: Final = (
    *("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "HOME", "PATH", "LANG", "LC_ALL"),
    *("HELM_CACHE_HOME", "HELM_REPOSITORY_CACHE", "XDG_CACHE_HOME"),
)
_COARSEST_CLOCK: Final = 2_000_000_000
"""Nanoseconds: the coarsest time stamps that file systems keep (FAT)."""

_AWAITED: Final = (
    "chartkit.yaml",
    "chartkit.yml",
    ".chartkit.yaml",
    "ct.yaml",
    "chartkit-baseline.json",
    ".git",
)
_EVENTS: Final = frozenset({"open", "os.listdir", "os.scandir"})
_IMPORTING: Final = "<frozen importlib"
"""What lists folders to look for modules in them. Of those, any may change while a run goes on."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a run printed on stdout, and its exit code."""

    text: str
    code: int


_unnoticed: list[bool] = []


@contextlib.contextmanager
def unnoticed() -> Iterator[None]:
    """Reading that no result depends on."""
    _unnoticed.append(True)
    try:
        yield
    finally:
        _unnoticed.pop()


class Recorder:
    """Notes what this process reads from now on, for a run with these *arguments*.

    An audit hook cannot be taken away, only silenced.
    """

    def __init__(self, arguments: list[str]) -> None:
        self._arguments = arguments
        self._begun = time.time_ns()
        self._files: set[str] = set()
        self._folders: set[str] = set()
        self._on = True
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._on or _unnoticed or event not in _EVENTS or not isinstance(arguments[0], str | None):
            return
        if event != "open":
            caller = sys._getframe(1).f_code.co_filename  # noqa: SLF001 (private by name only)
            if not caller.startswith(_IMPORTING):
                self._folders.add(arguments[0] or ".")
        elif not arguments[2] & (os.O_WRONLY | os.O_RDWR):
            self._files.add(str(arguments[0]))

    def keep(self, told: Told) -> None:
        """Keep what was *told* for as long as nothing of what was read changes.

        Nothing is kept when something changed since this run began (or so shortly before that its
        time stamp could not tell): it may have been read before the change.
        """
        self._on = False
        signatures = {path: _signature(path) for path in self._read()}
        latest = max((stamp for signature in signatures.values() for stamp in signature[1:3]), default=0)
        folder = cache_folder()
        if folder is not None and latest < self._begun - _COARSEST_CLOCK:
            entry = {"paths": signatures, "text": told.text, "code": told.code}
            cache.Store(folder).put_json(_key(self._arguments), entry)

    def _read(self) -> set[str]:
        """Every path seen, the folders that hold files (a new neighbour may matter), what may appear."""
        files = {os.path.abspath(path) for path in self._files if SCRATCH not in path}
        folders = {os.path.abspath(path) for path in self._folders}
        holding = {os.path.dirname(path) for path in files}
        awaited = {os.path.join(above, name) for above in _ancestors(os.getcwd()) for name in _AWAITED}
        return {path for path in files | folders | holding | awaited if not _is_apart(path)}


def _ancestors(path: str) -> list[str]:
    """*path* and the folders above it, where a configuration file would be found."""
    above = os.path.dirname(path)
    return [path] if above == path else [path, *_ancestors(above)]


def _is_apart(path: str) -> bool:
    """Whether *path* is no input: Python and chartkit (both in the key), devices, scratch, the cache."""
    own = (str(PACKAGE), str(schemas_folder()))
    kept = str(cache_folder() or os.devnull)
    apart = (sys.prefix, sys.base_prefix, *own, kept, "/proc", "/dev")
    above = os.path.dirname
    return (
        SCRATCH in path
        or path == above(path)
        or path == above(kept)
        or any(path == place or path.startswith(place + os.sep) for place in apart)
    )


def _signature(path: str) -> list[int]:
    """What changes when *path* does: size, times, inode; of a folder, when its list of names does."""
    try:
        stat = os.stat(path)
    except OSError:
        return []
    return [stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]


def _key(arguments: list[str]) -> str:
    variables = {name: os.environ.get(name) for name in _VARIABLES}
    variables |= {name: value for name, value in os.environ.items() if name.startswith("CHARTKIT_")}
    return cache.key("run", arguments, os.getcwd(), _terminal(), variables)


def _terminal() -> object:
    if not sys.stdout.isatty():
        return None
    return list(os.get_terminal_size(sys.stdout.fileno()))


def recall(arguments: list[str]) -> Told | None:
    """What a run with these *arguments* printed here, if everything that it read is as it was."""
    try:
        folder = cache_folder()
        entry = cache.Store(folder).get_json(_key(arguments)) if folder is not None else None
        if entry is None or any(_signature(path) != old for path, old in entry["paths"].items()):
            return None
        return Told(entry["text"], entry["code"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
