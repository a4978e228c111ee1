"""Worker processes that a template which loops, recurses or eats memory cannot take down with it.

Each worker obeys one call at a time over pipes. A call past its time is killed, a worker that dies is
replaced, and either becomes the `WorkerFailure` of that one call.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar, Final, TypeVar, TypeVarTuple

from chartkit.model.errors import OutOfTime
from chartkit.system import worker_process
from chartkit.system.waiting import Watch
from chartkit.system.worker import TIME_SIGNAL, Raised
from chartkit.system.worker_process import Process, Processes, threads_are_refused

_PATIENCE: Final = 10 if TIME_SIGNAL else 1
"""After how many times its processor time on the clock a call is looked at, whether it only waits."""
_TRIED_AGAIN: Final = ("memory", "crash")
_ENOUGH: Final = 2
"""After so many calls of a group that run out of time, no other is tried."""
_FORKS: Final = 4
"""How many workers are forked before it is known how many are of use; others start when there is work."""

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one call may use: *seconds* of processor time, *memory* in bytes (0: as much as there is)."""

    seconds: float = 30.0
    memory: int = 2 << 30


@dataclass(frozen=True, slots=True)
class WorkerFailure:
    """A call that did not come back, and what became of it.

    *kind* is ``timeout``, ``memory`` or ``crash``; ``untried`` where others of its group ran out of time,
    ``overdue`` where the time of the whole run was up.
    """

    kind: str
    message: str

    @property
    def is_untried(self) -> bool:
        """Whether the call was given up before it was tried."""
        return self.kind in UNTRIED_KINDS


UNTRIED_KINDS: Final = ("untried", "overdue")
"""The kinds of what was given up before it was tried."""
UNTRIED: Final = WorkerFailure("untried", "was not tried: two others of the chart ran out of time")
OVERDUE: Final = WorkerFailure("overdue", "was not tried: the run's time was up")


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
    return isinstance(answer, WorkerFailure) and answer.kind == "timeout"


class Pool:
    """*jobs* workers; calls run in the order given, as workers become free.

    Use it as a context manager: leaving it ends every worker, at once when an exception does it. At
    *deadline* (of `time.monotonic`) calls under way are ended, and no other is tried: *overdue* says
    whether that was so of any. With *fresh*, no worker knows what this process remembers; else they are
    forked after *preload*, which imports what calls need.
    """

    processes: ClassVar[Processes] = Processes()

    def __init__(
        self,
        jobs: int,
        bounds: Bounds,
        deadline: float | None = None,
        *,
        fresh: bool = False,
        preload: Callable[[], object] = lambda: None,
    ) -> None:
        self._forks = 0 if fresh else _FORKS
        self._preload = preload
        self._deadline = deadline
        self.overdue = False
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        self._bounds = bounds
        self._workers = [_Worker(bounds, self.processes) for _ in range(jobs)]
        for worker in self._workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="chartkit-worker")
        self._calls = itertools.count()
        self._late: defaultdict[str, list[int]] = defaultdict(list)
        self._alarm: threading.Timer | None = None
        self._begun = False

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
        if kind is not None:
            self._kill()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for worker in self._workers:
            worker.leave()

    def _begin(self) -> None:
        """Fork workers before there is a thread, where they can be, and watch the time from now on."""
        self._begun = True
        if self._forks and self.processes.can_fork():
            self._preload()
            for worker in self._workers[: self._forks]:
                worker.fork()
        if self._deadline is not None:
            self._alarm = threading.Timer(max(0, self._deadline - time.monotonic()), self._ring)
            self._alarm.daemon = True
            with threads_are_refused():
                self._alarm.start()

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
        self,
        function: Callable[[*Arguments], Value],
        *arguments: *Arguments,
        seconds: float | None = None,
        group: str = "",
    ) -> Future[Value | WorkerFailure]:
        """Call *function*, which a module has by its name, in a worker.

        It may take so many *seconds*, if they are given, instead of what all calls may. Of a *group* no call
        is tried after `_ENOUGH` of them ran out of time. Raises MachineError, as the result may.
        """
        if not self._begun:
            self._begin()
        bound = self._bounds.seconds if seconds is None else seconds
        with threads_are_refused():
            return self._threads.submit(self._call, function, arguments, bound, group, next(self._calls))

    def _call(
        self,
        function: Callable[..., Any],
        arguments: tuple[Any, ...],
        seconds: float,
        group: str,
        number: int,
    ) -> Any:
        if self.gives_up():
            return OVERDUE
        if group and sum(late < number for late in self._late[group]) >= _ENOUGH:
            return UNTRIED
        worker = self._idle.get()
        try:
            outcome = worker.call(function, arguments, seconds)
            # What earlier calls left behind in the worker must not count against this one.
            if isinstance(outcome, WorkerFailure) and outcome.kind in _TRIED_AGAIN and worker.was_used:
                outcome = worker.call(function, arguments, seconds)
        finally:
            self._idle.put(worker)
        if isinstance(outcome, WorkerFailure) and self.gives_up():
            return OVERDUE
        if isinstance(outcome, Raised):
            if not isinstance(outcome.error, OutOfTime):
                raise outcome.error
            outcome = WorkerFailure("timeout", str(outcome.error))
        if is_late(outcome):
            self._late[group].append(number)
        return outcome


