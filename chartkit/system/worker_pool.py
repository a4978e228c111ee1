"""Worker processes that a template which loops, recurses or eats memory cannot take down with it.

Each worker is a fresh interpreter (started anew, never forked: the Go runtime inside does not
survive a fork) that obeys one call at a time over pipes. A call past its time is killed, a worker
that dies is replaced, and either becomes the `Lost` outcome of that one call.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, Any, Final

from chartkit.model.errors import MachineError, OutOfTime
from chartkit.system.waiting import Watch
from chartkit.system.worker import TIME_SIGNAL, Raised, receive, send

_SERVE: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; from chartkit.system.worker import serve; serve(sys.argv[1])"
)
# Measured: one core a worker, and a collector that waits, render small charts in 60 % of the time.
_SETTINGS: Final = {"GOMAXPROCS": "1", "GOGC": "400", "CHARTKIT_WORKER": "1"}
_PATIENCE: Final = 10 if TIME_SIGNAL else 1
"""After how many times its processor time on the clock a call is looked at, whether it only waits."""
_TRIED_AGAIN: Final = ("memory", "crash")
_STACK_OVERFLOW: Final = b"stack exceeds"
_ENOUGH: Final = 2
"""After so many calls of a group that run out of time, no other is tried."""
UNTRIED: Final = "was not tried: two others of the chart ran out of time"
OVERDUE: Final = "was not tried: the run's time was up"
_NO_THREAD: Final = (b"can't start new thread", b"failed to create new OS thread", b"pthread_create failed")
_FEWER: Final = "run fewer workers with --jobs, or raise the limit (`ulimit -u`, the memory of the container)"
_OUT_OF_MEMORY: Final = (
    b"out of memory",
    b"cannot allocate",
    b"MemoryError",
    b"failed to reserve",
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may use: *seconds* of processor time, *memory* in bytes (0: as much as there is)."""

    seconds: float = 30.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class Lost:
    """A call that did not come back, and what became of it.

    *kind* is ``timeout``, ``memory`` or ``crash``; ``untried`` where others of its group ran out of time,
    ``overdue`` where the time of the whole run was up.
    """

    kind: str
    message: str


def given_up(calls: Iterable[tuple[str, bool]]) -> Iterator[bool]:
    """Of calls in the order they were given, by group and whether they ran out of time: which are too late.

    Those are all that follow `_ENOUGH` of their group that ran out of time. With several workers some of
    them may have ended all the same: whoever takes no notice of these gets what one worker gives.
    """
    late = Counter[str]()
    for group, is_late in calls:
        yield late[group] >= _ENOUGH
        late[group] += is_late


def is_late(answer: object) -> bool:
    """Whether *answer* is that of a call that ran out of time."""
    return isinstance(answer, Lost) and answer.kind == "timeout"


class Pool:
    """*jobs* workers; calls run in the order given, as workers become free.

    Use it as a context manager: leaving it ends every worker, at once when an exception does it. At
    *deadline* (of `time.monotonic`) calls under way are ended, and no other is tried: *overdue* says
    whether that was so of any.
    """

    def __init__(self, jobs: int, bounds: Bounds, deadline: float | None = None) -> None:
        self._bounds = bounds
        self._deadline = deadline
        self.overdue = False
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        for _ in range(jobs):
            worker = _Worker(bounds)
            self._workers.append(worker)
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="chartkit-worker")
        self._calls = itertools.count()
        self._late: defaultdict[str, list[int]] = defaultdict(list)
        self._alarm: threading.Timer | None = None

    def __enter__(self) -> Pool:
        if self._deadline is not None:
            self._alarm = threading.Timer(max(0, self._deadline - time.monotonic()), self._ring)
            self._alarm.daemon = True
            with _threads_are_refused():
                self._alarm.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if kind is not None:
            self._kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.end()
        while (process := _started_early()) is not None:
            process.end()

    def _ring(self) -> None:
        self._deadline = time.monotonic()
        self._kill()

    def _kill(self) -> None:
        for worker in self._workers:
            worker.kill()

    def gives_up(self) -> bool:
        """Whether the deadline has passed: who asks leaves something undone then, as *overdue* says."""
        if self._deadline is not None and time.monotonic() >= self._deadline:
            self.overdue = True
        return self.overdue

    def submit(
        self, function: str, *arguments: Any, seconds: float | None = None, group: str = ""
    ) -> Future[Any]:
        """Call *function*, named ``package.module:function``, in a worker; the result may be `Lost`.

        It goes by name so that the caller need not import what only workers use. It may take so many
        *seconds*, if they are given, instead of what all calls may. Of a *group* no call is tried after
        `_ENOUGH` of them ran out of time. Raises MachineError, as the result may.
        """
        bound = self._bounds.seconds if seconds is None else seconds
        with _threads_are_refused():
            return self._threads.submit(self._call, function, arguments, bound, group, next(self._calls))

    def _call(
        self, function: str, arguments: tuple[Any, ...], seconds: float, group: str, number: int
    ) -> Any:
        if self.gives_up():
            return Lost("overdue", OVERDUE)
        if group and sum(late < number for late in self._late[group]) >= _ENOUGH:
            return Lost("untried", UNTRIED)
        worker = self._idle.get()
        try:
            outcome = worker.call(function, arguments, seconds)
            # What earlier calls left behind in the worker must not count against this one.
            if isinstance(outcome, Lost) and outcome.kind in _TRIED_AGAIN and worker.was_used:
                outcome = worker.call(function, arguments, seconds)
        finally:
            self._idle.put(worker)
        if isinstance(outcome, Lost) and self.gives_up():
            return Lost("overdue", OVERDUE)
        if isinstance(outcome, Raised):
            if not isinstance(outcome.error, OutOfTime):
                raise outcome.error
            outcome = Lost("timeout", str(outcome.error))
        if is_late(outcome):
            self._late[group].append(number)
        return outcome


