"""Shows how far a run is, in one line on the terminal that is gone afterwards."""

from __future__ import annotations

import shutil
import sys
import time
from typing import Final, TextIO

from chartkit.system.terminal import visible

_PATIENCE: Final = 0.5
"""Seconds that a run may take before it says anything."""
_EVERY: Final = 0.1


class Progress:
    """Counts cases on *stream* when that is a terminal; otherwise says nothing."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._shows = not quiet and self._stream is not None and self._stream.isatty()
        self._begun = time.monotonic()
        self._last = 0.0
        self._dirty = False

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._dirty:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def __call__(self, done: int, total: int, name: str) -> None:
        now = time.monotonic()
        if not self._shows or now - self._begun < _PATIENCE or now - self._last < _EVERY:
            return
        self._last = now
        self._dirty = True
        width = shutil.get_terminal_size().columns
        line = visible(f"{done} of {total} cases  {name}")[: width - 1]
        self._stream.write(f"\r\x1b[K{line}")
        self._stream.flush()
