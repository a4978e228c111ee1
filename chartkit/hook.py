"""What changed, where chartkit runs as a hook of pre-commit.

pre-commit hands over the names of files that were added or changed, in one list or, where that grows too
long for a command line, in several. It never names what was removed: git does.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess
from collections.abc import Mapping, Sequence
from typing import Final

from chartkit.config import Config
from chartkit.errors import ChartkitError
from chartkit.paths import absolute, repository

FROM: Final = "PRE_COMMIT_FROM_REF"
TO: Final = "PRE_COMMIT_TO_REF"
_DIFF: Final = ("git", "diff", "--name-only", "--no-ext-diff", "--no-renames", "--diff-filter=D", "-z")


def narrowed(config: Config, paths: Sequence[str], environ: Mapping[str, str] = os.environ) -> Config:
    """*config* for a run over what the changed files at *paths*, and the removed ones, concern."""
    named = (absolute(path, config.cwd) for path in paths)
    return dataclasses.replace(config, changed=(*dict.fromkeys((*named, *removed(config.cwd, environ))),))


def removed(cwd: pathlib.Path, environ: Mapping[str, str] = os.environ) -> tuple[pathlib.Path, ...]:
    """The files that the commit removes, or what is pushed: *environ* says between which two commits.

    Both names of a file that is moved are told, one here and one by pre-commit. Raises ChartkitError
    where git cannot tell.
    """
    root = repository(cwd) or cwd
    between = environ.get(FROM), environ.get(TO)
    if all(between):
        try:
            names = _names(root, "...".join(map(str, between)), "--")
        except ChartkitError:  # they have no common ancestor
            names = _names(root, "..".join(map(str, between)), "--")
    else:
        names = _names(root, "--cached", "--")
    return tuple(root / os.fsdecode(name) for name in names)


def _names(root: pathlib.Path, *arguments: str) -> list[bytes]:
    try:
        done = subprocess.run([*_DIFF, *arguments], cwd=root, capture_output=True, check=True)
    except OSError as error:
        raise ChartkitError(
            f"cannot run git: {(error.strerror or str(error)).lower()}", "install git"
        ) from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().removeprefix("fatal: ")
        hint = "run --hook through pre-commit, in a repository of git"
        raise ChartkitError(f"git cannot tell which files were removed: {said}", hint) from error
    return [name for name in done.stdout.split(b"\0") if name]
