"""Which files have changed, where chartkit runs as a hook of pre-commit.

pre-commit hands over the names of files that were added or changed, in one list or, where that grows too
long for a command line, in several. It never names what was removed: git does.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from chartkit.plan.affected import may_define
from chartkit.plan.config import Config
from chartkit.system.git import GitError, Repository, find
from chartkit.system.paths import absolute, repository

FROM: Final = "PRE_COMMIT_FROM_REF"
TO: Final = "PRE_COMMIT_TO_REF"
_ASKED: Final = "--hook"


def narrowed(config: Config, paths: Sequence[str], environ: Mapping[str, str] = os.environ) -> Config:
    """*config* for a run over the charts that the changed files at *paths*, and removed files, concern.

    *environ* says between which two commits, if it is not a commit that is to be made. Both names of a
    file that is moved count, one named by git and one by pre-commit. Raises GitError where git cannot tell.
    """
    root = repository(config.cwd)  # which git need not be asked for
    found = Repository(root, asked=_ASKED) if root else find(config.cwd, _ASKED)
    between = environ.get(FROM, ""), environ.get(TO, "")
    gone = found.removed(*between) if all(between) else found.removed()
    removed = (found.root / path for path in sorted(gone))
    changed = (*dict.fromkeys((*(absolute(path, config.cwd) for path in paths), *removed)),)
    before = _before(found, between[0] if all(between) else "HEAD", filter(may_define, changed))
    return dataclasses.replace(config, changed=changed, before=before)


def _before(found: Repository, ref: str, files: Iterable[pathlib.Path]) -> Mapping[pathlib.Path, bytes]:
    """What *files* were in the commit *ref*; nothing where there is none yet."""
    from chartkit.system.git import snapshot

    inside = [file.relative_to(found.root).as_posix() for file in files if file.is_relative_to(found.root)]
    if not inside:
        return {}
    try:
        entries = snapshot.tree(found, found.commit(ref))
    except GitError:
        return {}
    return {found.root / path: text for path, text in snapshot.contents_of(found, entries, inside).items()}
