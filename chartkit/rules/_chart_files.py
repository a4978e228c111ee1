"""The files of a chart that people write, as the rules on charts look at them.

What a chart packs as an archive is somebody else's, and not looked at; a chart that is an archive
itself is, without lines.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chartkit.model.case import Chart
from chartkit.model.chart_file import ChartFile, is_packed
from chartkit.model.errors import FileError
from chartkit.model.place import Path, Place
from chartkit.model.render import Hit
from chartkit.syntax.yaml import kube_yaml


@dataclass(frozen=True, slots=True)
class WrittenFile(ChartFile):
    """A file that a person writes, in a chart or in a chart that lies unpacked in its ``charts/``."""

    @property
    def text(self) -> str:
        """Its content; a sign for what is not UTF-8 in it."""
        return self.content.decode("utf-8", "replace")

    def hit(self, message: str, hint: str = "", line: int | None = None, column: int | None = None) -> Hit:
        """A hit at a line; in an archive the file is named instead, since there is no line to open."""
        origin = self.origin
        if is_packed(origin):
            return Hit((), f"'{self.inner}' in the archive: {message}", hint, place=Place(origin))
        return Hit((), message, hint, place=Place(origin, line, column))


@dataclass(frozen=True, slots=True)
class WrittenYaml:
    """A file of a chart that holds a mapping, *body*."""

    file: WrittenFile
    body: Mapping[str, Any] = field(repr=False)

    def hit(self, path: Path, message: str, hint: str = "", *, on_key: bool = False) -> Hit:
        """A hit at the value at *path*, or where that is not there at the nearest above it."""
        spot = kube_yaml.find(self.file.text, path)
        line, column = spot.place(on_key=on_key) if spot and spot.steps else (1, 1)
        return self.file.hit(message, hint, line, column)

    def written(self, path: Path) -> str:
        """The scalar at *path* letter for letter: ``1.10`` where *body* holds 1.1."""
        spot = kube_yaml.find(self.file.text, path)
        return "" if spot is None or spot.is_collection else str(spot.node.value)

    def entry(self, key: str) -> tuple[Path, Any]:
        """The path to the value of *key*, and the value."""
        return entry(self.body, key)


def entry(body: Mapping[str, Any], key: str) -> tuple[Path, Any]:
    """The path to the value of *key* in *body*, whatever the case of the key, and the value; as in Go."""
    named = [written for written in sorted(body) if written.lower() == key.lower()]
    return ((named[-1],), body[named[-1]]) if named else ((key,), None)


def items(found: tuple[Path, Any]) -> Iterator[tuple[Path, Any]]:
    """The items of the list that an entry is, each with its path."""
    path, value = found
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield (*path, index), item


def written(chart: Chart) -> Iterator[WrittenFile]:
    """The files that a person writes, of *chart* and of the charts that lie unpacked in its ``charts/``."""
    whole_is_packed = is_packed(chart.path)
    for file in chart.each_file():
        if file.folder == chart.name if whole_is_packed else not is_packed(file.origin):
            yield WrittenFile(file.name, file.content, file.origin)


def mappings(chart: Chart, *names: str) -> Iterator[WrittenYaml]:
    """The files called one of *names* that hold a mapping; one that cannot be read is another finding."""
    for file in written(chart):
        body = _parsed(file.text) if file.inner in names else None
        if isinstance(body, Mapping):
            yield WrittenYaml(file, body)


@functools.lru_cache(maxsize=16)
def _parsed(text: str) -> Any:
    try:
        return kube_yaml.parse(text)
    except FileError:
        return None


def place_in_metadata(chart: Chart, key: str) -> Place:
    """The line of *key* in the Chart.yaml of *chart*; the file alone where it is packed or lacks the key."""
    name = f"{chart.name}/Chart.yaml"
    file = chart.origin(name)
    if is_packed(file) or name not in chart.files:
        return Place(file)
    spot = kube_yaml.find(chart.files[name].decode("utf-8", "replace"), (key,))
    mark = spot.node.start_mark if spot else None
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
