"""Custom resource definitions in changed files: of which API groups, and which charts speak of those."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final

from chartkit.paths import is_file

DEFINITION: Final = "CustomResourceDefinition"
_KIND: Final = re.compile(rb"""\bkind["']?[ \t]*:[ \t]*["']?CustomResourceDefinition\b""")
_PLAIN: Final = rb"""^ {0,8}group:[ \t]*["']?([A-Za-z0-9.-]+)["']?[ \t]*(?:#.*)?\r?$"""
_QUOTED: Final = rb"""["']group["'][ \t]*:[ \t]*["']?([A-Za-z0-9.-]+)"""
_GROUP: Final = re.compile(_PLAIN + b"|" + _QUOTED, re.MULTILINE)
_MOST_READ: Final = 16 << 20


def groups(files: Mapping[pathlib.Path, bool], before: Mapping[pathlib.Path, bytes]) -> frozenset[str] | None:
    """The API groups that definitions in *files* are, or were *before*, of; None where that cannot be told.

    *files* are True where there is nothing but definitions in them.
    """
    found: set[str] = set()
    for file, is_named in files.items():
        content = before.get(file, b"") + b"\n" + _content(file)
        if not _KIND.search(content):
            if is_named:
                return None
            continue
        named = {(plain or quoted).decode() for plain, quoted in _GROUP.findall(content)}
        if not named:
            return None
        found |= named
    return frozenset(found)


def speaking(
    words: Collection[str], charts: Mapping[pathlib.Path, Iterable[pathlib.Path]]
) -> Iterator[pathlib.Path]:
    """Those of *charts* that have one of *words* in a file; of each, the folders that it is made of."""
    wanted = [word.encode() for word in words]
    known: dict[pathlib.Path, bool] = {}
    for chart, folders in charts.items():
        for folder in folders:
            if folder not in known:
                known[folder] = any(word in text for text in _texts(folder) for word in wanted)
        if any(known[folder] for folder in folders):
            yield chart


def _texts(folder: pathlib.Path) -> Iterator[bytes]:
    for above, _, names in os.walk(folder):
        yield from (_content(pathlib.Path(above, name)) for name in names)


def _content(file: pathlib.Path) -> bytes:
    if not is_file(file):
        return b""
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_READ)
    except OSError:
        return b""
