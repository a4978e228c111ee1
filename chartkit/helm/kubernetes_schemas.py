"""Reads schemas/kubernetes: which kinds each Kubernetes version has, and their schemas.

Only the lines that a kind needs are parsed; schemas are compiled once in a process and shared by all versions
that have the same.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.system.package import schemas_folder

_REFERENCE: Final = re.compile(r'"\$ref":"#/\$defs/([0-9]+)"')


@dataclass(frozen=True, slots=True)
class _Index:
    """*kinds* is apiVersion → kind → line number for each of *versions*, 0 where it is absent."""

    versions: tuple[str, ...]
    kinds: Mapping[str, Mapping[str, tuple[int, ...]]]
    parts: Mapping[str, tuple[int, ...]]


@functools.cache
def _index() -> _Index:
    read = json.loads((schemas_folder() / "kubernetes" / "index.json").read_bytes())
    return _Index(tuple(read["versions"]), read["kinds"], read["parts"])


@functools.cache
def _lines() -> tuple[str, ...]:
    text = (schemas_folder() / "kubernetes" / "definitions.jsonl").read_text("utf-8")
    return tuple(text.splitlines())


@functools.cache
def long_names() -> Mapping[str, tuple[int, ...]]:
    """The number of each definition in each known version, 0 where it is absent, by its long name.

    That is as ``io.k8s.api.core.v1.Pod``.
    """
    names: dict[str, tuple[int, ...]] = json.loads(
        (schemas_folder() / "kubernetes" / "names.json").read_bytes()
    )
    return names


def known_versions() -> tuple[str, ...]:
    """The Kubernetes versions whose schemas ship, oldest first: ``1.25.0`` …"""
    return _index().versions


def nearest(version: str) -> str:
    """The known version of the same minor as *version*, else the newest before it, else the oldest."""
    wanted = _minor(version)
    older = [known for known in known_versions() if _minor(known) <= wanted]
    return older[-1] if older else known_versions()[0]


def _minor(version: str) -> tuple[int, int]:
    found = re.match(r"v?(\d{1,6})\.(\d{1,6})", version)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def line_of(version: str, api_version: str, kind: str) -> int:
    """The number of a kind's schema in a known *version*; 0 where that version has no such kind."""
    row = _index().kinds.get(api_version, {}).get(kind)
    return row[known_versions().index(version)] if row else 0


def part_of(version: str, name: str) -> int:
    """The number of a definition that is no kind, such as ``ObjectMeta``."""
    return _index().parts[name][known_versions().index(version)]


def having(api_version: str, kind: str) -> tuple[str, ...]:
    """The known versions that have the kind."""
    row = _index().kinds.get(api_version, {}).get(kind, ())
    return tuple(version for version, line in zip(known_versions(), row, strict=False) if line)


def kinds_of(api_version: str) -> tuple[str, ...]:
    """The kinds that some known version has under *api_version*."""
    return tuple(_index().kinds.get(api_version, ()))


def all_kinds(version: str) -> Iterator[tuple[str, str]]:
    """Each apiVersion and kind that the known *version* has."""
    place = known_versions().index(version)
    for api_version, kinds in _index().kinds.items():
        yield from ((api_version, kind) for kind, row in kinds.items() if row[place])


def api_versions_of(version: str, group: str, kind: str) -> tuple[str, ...]:
    """Under which apiVersions of *group* the known *version* has *kind*."""
    return tuple(
        api_version
        for api_version, kinds in _index().kinds.items()
        if api_version.rpartition("/")[0] == group and kind in kinds and line_of(version, api_version, kind)
    )


def of(roots: Iterable[int]) -> dict[str, Any]:
    """``$defs``: the definitions *roots* and all that they refer to, by number."""
    lines, found, waiting = _lines(), {}, list(roots)
    while waiting:
        number = waiting.pop()
        if str(number) not in found:
            line = lines[number - 1]
            found[str(number)] = json.loads(line)
            waiting += [int(target) for target in _REFERENCE.findall(line)]
    return found
