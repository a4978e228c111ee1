"""Custom resource definitions: those that are configured, and the charts that have or mention some."""

from __future__ import annotations

import contextlib
import functools
import itertools
import os
import pathlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from chartkit.helm import capabilities, manifests
from chartkit.helm.charts import archive
from chartkit.model.chart_file import is_packed
from chartkit.model.errors import ConfigError
from chartkit.plan.chart_folders import metadata_of, roots
from chartkit.system.paths import MAX_FILES, content, is_file

if TYPE_CHECKING:
    from chartkit.helm.charts.dependency_sources import Siblings

_LARGEST_FILE: Final = 64 << 20
_HINT: Final = "name files or folders of CustomResourceDefinitions, as YAML or JSON"

_KIND: Final = re.compile(rb"""\bkind["']?[ \t]*:[ \t]*["']?CustomResourceDefinition\b""")
_PLAIN: Final = rb"""^ {0,8}group:[ \t]*["']?([A-Za-z0-9.-]+)["']?[ \t]*(?:#.*)?\r?$"""
_QUOTED: Final = rb"""["']group["'][ \t]*:[ \t]*["']?([A-Za-z0-9.-]+)"""
_GROUP: Final = re.compile(_PLAIN + b"|" + _QUOTED, re.MULTILINE)
_WORD: Final = b"CustomResourceDefinition"
_PROSE: Final = ".md"
_LARGEST_SEARCHED: Final = 16 << 20


def read(files: Sequence[pathlib.Path], shown: Callable[[pathlib.Path], str]) -> list[dict[str, Any]]:
    """Every CRD in *files*; ConfigError where one cannot be read, or none of them holds any."""
    found = [dict(crd) for file in files for crd in _definitions(file, shown(file))]
    if files and not found:
        raise ConfigError(f"crds: {', '.join(map(shown, files))}: no CustomResourceDefinition", _HINT)
    return found


def api_versions(files: Sequence[pathlib.Path]) -> tuple[str, ...]:
    """The API versions that the CRDs in *files* define; `read` reports what is wrong with them."""
    found: dict[str, None] = {}
    for file in files:
        with contextlib.suppress(OSError):
            found |= dict.fromkeys(capabilities.served_by_crds(content(file, _LARGEST_FILE)))
    return tuple(found)


def _definitions(file: pathlib.Path, shown: str) -> Iterator[Any]:
    try:
        read = content(file, _LARGEST_FILE + 1)
        text = read.decode("utf-8-sig")
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise ConfigError(f"crds: {shown!r} cannot be read: {why}", _HINT) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"crds: {shown!r} cannot be read: it is not UTF-8 text", _HINT) from error
    if len(read) > _LARGEST_FILE:
        raise ConfigError(
            f"crds: {shown!r} is larger than {_LARGEST_FILE >> 20} MiB", "put it into several files"
        )
    objects, unreadable = manifests.read(text)
    for document in unreadable:
        raise ConfigError(f"crds: {shown}:{document.problem.place.line}: {document.problem.message}", _HINT)
    yield from (manifest.body for manifest in objects if manifest.is_crd)


def api_groups(
    files: Mapping[pathlib.Path, bool], before: Mapping[pathlib.Path, bytes]
) -> frozenset[str] | None:
    """The API groups that definitions in *files* are, or were *before*, of; None where that is not known.

    *files* are True where there is nothing but definitions in them.
    """
    found: set[str] = set()
    for file, is_named in files.items():
        text = before.get(file, b"") + b"\n" + _content(file)
        if not _KIND.search(text):
            if is_named:
                return None
            continue
        named = {(plain or quoted).decode() for plain, quoted in _GROUP.findall(text)}
        if not named:
            return None
        found |= named
    return frozenset(found)


def mentioning(
    words: Collection[str], charts: Mapping[pathlib.Path, Iterable[pathlib.Path]]
) -> Iterator[pathlib.Path]:
    """Those of *charts*, each given with its folders, that have one of *words* in a file."""
    wanted = [word.encode() for word in words]
    known: dict[pathlib.Path, bool] = {}
    for chart, folders in charts.items():
        for folder in folders:
            if folder not in known:
                known[folder] = any(word in text for text in _texts(folder) for word in wanted)
        if any(known[folder] for folder in folders):
            yield chart


def defining(charts: Iterable[pathlib.Path], siblings: Siblings | None) -> Iterator[pathlib.Path]:
    """Those of *charts* that may have definitions: in their files, in archives, in what they depend on."""

    @functools.cache
    def defines(folder: pathlib.Path) -> bool:
        files = itertools.islice(_files(folder), MAX_FILES + 1)
        return any(number == MAX_FILES or _defines(file) for number, file in enumerate(files))

    metadata = functools.cache(metadata_of)
    return (chart for chart in charts if any(map(defines, roots(chart, metadata, siblings))))


def _defines(file: pathlib.Path) -> bool:
    if is_packed(file.name):
        return _archive_defines(_content(file), archive.ChartBudget())
    return not file.name.endswith(_PROSE) and _WORD in _content(file)


def _archive_defines(packed: bytes, budget: archive.ChartBudget) -> bool:
    try:
        files = archive.unpack(packed, budget).files
    except archive.ArchiveError:
        return False
    return any(
        _archive_defines(inner, budget) if is_packed(name) else _WORD in inner
        for name, inner in files.items()
        if not name.endswith(_PROSE)
    )


def _texts(folder: pathlib.Path) -> Iterator[bytes]:
    return map(_content, _files(folder))


def _files(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    """The files in *folder*, which may be one itself, and in what links in it lead to."""
    if is_file(folder):
        yield folder
    seen = set[str]()
    for above, below, names in os.walk(folder, followlinks=True):
        if (real := os.path.realpath(above)) in seen:
            below.clear()
            continue
        seen.add(real)
        yield from (pathlib.Path(above, name) for name in names)


def _content(file: pathlib.Path) -> bytes:
    if not is_file(file):
        return b""
    try:
        with file.open("rb") as stream:
            return stream.read(_LARGEST_SEARCHED)
    except OSError:
        return b""