@dataclass(frozen=True, slots=True)
class _Process:
    """An interpreter that waits for calls, and the file that holds what it writes to stderr."""

    popen: subprocess.Popen[bytes]
    talk: IO[bytes]

    @staticmethod
    def start(preload: str = "") -> _Process:
        try:
            talk = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
            popen = subprocess.Popen(
                [sys.executable, "-c", _SERVE, preload, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=talk,
                process_group=None if os.name == "nt" else 0,
                env={**os.environ, **_SETTINGS},
            )
        except OSError as error:
            raise MachineError(f"cannot start a worker process: {error.strerror}", _FEWER) from error
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

    def kill(self) -> None:
        """Kill it if it lives, and the helm command that it runs."""
        if os.name == "nt":
            self.popen.kill()
        elif self.popen.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.popen.pid, signal.SIGKILL)

    def end(self) -> int:
        """Kill it if it lives; its exit status."""
        self.kill()
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
        late, ended = threading.Event(), threading.Event()
        process = self._running()
        if process is None:
            return Lost("crash", "interrupted")
        patience = seconds * _PATIENCE
        watch = threading.Thread(target=_kill_waiting, args=(process, patience, late, ended), daemon=True)
        with _threads_are_refused():
            watch.start()
        try:
            process.send((function, arguments, seconds))
            return process.receive()
        except (EOFError, OSError):
            if late.is_set():
                self.end()
                return Lost("timeout", f"waited, and did not end within {patience:g} seconds")
            return self._lost(process, seconds)
        finally:
            ended.set()

    def kill(self) -> None:
        """End the call under way, and every one after it, from another thread."""
        with self._starting:
            self._killed = True
            if self._process is not None:
                self._process.kill()

    def end(self) -> None:
        """End the process, when no call is under way."""
        if self._process is not None:
            self._process.end()
            self._process = None

    def _running(self) -> _Process | None:
        """The process, started where there is none; None once it was killed for good."""
        with self._starting:
            if self._killed:
                return None
            if self._process is None:
                self._calls = 0
                self._process = _started_early() or _Process.start()
                with contextlib.suppress(OSError):  # one that died at once is met with its first call
                    self._process.send(self._bounds.memory)
        self.was_used = self._calls > 0
        self._calls += 1
        return self._process

    def _lost(self, process: _Process, seconds: float) -> Lost:
        process.kill()
        process.popen.wait()
        said = process.last_words()
        status = process.end()
        self._process = None
        if TIME_SIGNAL is not None and status == -TIME_SIGNAL:
            return Lost("timeout", f"did not end within {seconds:g} seconds of processor time")
        if not self._killed:
            _refusal(said, status, self._bounds.memory)
        if _STACK_OVERFLOW in said:
            return Lost("memory", "called itself without end, until its stack was full")
        if any(sign in said for sign in _OUT_OF_MEMORY):
            return Lost("memory", f"needed more than {self._bounds.memory >> 20} MiB of memory")
        return Lost("crash", f"ended the worker process (exit status {status}): {_first_line(said)}")


@contextlib.contextmanager
def _threads_are_refused() -> Iterator[None]:
    """What Python says where there may be no more threads, as a MachineError."""
    try:
        yield
    except RuntimeError as error:
        raise MachineError(f"cannot start a thread: {error}", _FEWER) from error


def _refusal(said: bytes, status: int, memory: int) -> None:
    """Raise a MachineError where the machine ended a worker that kept within its bounds."""
    if any(sign in said for sign in _NO_THREAD):
        raise MachineError("the machine refuses a worker process its threads", _FEWER)
    if os.name != "nt" and status == -signal.SIGKILL:
        raise MachineError(
            "the system killed a worker process, most likely for want of memory",
            "set limits.memory in chartkit.yaml to less than there is, or run fewer workers with --jobs",
        )
    if any(sign in said for sign in _OUT_OF_MEMORY) and _allowed() < memory:
        raise MachineError(
            f"the machine allows a process {_allowed() >> 20} MiB of memory, which were not enough",
            "raise the limit (`ulimit -v`, `ulimit -d`)",
        )


def _allowed() -> int:
    """How many bytes of memory whoever started chartkit allows a process."""
    if os.name == "nt":
        return sys.maxsize
    import resource

    hard = [resource.getrlimit(limit)[1] for limit in (resource.RLIMIT_AS, resource.RLIMIT_DATA)]
    return min((limit for limit in hard if limit != resource.RLIM_INFINITY), default=sys.maxsize)


def _kill_waiting(process: _Process, patience: float, late: threading.Event, ended: threading.Event) -> None:
    """Kill *process* once it waits, unless the call has *ended*."""
    watch = Watch()
    while not ended.wait(patience):
        if watch.waits(process.popen.pid, patience):
            late.set()
            process.kill()
            return


def _first_line(said: bytes) -> str:
    lines = said.decode(errors="replace").strip().splitlines()
    return lines[0][:300] if lines else "it said nothing"
