"""Results kept by content, so that nothing changed means nothing done.

An entry is named by a digest of all that it depends on and begins with a digest of what it holds:
a stale entry is never asked for, a half-written or altered one is never believed. Entries are
JSON (or plain text), never anything that runs when it is read.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import pathlib
import re
import time
from collections.abc import Callable
from typing import Any, Final

from chartkit.model.errors import ChartkitError
from chartkit.system import installation
from chartkit.system.paths import cache_folder

_DIGEST_SIZE: Final = 16
_KEEP_SECONDS: Final = 30 * 24 * 3600
_PRUNE_EVERY: Final = 24 * 3600
_ENTRY: Final = re.compile(r"[0-9a-f]{2}/[0-9a-f]{30}(\.\d+-[0-9a-f]+)?")


def key(*parts: object) -> str:
    """Name what depends on *parts* (anything JSON can hold, in a fixed order) and on the installation."""
    text = json.dumps([_installation(), *parts], sort_keys=True, separators=(",", ":"))
    return digest(text.encode("utf-8", "surrogatepass"))


def digest(data: bytes) -> str:
    """Name *data* by its content."""
    return hashlib.blake2b(data, digest_size=_DIGEST_SIZE).hexdigest()


def content_of_file(path: str) -> str:
    """Name a large file by its content, which is read again only when its size or a time has changed."""
    stat = os.stat(path)  # noqa: PTH116 (a start imports little)
    signature = [path, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns, stat.st_ino]
    return _remembered(signature, lambda: digest(pathlib.Path(path).read_bytes()))


@functools.cache
def _installation() -> str:
    """By content and versions, not by time or place: what one installation keeps, another finds."""
    files = _remembered(installation.signature(), installation.content)
    return digest(json.dumps([installation.versions(), files]).encode())


def _remembered(signature: object, compute: Callable[[], str]) -> str:
    """What *compute* gave for the same *signature* before, on this machine."""
    folder = cache_folder()
    if folder is None:
        return compute()
    store, name = Store(folder), digest(json.dumps(["content", signature]).encode("utf-8", "surrogateescape"))
    if (known := store.get(name)) is not None:
        return known.decode()
    found = compute()
    store.put(name, found.encode())
    return found


def _is_entry(path: pathlib.Path) -> bool:
    """Whether *path* is named as nothing but an entry is: what else lies in the folder is never removed."""
    return _ENTRY.fullmatch(f"{path.parent.name}/{path.name}") is not None and not path.parent.is_symlink()


class Store:
    """Entries by key below *root*; every failure to read or write is a miss, never an error."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self._made: set[str] = set()

    def get(self, name: str) -> bytes | None:
        """What is kept under *name*; None when nothing is, or when it is not what was put there."""
        try:
            data = self._path(name).read_bytes()
        except OSError:
            return None
        head, body = data[:_DIGEST_SIZE], data[_DIGEST_SIZE:]
        if hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() != head:
            return None
        return body

    def put(self, name: str, body: bytes) -> None:
        """Keep *body* under *name*, whole or not at all."""
        path = self._path(name)
        temporary = path.with_name(f"{path.name}.{os.getpid()}-{time.monotonic_ns():x}")
        try:
            if path.parent.name not in self._made:
                path.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(path.parent.name)
            temporary.write_bytes(hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() + body)
            temporary.replace(path)
        except OSError:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)

    def get_json(self, name: str) -> Any:
        body = self.get(name)
        return None if body is None else json.loads(body)

    def is_writable(self) -> bool:
        """Whether what is put comes back: not on a full disk, or in a folder of somebody else's."""
        name = digest(os.urandom(_DIGEST_SIZE))
        self.put(name, b"probe")
        kept = self.get(name) == b"probe"
        with contextlib.suppress(OSError):
            self._path(name).unlink()
        return kept

    def put_json(self, name: str, value: object) -> None:
        self.put(name, json.dumps(value, separators=(",", ":")).encode())

    def put_text(self, text: str) -> str:
        """Keep *text* under the name that its content gives it, and return that name."""
        body = text.encode("utf-8", "surrogateescape")
        name = digest(body)
        if self.get(name) is None:
            self.put(name, body)
        return name

    def get_text(self, name: str) -> str | None:
        body = self.get(name)
        return None if body is None else body.decode("utf-8", "surrogateescape")

    def text(self, name: str) -> str:
        """The text kept under *name* in this run; ChartkitError where it has gone."""
        text = self.get_text(name)
        if text is None:
            raise ChartkitError(
                f"a render that was put into {str(self.root)!r} a moment ago cannot be read any more",
                "make room on that disk, or run with --no-cache",
            )
        return text

    def prune(self) -> None:
        """Forget, once a day, what has not been written for thirty."""
        marker = self.root / "pruned"
        now = time.time()
        with contextlib.suppress(OSError):
            if marker.exists() and now - marker.stat().st_mtime < _PRUNE_EVERY:
                return
            self.root.mkdir(parents=True, exist_ok=True)
            marker.touch()
            for path in filter(_is_entry, self.root.glob("??/*")):
                if now - path.stat().st_mtime > _KEEP_SECONDS:
                    path.unlink(missing_ok=True)

    def _path(self, name: str) -> pathlib.Path:
        return self.root / name[:2] / name[2:]