class _Worker:
    """One process, started with its first call unless it was forked, and again after it died."""

    def __init__(self, bounds: Bounds, processes: Processes) -> None:
        self._bounds = bounds
        self._processes = processes
        self._process: Process | None = None
        self._calls = 0
        self._starting = threading.Lock()
        self._killed = False
        self._busy = False
        self.was_used = False

    def fork(self) -> None:
        self._process = worker_process.fork(self._bounds.memory)

    def call(self, function: Callable[..., Any], arguments: tuple[Any, ...], seconds: float) -> Any:
        late, ended = threading.Event(), threading.Event()
        process = self._running()
        if process is None:
            return WorkerFailure("crash", "interrupted")
        patience = seconds * _PATIENCE
        watch = threading.Thread(target=_kill_waiting, args=(process, patience, late, ended), daemon=True)
        with threads_are_refused():
            watch.start()
        try:
            process.send((function, arguments, seconds))
            return process.receive()
        except (EOFError, OSError):
            if late.is_set():
                process.end()
                self._process = None
                return WorkerFailure("timeout", f"waited, and did not end within {patience:g} seconds")
            return self._failure(process, seconds)
        finally:
            ended.set()
            self._busy = False

    def kill(self) -> None:
        """End the call under way, and every one after it, from another thread."""
        with self._starting:
            self._killed = True
            if self._process is not None and self._busy:
                self._process.kill()

    def leave(self) -> None:
        """Have no process any more, when no call is under way."""
        process, self._process = self._process, None
        if process is not None:
            self._processes.give_back(process)

    def _running(self) -> Process | None:
        """The process, started where there is none; None once it was killed for good."""
        with self._starting:
            if self._killed:
                return None
            if self._process is None:
                self._process = self._processes.take(self._bounds.memory)
                self._calls = int(self._process.was_used)
            self._busy = True
        self.was_used = self._calls > 0
        self._calls += 1
        return self._process

    def _failure(self, process: Process, seconds: float) -> WorkerFailure:
        process.kill()
        process.child.wait()
        words = process.last_words()
        status = process.end()
        self._process = None
        if TIME_SIGNAL is not None and status == -TIME_SIGNAL:
            return WorkerFailure("timeout", f"did not end within {seconds:g} seconds of processor time")
        if not self._killed:
            worker_process.refuse_machine_faults(words, status, self._bounds.memory)
        if b"stack exceeds" in words:
            return WorkerFailure("memory", "called itself without end, until its stack was full")
        if any(sign in words for sign in worker_process.OUT_OF_MEMORY):
            return WorkerFailure("memory", f"needed more than {self._bounds.memory >> 20} MiB of memory")
        return WorkerFailure(
            "crash", f"ended the worker process (exit status {status}): {worker_process.first_line(words)}"
        )


def _kill_waiting(process: Process, patience: float, late: threading.Event, ended: threading.Event) -> None:
    """Kill *process* once it waits, unless the call has *ended*."""
    watch = Watch()
    while not ended.wait(patience):
        if watch.waits(process.pid, patience):
            late.set()
            process.kill()
            return
