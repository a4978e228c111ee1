"""A chart as an archive in memory: the little of tar and gzip that Helm needs to load one.

Half the cost of a small render would be `tarfile`: hence a writer of our own, and no compression.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Final

_BLOCK: Final = 512
_NAME: Final = 100
_FILE: Final = b"0"
_LONG_NAME: Final = b"L"


def pack(files: Mapping[str, bytes]) -> bytes:
    """The archive of *files* by canonical name, in the order in which Helm walks a folder."""
    packer = zlib.compressobj(0, wbits=31)
    parts = [packer.compress(part) for part in _tar(files)]
    return b"".join([*parts, packer.flush()])


def walk_order(name: str) -> list[str]:
    """Sorts names as a walk meets them: folder by folder, each by the names in it."""
    return name.split("/")


def _tar(files: Mapping[str, bytes]) -> Iterator[bytes]:
    for name in sorted(files, key=walk_order):
        yield from _entry(name, files[name])
    yield bytes(2 * _BLOCK)


def _entry(name: str, content: bytes) -> Iterator[bytes]:
    coded = name.encode("utf-8", "surrogateescape")
    if len(coded) > _NAME:
        yield _header(b"././@LongLink", len(coded) + 1, _LONG_NAME)
        yield _padded(coded + b"\0")
    yield _header(coded[:_NAME], len(content), _FILE)
    yield _padded(content)


def _header(name: bytes, size: int, kind: bytes) -> bytes:
    """A GNU header; the checksum counts its own field as blanks."""
    head = name.ljust(_NAME, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"00000000000\0"
    tail = kind + bytes(_NAME) + b"ustar  \0"
    checksum = sum(head) + sum(tail) + 8 * ord(" ")
    return (head + b"%06o\0 " % checksum + tail).ljust(_BLOCK, b"\0")


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _BLOCK)
