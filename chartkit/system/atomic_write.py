"""Files that are written whole or not at all, whatever happens; what a killed run left goes with the next."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import pathlib
import re
import secrets
import stat
from typing import Final

_TEMPORARY: Final = re.compile(r"\.chartkit-[0-9a-f]{8}-[0-9a-f]{16}\.tmp")
_FLAGS: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def replace(path: pathlib.Path, data: bytes) -> None:
    """Put *data* at *path* whole, or leave there what was; the permissions stay.

    OSError where the disk refuses, and where *path* is a link: then neither it nor its target changes.
    """
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link")
    _clean(path)
    try:
        _replace(path, data)
    except FileNotFoundError:  # a run that writes the same file at the same time has cleaned up
        _replace(path, data)


def is_temporary(name: str) -> bool:
    """Whether only `replace` gives a file such a *name*, and takes it away again unless it is killed."""
    return _TEMPORARY.fullmatch(name) is not None


def _replace(path: pathlib.Path, data: bytes) -> None:
    temporary = path.with_name(f"{_prefix(path)}{secrets.token_hex(8)}.tmp")
    descriptor = os.open(temporary, _FLAGS, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            temporary.chmod(stat.S_IMODE(path.stat().st_mode))
        temporary.replace(path)
    except BaseException:  # an interrupt too leaves nothing behind
        temporary.unlink(missing_ok=True)
        raise


def _prefix(path: pathlib.Path) -> str:
    """How the temporary files for *path* begin; short, however long its name is."""
    return f".chartkit-{hashlib.blake2b(os.fsencode(path.name), digest_size=4).hexdigest()}-"


def _clean(path: pathlib.Path) -> None:
    """Remove what killed runs have left that wrote the file at *path*."""
    prefix = _prefix(path)
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        for entry in entries:
            if entry.name.startswith(prefix) and is_temporary(entry.name):
                pathlib.Path(entry.path).unlink(missing_ok=True)
