"""The only module that knows the layout of tar files: lists the entries of one that is in memory.

Own code instead of the standard library's: that one stops in silence at a broken entry, follows
links, and can be made to run for ever by a negative size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_BLOCK: Final = 512
_FOLDER: Final = "5"
_REGULAR: Final = ("0", "\0", "7")
_WITHOUT_DATA: Final = ("1", "2", "3", "4", "5", "6")
_KINDS: Final = {
    "1": "a hard link",
    "2": "a link",
    "3": "a device",
    "4": "a device",
    "6": "a named pipe",
    "S": "a sparse file",
}


class TarError(Exception):
    """What is read is not a whole tar file; the text is a sentence."""


@dataclass(frozen=True, slots=True)
class TarEntry:
    """An entry; its content is *size* bytes from *start*; *link* is where a link leads."""

    name: str
    kind: str
    start: int
    size: int
    link: str

    @property
    def is_folder(self) -> bool:
        return self.kind == _FOLDER or (self.kind in _REGULAR and self.name.endswith("/"))

    @property
    def is_file(self) -> bool:
        return self.kind in _REGULAR

    @property
    def what(self) -> str:
        """What it is when it is no file, in words."""
        return _KINDS.get(self.kind, "of an unknown kind")


def entries(raw: bytes) -> Iterator[TarEntry]:
    """The entries of a tar file in V7, ustar, pax or GNU form, in its order; raises TarError."""
    at = 0
    headers: dict[str, str] = {}
    while block := raw[at : at + _BLOCK]:
        if not any(block):
            if any(raw[at + _BLOCK : at + 2 * _BLOCK]):
                raise TarError("there is something behind its end")
            return
        kind, size = _checked(block)
        start = at + _BLOCK
        size = _number(headers["size"]) if "size" in headers else size
        stored = 0 if kind in _WITHOUT_DATA else size
        if start + stored > len(raw):
            raise TarError("it ends too early")
        at = start + (stored + _BLOCK - 1) // _BLOCK * _BLOCK
        if kind in "xLK":
            headers |= _header(kind, raw[start : start + stored])
        elif kind != "g":
            yield _entry(block, kind, start, stored, headers)
            headers = {}


def _entry(block: bytes, kind: str, start: int, size: int, headers: dict[str, str]) -> TarEntry:
    name = headers.get("path", _name(block))
    sparse = kind == "S" or any(key.startswith("GNU.sparse.") for key in headers)
    link = headers.get("linkpath", _text(block[157:257]))
    return TarEntry(name, "S" if sparse else kind, start, size, link)


def _checked(block: bytes) -> tuple[str, int]:
    """The kind and size of a header whose checksum is right."""
    if len(block) < _BLOCK:
        raise TarError("it ends too early")
    summed = sum(block) - sum(block[148:156]) + 8 * 32
    signed = summed - 256 * sum(byte > 127 for byte in block[:148] + block[156:])
    if _octal(block[148:156]) not in (summed, signed):
        raise TarError("the header of an entry is wrong")
    return chr(block[156]), _size(block[124:136])


def _size(field: bytes) -> int:
    if not field[0] & 0x80:
        return _octal(field)
    if field[0] != 0x80:
        raise TarError("the size of an entry is wrong")
    return int.from_bytes(field[1:], "big")


def _octal(field: bytes) -> int:
    digits = field.strip(b" \0").split(b"\0")[0]
    if digits.strip(b"01234567"):
        raise TarError("a number of an entry is wrong")
    return int(digits or b"0", 8)


def _header(kind: str, content: bytes) -> dict[str, str]:
    """What an extra header says of the entry after it: ``path``, ``linkpath``, ``size`` …"""
    if kind == "x":
        return _records(content)
    return {"path" if kind == "L" else "linkpath": _text(content)}


def _records(content: bytes) -> dict[str, str]:
    """Records of the form ``20 path=web/x.yaml`` and a line end; the number is the record's length."""
    records = {}
    while content:
        length = _number(content.split(b" ", 1)[0].decode("latin-1"))
        head, equals, value = content[:length].partition(b"=")
        key = head.partition(b" ")[2]
        if not equals or not key or not value.endswith(b"\n"):
            raise TarError("an extended header is wrong")
        records[_decode(key)] = _decode(value[:-1])
        content = content[length:]
    return records


def _number(digits: str) -> int:
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 20):
        raise TarError("a number in an extended header is wrong")
    return int(digits)


def _name(block: bytes) -> str:
    name = _text(block[:100])
    if block[257:263] != b"ustar\0":  # before POSIX, and in GNU's form, other things stand there
        return name
    prefix = _text(block[345:500])
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return _decode(field.split(b"\0", 1)[0])


def _decode(field: bytes) -> str:
    return field.decode(errors="surrogateescape")
