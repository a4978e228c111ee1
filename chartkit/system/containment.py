"""Which paths a configuration file may name: it comes with pull requests, so they stay in the repository."""

from __future__ import annotations

import errno
import os
import pathlib
import stat
from collections.abc import Iterator
from typing import Final

_GIT: Final = ".git"
_SYSTEM: Final = ("dev", "proc", "sys")


def outside(path: pathlib.Path, root: pathlib.Path, *, links: bool = True) -> str | None:
    """Why *path*, which is written in a configuration file of the repository at *root*, may not be used.

    A phrase that follows the name of the path in a message, such as "leads out of the repository"; None
    where it may. With *links* off, for what is written, no part of it below *root* may be a link at all;
    else links must stay in the repository. What is not there yet may be used.
    """
    try:
        return _outside(pathlib.Path(os.path.normpath(root / path)), root, links=links)
    except ValueError:  # a null character
        return "is no path"
    except OSError as error:
        return "is reached through links that run in circles" if error.errno == errno.ELOOP else None


def _outside(path: pathlib.Path, root: pathlib.Path, *, links: bool) -> str | None:
    if not path.is_relative_to(root):
        return "lies outside of the repository"
    steps = [*_steps(path, root)]
    link = None if links else next((step for step in steps if step.is_symlink()), None)
    if link is not None:
        return f"is reached through a link, {link.relative_to(root).as_posix()!r}"
    real, real_root = (pathlib.Path(os.path.realpath(one)) for one in (path, root))
    if not real.is_relative_to(real_root):
        return "leads out of the repository through a link"
    if any(map(_is_git, steps)) or any(map(_is_git, _steps(real, real_root))):
        return "lies in the folder of git"
    return _special(real, real_root)


def _steps(path: pathlib.Path, root: pathlib.Path) -> Iterator[pathlib.Path]:
    """*path* and the folders that lead to it from *root*, which is not among them, from the top."""
    below = path.relative_to(root).parts
    return (root.joinpath(*below[: depth + 1]) for depth in range(len(below)))


def _is_git(path: pathlib.Path) -> bool:
    """Whether *path* is git's, by any name that a file system knows it by."""
    if path.name.rstrip(". ").casefold() in (_GIT, "git~1"):
        return True
    try:
        return path.samefile(path.with_name(_GIT))
    except OSError:
        return False


def _special(real: pathlib.Path, root: pathlib.Path) -> str | None:
    if os.name == "posix" and real.parts[1:2] != root.parts[1:2] and real.parts[1] in _SYSTEM:
        return "is a file of the system"
    mode = real.stat().st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return None
    return "is neither a file nor a folder"
