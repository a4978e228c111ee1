"""The only module that knows packed charts: reads a ``.tgz`` in memory, and never writes a file of it.

The rules are Helm's: the first part of every name is dropped, names that leave the archive are
refused, a file may have 5 MiB and a chart 100 MiB. What Helm takes as an empty file (links and
devices), or takes twice, is a *warning*.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from chartkit.helm.charts.tar_entries import TarEntry, TarError, entries
from chartkit.model.chart_file import BOM
from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Place

MAX_FILE: Final = 5 << 20  # Helm's own limit, of folders and archives alike
MAX_CHART: Final = 100 << 20  # Helm's own limit of an archive, and a chart reaches the engine as one
MAX_FILES: Final = 20_000  # Helm has none; no public chart has a tenth of it
_HEADERS: Final = MAX_FILES * 3 * 512  # a tar file has a block or three for each entry
_PIECE: Final = 1 << 20
_DRIVE = re.compile(r"[a-zA-Z]:/")
_GZIP: Final = b"\x1f\x8b\x08"


class ArchiveError(FileError):
    """An archive that cannot be read as a chart."""

    def __init__(self, message: str, hint: str = "pack the chart again with helm package") -> None:
        super().__init__(Problem(Place(""), message, hint))


class TooLarge(ArchiveError):
    """A chart that is beyond a limit, packed or not."""


@dataclass(slots=True)
class ChartBudget:
    """What one chart, with all it depends on, may still cost: bytes kept, files, bytes unpacked."""

    size: int = MAX_CHART
    files: int = MAX_FILES
    unpacked: int = 4 * MAX_CHART

    def take(self, name: str, size: int) -> None:
        """Account for a file of *size* bytes; raises TooLarge before it is read."""
        if size > MAX_FILE:
            message = f"{name!r} has {size} bytes: Helm reads at most {MAX_FILE >> 20} MiB of a file"
            raise TooLarge(message, "leave it out with .helmignore, or split it")
        self.size -= size
        if self.size <= 0:
            raise TooLarge(
                f"the chart has more than {MAX_CHART >> 20} MiB with all it depends on",
                "leave large files out with .helmignore",
            )
        self.count()

    def count(self) -> None:
        self.files -= 1
        if self.files < 0:
            raise TooLarge(
                "the chart has too many files with all it depends on",
                "leave files out with .helmignore",
            )


@dataclass(slots=True)
class Unpacked:
    """The files of an archive in their order, and *warnings*: what is wrong with entries, as sentences."""

    files: dict[str, bytes] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)


def name_problem(name: str) -> str:
    """Why a file of this name cannot be part of a packed chart, or empty."""
    if not name.isprintable() and any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in name):
        return "holds a control character or is not UTF-8"
    if "\\" in name:
        return "holds a backslash"
    if _DRIVE.match(name):
        return "looks like a drive of Windows"
    return "begins with '..'" if name.startswith("..") else ""


def unpack(content: bytes, budget: ChartBudget) -> Unpacked:
    """Read a packed chart; raises ArchiveError."""
    raw = _gunzip(content, budget)
    result = Unpacked()
    try:
        for entry in entries(raw):
            if entry.is_folder:
                budget.count()
            else:
                _add(result, entry, raw, budget)
    except TarError as error:
        raise ArchiveError(f"the archive is damaged: {error}") from error
    if not result.files:
        raise ArchiveError("the archive holds no files")
    return result


def _gunzip(content: bytes, budget: ChartBudget) -> bytes:
    if not content.startswith(_GZIP):
        raise ArchiveError("is not a gzip archive", "name a chart folder or a packed chart (.tgz)")
    most = min(budget.unpacked, MAX_CHART + _HEADERS)
    parts, size = [], 0
    try:
        for part in _inflated(content):
            parts.append(part)
            size += len(part)
            if size > most:
                message = f"the archive unpacks to more than {most >> 20} MiB"
                raise TooLarge(message, "check where it comes from")
    except zlib.error as error:
        raise ArchiveError("the archive is damaged: it cannot be decompressed") from error
    budget.unpacked -= size
    return b"".join(parts)


def _inflated(content: bytes) -> Iterator[bytes]:
    """The content of all gzip members, a piece at a time; what is behind them does not count."""
    at = 0
    while content.startswith(_GZIP, at):
        stream = zlib.decompressobj(31)
        while not stream.eof:
            data = stream.unconsumed_tail or content[at : at + _PIECE]
            at += 0 if stream.unconsumed_tail else len(data)
            part = stream.decompress(data, _PIECE)
            if not data and not part and not stream.eof:
                raise ArchiveError("the archive is damaged: it ends too early")
            yield part
        at -= len(stream.unused_data)


def _add(result: Unpacked, entry: TarEntry, raw: bytes, budget: ChartBudget) -> None:
    shown = _shown(entry.name)
    name = _inner_name(entry.name)
    if problem := _outside(entry.name) or name_problem(name):
        result.warnings.append(f"{shown} {problem}: it is left out")
        return
    size = entry.size if entry.is_file else 0
    budget.take(name, size)
    if not entry.is_file:
        link = f" to {_shown(entry.link)}" if entry.link else ""
        result.warnings.append(f"{shown} is {entry.what}{link}: it is taken as an empty file")
    if name in result.files:
        result.warnings.append(f"{shown} stands in it twice: the last one counts")
    result.files[name] = raw[entry.start : entry.start + size].removeprefix(BOM)


def _outside(name: str) -> str:
    outside = name.startswith(("/", "../")) or _DRIVE.match(name)
    return "is a name outside of the chart" if outside else ""


def _inner_name(name: str) -> str:
    """The name in the chart: without its first part, with slashes; raises ArchiveError as Helm does."""
    delimiter = "\\" if "\\" in name else "/"
    first, *rest = name.split(delimiter)
    inner = "/".join(rest).replace(delimiter, "/")
    if first == "Chart.yaml":
        raise ArchiveError("the archive holds Chart.yaml, but not in a folder of the chart's name")
    inner = "" if not inner else posixpath.normpath(inner)
    if inner.startswith(("..", "/")) or inner in ("", ".") or _DRIVE.match(inner):
        raise ArchiveError(f"the archive holds {_shown(name)}, which is outside of the chart")
    return inner


def _shown(name: str) -> str:
    return repr(name if len(name) <= 120 else name[:117] + "...")
