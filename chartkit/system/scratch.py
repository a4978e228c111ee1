"""Scratch folders, which are gone when they are left; what a killed run has left goes with a later one."""

from __future__ import annotations

import contextlib
import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterator
from typing import Final

PREFIX: Final = "chartkit-scratch-"
"""How the names of the folders begin."""
_A_DAY: Final = 24 * 3600


@contextlib.contextmanager
def scratch_folder() -> Iterator[pathlib.Path]:
    """A folder of its own, as long as it is in use."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        yield pathlib.Path(folder)


def remove_left_behind() -> None:
    """Remove the folders of runs that were killed a day ago or earlier."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _A_DAY:
                shutil.rmtree(folder)
