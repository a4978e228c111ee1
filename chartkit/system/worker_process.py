"""A worker process as its owner sees it: started, called, killed, and what it said when it died.

On Linux it is a fork of a process that has imported everything already, as long as that has one thread and
so no Go runtime, which does not survive a fork; else it is a fresh interpreter.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final, NoReturn, Protocol

from chartkit.model.errors import MachineError
from chartkit.system.worker import receive, send, serve

_SERVE: Final = (
    "import sys; sys.path[:] = sys.argv[2:]; "
    "from chartkit.system.worker import serve_pipes; serve_pipes(int(sys.argv[1]))"
)
# Measured: one core a worker, and a collector that waits, render small charts in 60 % of the time.
SETTINGS: Final = {"GOMAXPROCS": "1", "GOGC": "400", "CHARTKIT_WORKER": "1"}
"""What the environment of a worker has besides that of its owner."""
FEWER: Final = "run fewer workers with --jobs, or raise the limit (`ulimit -u`, the memory of the container)"
"""What to do where the machine refuses a process or a thread."""
_NO_THREAD: Final = (b"can't start new thread", b"failed to create new OS thread", b"pthread_create failed")
OUT_OF_MEMORY: Final = (
    b"out of memory",
    b"cannot allocate",
    b"MemoryError",
    b"failed to reserve",
)
"""What a process says that has no memory left."""


class _Child(Protocol):
    """What `subprocess.Popen` has of a process, and a fork of this one, too."""

    @property
    def pid(self) -> int: ...

    def poll(self) -> int | None: ...

    def wait(self) -> int: ...


class _Fork:
    """A fork of this process, to be waited for by one thread at a time."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._status: int | None = None
        self._waiting = threading.Lock()

    def poll(self) -> int | None:
        return self._wait(os.WNOHANG)

    def wait(self) -> int:
        status = self._wait(0)
        assert status is not None
        return status

    def _wait(self, options: int) -> int | None:
        with self._waiting:
            if self._status is None:
                pid, status = os.waitpid(self.pid, options)
                if pid:
                    self._status = os.waitstatus_to_exitcode(status)
            return self._status


@dataclass(frozen=True, slots=True)
class Process:
    """A process that waits for calls, the pipes to it, and the file that holds what it writes to stderr."""

    child: _Child
    calls: IO[bytes]
    answers: IO[bytes]
    talk: IO[bytes]
    was_used: bool = False
    """Whether it obeyed another pool before."""

    @property
    def pid(self) -> int:
        return self.child.pid

    def send(self, message: object) -> None:
        send(self.calls, message)

    def receive(self) -> Any:
        return receive(self.answers)

    def last_words(self) -> bytes:
        """What it wrote to stderr, from where the Go runtime says why it gives up."""
        self.talk.seek(0)
        words = self.talk.read()
        gave_up = max(words.rfind(sign) for sign in (b"fatal error: ", b"panic: ", b"runtime: "))
        return words[gave_up:] if gave_up >= 0 else words

    def kill(self) -> None:
        """Kill it if it lives, and the helm command that it runs."""
        if self.child.poll() is not None:
            return
        if os.name == "nt":
            os.kill(self.pid, signal.SIGTERM)
        else:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def end(self) -> int:
        """Kill it if it lives; its exit status."""
        self.kill()
        status = self.child.wait()
        for pipe in (self.calls, self.answers, self.talk):
            with contextlib.suppress(OSError):
                pipe.close()
        return status


def start(memory: int) -> Process:
    """Start a process of its own that may use so much *memory*; raises MachineError."""
    try:
        talk = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        child = subprocess.Popen(
            [sys.executable, "-c", _SERVE, str(memory), *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=talk,
            process_group=None if os.name == "nt" else 0,
            env={**os.environ, **SETTINGS},
        )
    except OSError as error:
        raise MachineError(f"cannot start a worker process: {error.strerror}", FEWER) from error
    assert child.stdin
    assert child.stdout
    return Process(child, child.stdin, child.stdout, talk)


def can_fork() -> bool:
    """Whether a fork of this process works: on Linux, where it has no thread but this one."""
    try:
        return sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208
    except OSError:
        return False


def fork(memory: int) -> Process:
    """A fork of this process, which `can_fork`, that may use so much *memory*; raises MachineError."""
    try:
        talk = tempfile.TemporaryFile()  # noqa: SIM115 (lives as long as the process)
        (inbox, calls), (answers, outbox) = os.pipe(), os.pipe()
        pid = os.fork()
    except OSError as error:
        raise MachineError(f"cannot start a worker process: {error.strerror}", FEWER) from error
    if pid == 0:
        _obey(inbox, outbox, talk, memory)
    with contextlib.suppress(OSError):  # the child does the same: whoever is first
        os.setpgid(pid, pid)
    os.close(inbox)
    os.close(outbox)
    return Process(_Fork(pid), os.fdopen(calls, "wb"), os.fdopen(answers, "rb"), talk)


def _obey(inbox: int, outbox: int, talk: IO[bytes], memory: int) -> NoReturn:
    """The life of a fork, which must never return to what this process was doing."""
    status = 1
    try:
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.environ.update(SETTINGS)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for stream in (1, 2):
            os.dup2(talk.fileno(), stream)
        sys.stdout = sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
        serve(os.fdopen(inbox, "rb"), os.fdopen(outbox, "wb"), memory)
        status = 0
    except BaseException:  # noqa: BLE001 (told on stderr, which its owner reads)
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


class Processes:
    """Where the workers of pools get their processes: each is started for one worker, and ends with it."""

    def can_fork(self) -> bool:
        """Whether workers are forks of this process."""
        return can_fork()

    def take(self, memory: int) -> Process:
        """A process that may use *memory* bytes; raises MachineError."""
        return start(memory)

    def give_back(self, process: Process) -> None:
        """Take *process* from a worker that needs it no more, and that it owes no answer."""
        process.end()


def refuse_machine_faults(words: bytes, status: int, memory: int) -> None:
    """Raise a MachineError where the machine ended a worker that kept within its bounds.

    *words* are its last ones.
    """
    if any(sign in words for sign in _NO_THREAD):
        raise MachineError("the machine refuses a worker process its threads", FEWER)
    if os.name != "nt" and status == -signal.SIGKILL:
        raise MachineError(
            "the system killed a worker process, most likely for want of memory",
            "set limits.memory in chartkit.yaml to less than there is, or run fewer workers with --jobs",
        )
    if any(sign in words for sign in OUT_OF_MEMORY) and _allowed() < memory:
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


def first_line(words: bytes) -> str:
    """The first line of what a process wrote, as far as it is shown."""
    lines = words.decode(errors="replace").strip().splitlines()
    return lines[0][:300] if lines else "it said nothing"


@contextlib.contextmanager
def threads_are_refused() -> Iterator[None]:
    """What Python says where there may be no more threads, as a MachineError."""
    try:
        yield
    except RuntimeError as error:
        raise MachineError(f"cannot start a thread: {error}", FEWER) from error
