"""Tells a process that waits from one that computes, however slowly on a machine with much to do."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
from collections.abc import Iterator
from typing import Final

_LEAST: Final = 0.01
"""The share of a processor that a process gets at the least if it wants any."""


class Watch:
    """Looks now and then at *process*, and at those of its group."""

    def __init__(self) -> None:
        self._used: float | None = None

    def waits(self, process: int, seconds: float) -> bool:
        """Whether it has used next to no processor time in the *seconds* since the last look.

        The first look only begins to measure. Where the system does not tell (it is not Linux), whatever
        has not ended is taken to wait.
        """
        before, self._used = self._used, _processor_time(process)
        if self._used is None:
            return True
        return before is not None and self._used - before < seconds * _LEAST


def _processor_time(process: int) -> float | None:
    used = [ticks for pid, group, ticks in _processes() if process in (pid, group)]
    return sum(used) / os.sysconf("SC_CLK_TCK") if used else None


def _processes() -> Iterator[tuple[int, int, int]]:
    """Of each process its number, its group, and the ticks of processor time that it has used."""
    for folder in pathlib.Path("/proc").glob("[0-9]*") if sys.platform == "linux" else ():
        with contextlib.suppress(OSError):  # it has ended
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            yield int(folder.name), int(fields[2]), int(fields[11]) + int(fields[12])
