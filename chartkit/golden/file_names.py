"""Names of golden files and their folders that every file system takes, and none takes for each other."""

from __future__ import annotations

import hashlib
import os
import pathlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

SUFFIX: Final = ".yaml"
_LONGEST: Final = 120
_RESERVED: Final = {
    "con",
    "prn",
    "aux",
    "nul",
    *(f"{name}{n}" for name in ("com", "lpt") for n in range(1, 10)),
}


def folders_of(root: pathlib.Path, charts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The folder of each chart, by its path: the chart's name, or its path where charts share the name.

    *charts* are pairs of a path and a name, all of the configuration.
    """
    shared: defaultdict[str, list[str]] = defaultdict(list)
    for path, name in charts:
        shared[_folded(name)].append(path)
    here = root.absolute().parent
    named = {
        path: safe(name) if len(shared[_folded(name)]) == 1 else _path_name(path, here)
        for path, name in charts
    }
    return distinct(named)


def folders_for(root: pathlib.Path, path: str, name: str) -> frozenset[str]:
    """The folders that may be those of the chart *name* at *path*."""
    return frozenset({safe(name), _path_name(path, root.absolute().parent)})


def folders_in(root: pathlib.Path) -> Iterator[str]:
    """The folders of charts, known or not, that are there."""
    try:
        with os.scandir(root) as entries:
            yield from sorted(entry.name for entry in entries if entry.is_dir())
    except OSError:
        return


def _path_name(path: str, here: pathlib.Path) -> str:
    """*path* as one file name; no chart's name makes a ``+``, so the two kinds never meet."""
    relative = os.path.relpath(path, here).replace(os.sep, "/")
    return flat(relative) + ("" if "/" in relative else "+")


def flat(path: str) -> str:
    """A relative path as one file name."""
    return "+".join(map(safe, path.split("/")))


def safe(name: str) -> str:
    """*name* as a file name on any system: letters, digits, ``._-`` stay, all else is percent-encoded."""
    kept = "".join(char if char.isalnum() or char in "._-" else _encoded(char) for char in name)
    if kept[:1] in (".", "") or kept.split(".")[0].lower() in _RESERVED:
        kept = f"%{ord(kept[0]):02X}{kept[1:]}" if kept else "%"
    if kept.endswith("."):
        kept = kept[:-1] + "%2E"
    if len(kept.encode()) <= _LONGEST:
        return kept
    return kept.encode()[:_LONGEST].decode(errors="ignore") + "~" + _short(name)


def _encoded(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass"))


def _short(name: str) -> str:
    return hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def _folded(name: str) -> str:
    """What a file system that knows no case, or one way to write accents, makes of *name*."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def distinct(names: Mapping[str, str]) -> dict[str, str]:
    """Tell apart the file names that some file systems take for one."""
    folded: defaultdict[str, list[str]] = defaultdict(list)
    for key, name in names.items():
        folded[_folded(name)].append(key)
    return {
        key: name if len(folded[_folded(name)]) == 1 else f"{name}~{_short(key)}"
        for key, name in names.items()
    }
