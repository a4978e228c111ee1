"""What a worker process does: it obeys calls that come in over a pipe, one at a time, within its bounds."""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import signal
import struct
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any, Final

_LENGTH: Final = struct.Struct("<Q")
TIME_SIGNAL: Final = getattr(signal, "SIGPROF", None)
"""What ends a worker that has used its processor time; None on Windows, which has no such timer."""
_RESERVED: Final = 4 << 30
"""Address space beyond what is allocated, in bytes."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An exception, for the caller to raise."""

    error: BaseException


def send(pipe: IO[bytes], message: object) -> None:
    """Write *message* as one frame."""
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(_LENGTH.pack(len(data)) + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one frame; raises EOFError where the other end has gone."""
    size = _LENGTH.unpack(_read(pipe, _LENGTH.size))[0]
    return pickle.loads(_read(pipe, size))  # noqa: S301 (only ever from our own process at the other end)


def _read(pipe: IO[bytes], size: int) -> bytes:
    data = pipe.read(size)
    if len(data) < size:
        raise EOFError
    return data


def serve_pipes(memory: int) -> None:
    """Obey the calls that come in on stdin and answer on stdout, as a process that was started anew.

    Whatever else writes to file descriptor 1 (Go's logger, a library) goes to stderr instead, so
    that it cannot garble the answers.
    """
    outbox = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, outbox, memory)


def serve(inbox: IO[bytes], outbox: IO[bytes], memory: int) -> None:
    """Obey calls until *inbox* closes, with at most so much *memory*, in bytes: the life of a worker.

    A call is a function with its arguments and the seconds of processor time that it may take.
    """
    threading.Thread(target=_follow, args=(os.getppid(),), daemon=True).start()
    # Parsed manifests are many and live long: looking for garbage among them took a third of reading.
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    _bound_memory(memory)
    for function, arguments, seconds in _messages(inbox):
        try:
            with _processor_time(seconds):
                answer = function(*arguments)
        except MemoryError:
            sys.stderr.write("MemoryError\n")
            sys.stderr.flush()
            os._exit(1)
        except Exception as error:  # noqa: BLE001 (handed to the caller, who raises it)
            answer = Raised(_portable(error))
        send(outbox, answer)


@contextlib.contextmanager
def _processor_time(seconds: float) -> Iterator[None]:
    """End this process by `TIME_SIGNAL` once it has used so many *seconds* of processor time.

    The kernel does it: a template that runs in Go returns to no Python.
    """
    if TIME_SIGNAL is None:
        yield
        return
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _messages(inbox: IO[bytes]) -> Iterator[Any]:
    # An interrupt is the parent's to handle: it ends the workers.
    with contextlib.suppress(EOFError, KeyboardInterrupt):
        while True:
            yield receive(inbox)


def _follow(parent: int) -> None:
    """End with the *parent*, and end helm: a template without end must not outlive a killed chartkit."""
    while os.getppid() == parent:
        time.sleep(1)
    if os.name != "nt" and os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def _portable(error: Exception) -> BaseException:
    """*error* with its traceback as a note, since tracebacks do not travel."""
    import traceback

    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)).rstrip())
    try:
        pickle.loads(pickle.dumps(error))  # noqa: S301 (our own)
    except Exception:  # noqa: BLE001 (an exception that cannot be sent is described instead)
        return RuntimeError(*error.__notes__)
    return error


def _bound_memory(memory: int) -> None:
    """Limit what this process may allocate, where the platform can: Linux does, macOS takes no notice.

    The data limit counts what is really allocated. The address space would not do: the Go runtime
    and its library reserve more than a gibibyte of it and use a tenth.
    """
    if not memory or sys.platform == "win32":
        return
    import resource

    limits = (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_AS, memory + _RESERVED),
        (resource.RLIMIT_CORE, 0),
    )
    for limit, most in limits:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (most, resource.getrlimit(limit)[1]))
