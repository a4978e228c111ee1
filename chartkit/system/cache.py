"""Results kept by content, so that nothing changed means nothing done.

An entry is named by a digest of all that it depends on and begins with a digest of what it holds:
a stale entry is never asked for, a half-written or altered one is never believed. Entries are
JSON (or plain text), never anything that runs when it is read.
"""

from __future__ import annotations

import collections
import contextlib
import functools
import hashlib
import json
import os
import pathlib
import re
import struct
import time
from collections.abc import Callable, Hashable
from typing import IO, Any, Final, Generic, TypeVar

from chartkit.model.errors import ChartkitError
from chartkit.system import package
from chartkit.system.paths import cache_folder

_DIGEST_SIZE: Final = 16
_SIZE: Final = struct.Struct("<Q")
_HEAD: Final = 2 * _DIGEST_SIZE + _SIZE.size
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
    files = _remembered(package.signature(), package.content)
    return digest(json.dumps([package.versions(), files]).encode())


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


@functools.cache
def store_in(root: str, *, keeps: bool) -> Store:
    """The store in the folder *root*: one that *keeps* entries from run to run, or that of a single run."""
    return (Store if keeps else ScratchStore)(pathlib.Path(root))


def _is_entry(path: pathlib.Path) -> bool:
    """Whether *path* is named as nothing but an entry is: what else lies in the folder is never removed."""
    return _ENTRY.fullmatch(f"{path.parent.name}/{path.name}") is not None and not path.parent.is_symlink()


class Store:
    """Entries by key below *root*; every failure to read or write is a miss, never an error."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root

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
        entry = hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() + body
        try:
            try:
                temporary.write_bytes(entry)
            except FileNotFoundError:
                path.parent.mkdir(parents=True, exist_ok=True)
                temporary.write_bytes(entry)
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
        if not self._has(name):
            self.put(name, body)
        return name

    def _has(self, name: str) -> bool:
        return self.get(name) is not None

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


class ScratchStore(Store):
    """Entries of one run: each process appends them to a file of its own, so that few are made and removed.

    Each entry is its name, the length of its body, and the body.
    """

    def __init__(self, root: pathlib.Path) -> None:
        super().__init__(root)
        self._read: dict[pathlib.Path, int] = {}
        self._places: dict[str, tuple[pathlib.Path, int, int]] = {}
        self._put: set[str] = set()
        self._own: tuple[int, IO[bytes]] | None = None

    def get(self, name: str) -> bytes | None:
        try:
            if name not in self._places:
                self._look()
            path, start, size = self._places[name]
            with path.open("rb") as file:
                file.seek(start)
                return file.read(size)
        except (OSError, KeyError):
            return None

    def put(self, name: str, body: bytes) -> None:
        entry = name.encode() + _SIZE.pack(len(body)) + body
        try:
            if self._file().write(entry) == len(entry):
                self._put.add(name)
                return
        except OSError:
            pass
        self._own = None  # what is half there ends its file

    def _has(self, name: str) -> bool:
        return name in self._put

    def _file(self) -> IO[bytes]:
        """The file of this process, which may be a fork of the one that has begun another."""
        if self._own is None or self._own[0] != os.getpid():
            self.root.mkdir(parents=True, exist_ok=True)
            path = self.root / f"{os.getpid()}-{time.monotonic_ns():x}"
            self._own = os.getpid(), path.open("ab", buffering=0)
        return self._own[1]

    def _look(self) -> None:
        """Find what has been put since the last look, by any process."""
        for path in self.root.iterdir():
            with path.open("rb") as file:
                start = self._read.get(path, 0)
                size = path.stat().st_size
                while start + _HEAD <= size:
                    file.seek(start)
                    head = file.read(_HEAD)
                    start, length = start + _HEAD, _SIZE.unpack(head[-_SIZE.size :])[0]
                    if start + length > size:
                        break
                    self._places[head[: -_SIZE.size].decode()] = path, start, length
                    start = self._read[path] = start + length


Value = TypeVar("Value")
Key = TypeVar("Key")


def of_recent(function: Callable[[Key], Value]) -> Callable[[Key], Value]:
    """*function*, which remembers what it gave for the last few objects: these, not equal ones."""
    recent: collections.deque[tuple[Key, Value]] = collections.deque(maxlen=4)

    @functools.wraps(function)
    def remembering(key: Key) -> Value:
        for known, value in recent:
            if known is key:
                return value
        recent.append((key, function(key)))
        return recent[-1][1]

    return remembering


class Memo(Generic[Value]):
    """Values in memory: once their sizes add up to more than *room*, the longest unused are forgotten."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._values: dict[Hashable, tuple[Value, int]] = {}

    def get(self, key: Hashable, size: int, make: Callable[[], Value]) -> Value:
        """The value of *key*, made by *make* unless it is there; *size* is what it counts for."""
        entry = self._values.pop(key, None)
        if entry is None:
            entry = (make(), size)
            self._used += size
        self._values[key] = entry
        while self._used > self._room and len(self._values) > 1:
            oldest = next(iter(self._values))
            self._used -= self._values.pop(oldest)[1]
        return entry[0]
