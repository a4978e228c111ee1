"""The charts of a chart: where each has its values, and which values Helm itself reads for them."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.references import Read, ReadSite, Steps
from chartkit.model.errors import FileError
from chartkit.syntax.yaml import kube_yaml

_DEEPEST: Final = 32

Files = Mapping[str, bytes]


@dataclass(slots=True)
class Scopes:
    """*folders* says where the files of the chart are that has its values there.

    *reads* are what ``condition`` and ``tags`` name, *imports* the pairs of places, to and from, that
    ``import-values`` copies. *missing* are the names of dependencies that are not there, by their scopes.
    """

    folders: dict[Steps, str] = field(default_factory=dict)
    reads: list[Read] = field(default_factory=list)
    imports: list[tuple[Steps, Steps]] = field(default_factory=list)
    missing: dict[Steps, str] = field(default_factory=dict)


def scopes_of(files: Files, root: str) -> Scopes:
    """The charts in *files*, of which *root* is the folder of the one that holds the others."""
    found = Scopes()
    _scope(found, files, root, ())
    return found


def chart_type(files: Files, folder: str) -> str:
    """What the chart in *folder* says it is: ``library``, or nothing much."""
    return str(_mapping(files, f"{folder}/Chart.yaml").get("type") or "")


def _scope(found: Scopes, files: Files, folder: str, scope: Steps) -> None:
    found.folders[scope] = folder
    if len(scope) > _DEEPEST:
        return
    needed = list(_needed(files, folder))
    for file, entry in needed:
        _helm_reads(found, file, files[file].decode(errors="replace"), entry, scope)
    there = {below: _mapping(files, f"{below}/Chart.yaml").get("name") for below in _below(files, folder)}
    for _, entry in needed:
        if entry.get("name") not in there.values():
            found.missing[*scope, _called(entry)] = str(entry.get("name"))
    for below, name in there.items():
        called = [_called(entry) for _, entry in needed if entry.get("name") == name]
        for each in called or [str(name)]:
            _scope(found, files, below, (*scope, each))


def _called(entry: Mapping[str, Any]) -> str:
    return str(entry.get("alias") or entry.get("name"))


def _below(files: Files, folder: str) -> list[str]:
    names = (posixpath.split(name) for name in files)
    return sorted(
        there
        for there, name in names
        if name == "Chart.yaml" and posixpath.dirname(there) == f"{folder}/charts"
    )


def _needed(files: Files, folder: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for file in (f"{folder}/Chart.yaml", f"{folder}/requirements.yaml"):
        entries = _mapping(files, file).get("dependencies")
        if isinstance(entries, list):
            yield from ((file, entry) for entry in entries if isinstance(entry, dict))


def _helm_reads(found: Scopes, file: str, text: str, entry: Mapping[str, Any], scope: Steps) -> None:
    conditions = str(entry.get("condition") or "")
    for condition in filter(None, conditions.split(",")):
        found.reads.append(_read((*scope, *condition.strip().split(".")), file, text, condition.strip()))
    tags = entry.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        found.reads.append(_read(("tags", str(tag)), file, text, str(tag)))
    imports = entry.get("import-values")
    for one in imports if isinstance(imports, list) else ():
        child, parent = (
            (f"exports.{one}", "") if isinstance(one, str) else (one.get("child"), one.get("parent"))
        )
        to = tuple(str(parent).split(".")) if parent and parent != "." else ()
        origin = tuple(str(child).split(".")) if child and child != "." else ()
        start = max(text.find("import-values"), 0)
        path = (*scope, _called(entry), *origin)
        found.imports.append(((*scope, *to), path))
        found.reads.append(Read(path, whole=True, site=ReadSite(file, start, start)))


def _read(path: Steps, file: str, text: str, word: str) -> Read:
    start = max(text.find(word), 0)
    return Read(path, whole=False, site=ReadSite(file, start, start))


def _mapping(files: Files, name: str) -> Mapping[str, Any]:
    try:
        body = kube_yaml.parse(files.get(name, b"").decode())
    except (UnicodeDecodeError, FileError):
        return {}
    return body if isinstance(body, Mapping) else {}
