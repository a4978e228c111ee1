"""Worker processes that outlive a run, for tests of whole runs: to start one costs more than most of them.

A process that is taken again has the working directory, the environment, the import path and the bounds that
a new one would have, and none of what chartkit remembers of files. Go reads the environment once, when its
library is loaded: where it differs in what Helm may read, another process is taken. Tests of workers
themselves use the fixture ``fresh_workers``.
"""

from __future__ import annotations

import contextlib
import dataclasses
import os
import sys
import threading
from typing import Final

from chartkit.system.worker import Raised
from chartkit.system.worker_process import SETTINGS, Process, Processes

MOST: Final = 4
"""So many processes wait at most."""
_NOT_HELMS: Final = ("CHARTKIT_", "PYTEST_", "GIT_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "GITHUB_", "CI")
"""How the names of variables begin that Helm does not read: only Python does, where they are set anew."""
_RESET: Final = """
import os, resource, sys
from chartkit.system import worker, worker_pool
from tests import warm_workers
os.chdir(folder)
os.environ.clear()
os.environ.update(environment)
sys.path[:] = path
for limit in (resource.RLIMIT_DATA, resource.RLIMIT_AS):
    hard = resource.getrlimit(limit)[1]
    resource.setrlimit(limit, (hard, hard))
worker._bound_memory(memory)
warm_workers.forget()
if not isinstance(worker_pool.Pool.processes, warm_workers.WarmProcesses):
    worker_pool.Pool.processes = warm_workers.WarmProcesses()
"""
_KEPT: Final = frozenset(
    {"chartkit.rules.load", "chartkit.rules.policies.shipped", "chartkit.rules.schemas.engine.compiled"}
)
"""What depends on nothing but the installation, and is dear."""


def forget() -> None:
    """Empty every cache of this process's chartkit that may know of files, charts or settings."""
    for name, module in list(sys.modules.items()):
        if name == "chartkit" or name.startswith("chartkit."):
            for value in list(vars(module).values()):
                clear = getattr(value, "cache_clear", None)
                if clear and f"{value.__module__}.{value.__qualname__}" not in _KEPT:
                    clear()


class WarmProcesses(Processes):
    """Keeps processes that are given back, and gives them to whoever needs one of the same kind."""

    def __init__(self) -> None:
        self._kept: list[tuple[object, Process]] = []
        self._taken: dict[int, object] = {}
        self._lock = threading.Lock()

    def can_fork(self) -> bool:
        return False

    def take(self, memory: int) -> Process:
        kind = _kind()
        while (process := self._again(kind)) is not None:
            if _is_reset(process, memory):
                break
            process.end()
        else:
            process = super().take(memory)
        self._taken[process.pid] = kind
        return process

    def give_back(self, process: Process) -> None:
        kind = self._taken.pop(process.pid)
        with self._lock:
            if process.child.poll() is None:
                self._kept.append((kind, dataclasses.replace(process, was_used=True)))
            surplus = self._kept[:-MOST]
            del self._kept[:-MOST]
        for _, other in surplus:
            other.end()

    def end(self) -> None:
        """End all that wait."""
        with self._lock:
            kept, self._kept = self._kept, []
        for _, process in kept:
            process.end()

    def _again(self, kind: object) -> Process | None:
        with self._lock:
            for number in reversed(range(len(self._kept))):
                if self._kept[number][0] == kind:
                    return self._kept.pop(number)[1]
        return None


def _kind() -> object:
    """What a process must have been started with, to be taken again."""
    given = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_HELMS)}
    return given, sys.executable


def _is_reset(process: Process, memory: int) -> bool:
    """Make *process* as a new one is; False where it has died meanwhile."""
    given = {
        "folder": os.getcwd(),  # noqa: PTH109
        "environment": {**os.environ, **SETTINGS},
        "path": list(sys.path),
        "memory": memory,
    }
    process.talk.seek(0)
    process.talk.truncate()
    with contextlib.suppress(EOFError, OSError):
        process.send((exec, (_RESET, given), 30.0))
        answer = process.receive()
        if isinstance(answer, Raised):
            raise answer.error
        return True
    return False
