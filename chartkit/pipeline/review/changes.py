"""Which files have changed, with the links that lead to them, and what lies in or around those."""

from __future__ import annotations

import os
import pathlib
from collections.abc import Iterable

from chartkit.model.quick_dataclass import dataclass
from chartkit.system.git import Repository


@dataclass(frozen=True, slots=True)
class Changed:
    """The files that have changed, absolute, and every folder above them."""

    files: frozenset[pathlib.Path]
    above: frozenset[pathlib.Path]

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
    return Changed(frozenset(files), frozenset(files | {above for file in files for above in file.parents}))
