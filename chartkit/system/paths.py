"""How paths are shown, matched and expanded; where a repository begins."""

from __future__ import annotations

import contextlib
import errno
import fnmatch
import functools
import os
import pathlib
import re
import stat
import sys
from collections.abc import Callable, Iterator
from typing import Final

from chartkit.model.errors import ConfigError

YAML_SUFFIXES: Final = (".yaml", ".yml", ".json")
MAX_FILES: Final = 20_000
_NEVER: Final = re.compile(r"(?!)")


def cache_folder() -> pathlib.Path | None:
    """Where results are kept between runs: ``CHARTKIT_CACHE_DIR``, else the platform's cache folder.

    None for a user without a home, as in some containers.
    """
    if named := os.environ.get("CHARTKIT_CACHE_DIR"):
        return absolute(named, pathlib.Path.cwd())
    platform = {"win32": os.environ.get("LOCALAPPDATA"), "darwin": "~/Library/Caches"}.get(sys.platform)
    try:
        return (
            pathlib.Path(platform or os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "chartkit"
        )
    except RuntimeError:
        return None


def content(path: pathlib.Path, most: int) -> bytes:
    """The first *most* bytes of the file at *path*; OSError where it is none.

    A pipe, a device or a socket in its place is never waited for.
    """
    with open(path, "rb", opener=_open_at_once) as file:  # pathlib's takes no opener
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        return file.read(most)


def _open_at_once(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def text_of(path: pathlib.Path, name: str) -> str | None:
    """What a file that people write holds, None where it is not there yet; errors call it *name*."""
    try:
        return content(path, -1).decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None)
        why = reason.lower() if reason else "it is not UTF-8 text"
        raise ConfigError(f"cannot read {name!r}: {why}", "make it readable") from error


def shown(path: pathlib.Path, cwd: pathlib.Path) -> str:
    """*path* for a person in *cwd*: relative, so that reports are the same anywhere; always with ``/``."""
    try:
        return pathlib.Path(os.path.relpath(path, cwd)).as_posix()
    except ValueError:  # another drive
        return path.as_posix()


def absolute(path: str, folder: pathlib.Path) -> pathlib.Path:
    """*path* as written in a file of *folder*, made absolute without following symbolic links."""
    return pathlib.Path(os.path.normpath(folder / path))


def repository(folder: pathlib.Path) -> pathlib.Path | None:
    """The root of the repository that holds *folder*, or None."""
    return next((above for above in (folder, *folder.parents) if os.path.lexists(above / ".git")), None)


def program(name: str) -> str | None:
    """Where the command *name* is: a path as it is, else on PATH, of which only absolute folders count.

    Any other folder of PATH would be one of the repository that is looked at.
    """
    import shutil

    if os.path.dirname(name):  # noqa: PTH120
        return shutil.which(name)
    folders = (folder for folder in os.get_exec_path() if os.path.isabs(folder))  # noqa: PTH117
    found = (shutil.which(name, path=folder) for folder in folders)
    return next((path for path in found if path and os.path.isabs(path)), None)  # noqa: PTH117


def is_file(path: pathlib.Path) -> bool:
    """Whether *path* is a file; false, unlike pathlib's, for whatever cannot be looked at."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: pathlib.Path) -> bool:
    """Whether *path* is a folder; false, unlike pathlib's, for whatever cannot be looked at."""
    return os.path.isdir(path)  # noqa: PTH112


def files_and_folders(folder: pathlib.Path) -> tuple[list[str], list[str]]:
    """The sorted names of files and of folders (not links to them) in *folder*; none where it is closed."""
    files, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                with contextlib.suppress(OSError):  # links that run in circles
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.name)
                    elif entry.is_file():
                        files.append(entry.name)
    except OSError:
        pass
    return sorted(files), sorted(folders)


def leads_out(path: pathlib.Path, *folders: pathlib.Path) -> bool:
    """Whether *path* is a link to something in none of *folders*."""
    if not path.is_symlink():
        return False
    target = pathlib.Path(os.path.realpath(path))
    return not any(target.is_relative_to(os.path.realpath(folder)) for folder in folders)


def is_below(path: str) -> bool:
    """Whether *path*, as it is written, stays in the folder that it is relative to."""
    normal = pathlib.Path(os.path.normpath(path))
    return not normal.is_absolute() and normal.parts[:1] != ("..",)


def is_pattern(text: str) -> bool:
    """Whether *text* is a pattern rather than a path."""
    return "*" in text or "?" in text


def fits(path: pathlib.PurePath, pattern: str) -> bool:
    """Whether *path* fits *pattern*, both absolute or both relative to the same folder.

    ``*`` and ``?`` stop at slashes; a step ``**`` is any number of folders. Takes time linear in the
    product of the lengths, whatever the pattern: it may come with a pull request.
    """
    return _matcher(pattern)(path.as_posix().split("/"))


@functools.lru_cache(maxsize=4096)
def _matcher(pattern: str) -> Callable[[list[str]], bool]:
    # fnmatch's expressions do not backtrack over stars; brackets have no meaning here.
    steps = [
        None if step == "**" else re.compile(fnmatch.translate(step.replace("[", "[[]")))
        for step in pattern.split("/")
    ]

    def matches(names: list[str]) -> bool:
        reached = {0}
        for name in names:
            reached = set(_after(steps, _spread(steps, reached), name))
        return len(steps) in _spread(steps, reached)

    return matches


def _spread(steps: list[re.Pattern[str] | None], reached: set[int]) -> set[int]:
    """*reached*, and what is reached from there when a ``**`` stands for nothing."""
    spread = set(reached)
    for index, step in enumerate(steps):
        if step is None and index in spread:
            spread.add(index + 1)
    return spread


def _after(steps: list[re.Pattern[str] | None], reached: set[int], name: str) -> Iterator[int]:
    """Where the step *name* leads from the positions *reached*."""
    for index in reached:
        step = steps[index] if index < len(steps) else _NEVER
        if step is None:
            yield index
        elif step.match(name):
            yield index + 1


class TooManyFiles(Exception):
    """A folder is too large to look through, such as ``/``."""


def expand(path: str, folder: pathlib.Path, suffixes: tuple[str, ...]) -> Iterator[pathlib.Path]:
    """The files that *path* in *folder* names: one file, those of a folder at any depth, or a pattern's.

    Hidden folders are not looked into unless they are named, nor are links to folders. Raises
    TooManyFiles.
    """
    target = absolute(path, folder)
    if is_file(target):
        yield target
    elif is_folder(target):
        yield from (below for below in _walk(target, -1, [0]) if below.suffix in suffixes)
    elif is_pattern(path):
        fixed = next(above for above in target.parents if not is_pattern(str(above)))
        steps = target.relative_to(fixed).parts
        depth = -1 if "**" in steps else len(steps)
        yield from (below for below in _walk(fixed, depth, [0]) if fits(below, target.as_posix()))


def _walk(folder: pathlib.Path, depth: int, seen: list[int]) -> Iterator[pathlib.Path]:
    """The files in *folder*, *depth* levels deep (-1: all); counts in *seen*."""
    files, folders = files_and_folders(folder)
    seen[0] += len(files) + len(folders)
    if seen[0] > MAX_FILES:
        raise TooManyFiles
    yield from (folder / name for name in files)
    for name in folders if depth != 1 else ():
        if not name.startswith("."):
            yield from _walk(folder / name, depth - 1, seen)
