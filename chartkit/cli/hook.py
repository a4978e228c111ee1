"""What changed, where chartkit runs as a hook of pre-commit.

pre-commit hands over the names of files that were added or changed, in one list or, where that grows too
long for a command line, in several. It never names what was removed: git does.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Collection, Mapping, Sequence
from typing import Final

from chartkit.plan.config import Config
from chartkit.system.git import GitFault, Repository, find
from chartkit.system.paths import absolute, repository

FROM: Final = "PRE_COMMIT_FROM_REF"
TO: Final = "PRE_COMMIT_TO_REF"
_ASKED: Final = "--hook"


def narrowed(config: Config, paths: Sequence[str], environ: Mapping[str, str] = os.environ) -> Config:
    """*config* for a run over what the changed files at *paths*, and the removed ones, concern.

    *environ* says between which two commits, if it is not a commit that is to be made. Both names of a
    file that is moved count, one told here and one by pre-commit. Raises GitFault where git cannot tell.
    """
    root = repository(config.cwd)  # which git need not be asked for
    found = Repository(root, asked=_ASKED) if root else find(config.cwd, _ASKED)
    between = environ.get(FROM, ""), environ.get(TO, "")
    gone = found.removed(*between) if all(between) else found.removed()
    named = (absolute(path, config.cwd) for path in paths)
    removed = (found.root / path for path in sorted(gone))

    def before(files: Collection[pathlib.Path]) -> Mapping[pathlib.Path, bytes]:
        return _held(found, between[0] if all(between) else "HEAD", files)

    return dataclasses.replace(config, changed=(*dict.fromkeys((*named, *removed)),), before=before)


def _held(found: Repository, ref: str, files: Collection[pathlib.Path]) -> Mapping[pathlib.Path, bytes]:
    """What *files* held in the commit *ref*; nothing where there is none yet."""
    from chartkit.system.git import snapshot

    try:
        entries = snapshot.tree(found, found.commit(ref))
    except GitFault:
        return {}
    inside = [file.relative_to(found.root).as_posix() for file in files if file.is_relative_to(found.root)]
    return {found.root / path: held for path, held in snapshot.held(found, entries, inside).items()}
