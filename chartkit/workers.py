"""Worker processes that a template which loops, recurses or eats memory cannot take down with it.

Each worker is a fresh interpreter (started anew, never forked: the Go runtime inside does not
survive a fork) that obeys one call at a time over pipes. A call past its time is killed, a worker
that dies is replaced, and either becomes the `Lost` outcome of that one call.
"""

from __future__ import annotations

import contextlib
import os
import queue
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, Final

from chartkit.serving import Raised, receive, send

_SERVE: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; from chartkit.serving import serve; serve(sys.argv[1])"
)
# Measured: one core a worker, and a collector that waits, render small charts in 60 % of the time.
_SETTINGS: Final = {"GOMAXPROCS": "1", "GOGC": "400", "CHARTKIT_WORKER": "1"}
_STACK_OVERFLOW: Final = b"stack exceeds"
_OUT_OF_MEMORY: Final = (
    b"out of memory",
    b"cannot allocate",
    b"MemoryError",
    b"failed to reserve",
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may use: *seconds* of wall clock, *memory* in bytes (0: as much as there is)."""

    seconds: float = 30.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Lost:
    """A call that did not come back: *kind* is ``timeout``, ``memory`` or ``crash``."""

    kind: str
    message: str


class Pool:
    """*jobs* workers; calls run in the order given, as workers become free.

    Use it as a context manager: leaving it ends every worker, at once when an exception does it.
    """

    def __init__(self, jobs: int, bounds: Bounds) -> None:
        self._bounds = bounds
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        for _ in range(jobs):
            worker = _Worker(bounds)
            self._workers.append(worker)
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="chartkit-worker")

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None:
            for worker in self._workers:
                worker.kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        while (process := _started_early()) is not None:
            process.end()

    def submit(self, function: str, *arguments: Any, seconds: float | None = None) -> Future[Any]:
        """Call *function*, named ``package.module:function``, in a worker; the result may be `Lost`.

        It goes by name so that the caller need not import what only workers use. It may take so many
        *seconds*, if they are given, instead of what all calls may.
        """
        bound = self._bounds.seconds if seconds is None else seconds
        return self._threads.submit(self._call, function, arguments, bound)

    def _call(self, function: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        worker = self._idle.get()
        try:
            outcome = worker.call(function, arguments, seconds)
            # What earlier calls left behind in the worker must not count against this one.
            if isinstance(outcome, Lost) and outcome.kind != "timeout" and worker.was_used:
                outcome = worker.call(function, arguments, seconds)
        finally:
            self._idle.put(worker)
        if isinstance(outcome, Raised):
            raise outcome.error
        return outcome


@dataclass(frozen=True, slots=True)
class _Process:
    """An interpreter that waits for calls, and the file that holds what it writes to stderr."""

    popen: subprocess.Popen[bytes]
    talk: IO[bytes]

    @staticmethod
    def start(preload: str = "") -> _Process:
        talk = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        popen = subprocess.Popen(
            [sys.executable, "-c", _SERVE, preload, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=talk,
            env={**os.environ, **_SETTINGS},
        )
        return _Process(popen, talk)

    def send(self, message: object) -> None:
        assert self.popen.stdin
        send(self.popen.stdin, message)

    def receive(self) -> Any:
        assert self.popen.stdout
        return receive(self.popen.stdout)

    def last_words(self) -> bytes:
        """What it wrote to stderr, from where the Go runtime says why it gives up."""
        self.talk.seek(0)
        said = self.talk.read()
        gave_up = max(said.rfind(sign) for sign in (b"fatal error: ", b"panic: ", b"runtime: "))
        return said[gave_up:] if gave_up >= 0 else said

    def end(self) -> int:
        """Kill it if it lives; its exit status."""
        self.popen.kill()
        status = self.popen.wait()
        for pipe in (self.popen.stdin, self.popen.stdout, self.talk):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        return status


_early: list[tuple[str, _Process]] = []
"""With the folder each was started in: what is asked of a worker is relative to it."""


def start_early(count: int, *modules: str) -> None:
    """Start *count* workers that the next pool will use, and let them import *modules* meanwhile.

    Starting Python and Helm takes as long as finding out what to do: both may happen at once.
    """
    here = os.getcwd()  # noqa: PTH109 - pathlib need not be imported yet
    _early.extend((here, _Process.start(",".join(modules))) for _ in range(count - len(_early)))


def _started_early() -> _Process | None:
    """A worker that was started early, in this folder; others are ended."""
    here = os.getcwd()  # noqa: PTH109 - pathlib need not be imported yet
    with contextlib.suppress(IndexError):  # another thread may take the last one
        while _early:
            folder, process = _early.pop()
            if folder == here:
                return process
            process.end()
    return None


class _Worker:
    """One process, started with its first call and again after it died."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._process: _Process | None = None
        self._calls = 0
        self._starting = threading.Lock()
        self._killed = False
        self.was_used = False

    def call(self, function: str, arguments: tuple[Any, ...], seconds: float) -> Any:
        late = threading.Event()
        process = None
        try:
            process = self._running()
            timer = threading.Timer(seconds, _kill_late, (process.popen, late))
            timer.start()
            try:
                process.send((function, arguments))
                return process.receive()
            finally:
                timer.cancel()
        except (EOFError, OSError):
            lost = self._lost(process) if process else Lost("crash", "interrupted")
            return Lost("timeout", f"did not end within {seconds:g} seconds") if late.is_set() else lost

    def kill(self) -> None:
        """End the call under way, and every one after it, from another thread."""
        with self._starting:
            self._killed = True
            if self._process is not None:
                self._process.popen.kill()

    def end(self) -> None:
        """End the process, when no call is under way."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _running(self) -> _Process:
        with self._starting:
            if self._killed:
                raise EOFError
            if self._process is None:
                self._calls = 0
                self._process = _started_early() or _Process.start()
                self._process.send(self._bounds.memory)
        self.was_used = self._calls > 0
        self._calls += 1
        return self._process

    def _lost(self, process: _Process) -> Lost:
        process.popen.kill()
        process.popen.wait()
        said = process.last_words()
        status = process.end()
        self._process = None
        if _STACK_OVERFLOW in said:
            return Lost("memory", "called itself without end, until its stack was full")
        if any(sign in said for sign in _OUT_OF_MEMORY):
            return Lost("memory", f"needed more than {self._bounds.memory >> 20} MiB of memory")
        return Lost("crash", f"ended the worker process (exit status {status}): {_first_line(said)}")


def _kill_late(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _first_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0][:300] if lines else "it said nothing"
