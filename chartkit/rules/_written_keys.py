"""Keys that stand twice in YAML that people write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chartkit.helm import manifests
from chartkit.model.errors import FileError
from chartkit.model.place import Path, pointer
from chartkit.syntax.yaml import kube_yaml


@dataclass(frozen=True, slots=True)
class Repeated:
    """What is to be said of a key that stands again, at *line* and *column* of the file, from 1."""

    message: str
    line: int
    column: int


def repeated(text: str, *, folds: bool = False) -> Iterator[Repeated]:
    """The keys that stand twice in a mapping of *text*; what cannot be read is told where it is read.

    With *folds*, as in Chart.yaml, also those that differ by case alone, which are one key to Helm.
    """
    for document, _, first in manifests.documents(text):
        try:
            read = kube_yaml.read(document)
        except FileError:
            continue
        for each in read.duplicates:
            where = f"'{pointer(each.path)}'" if each.path else "the file"
            lost = f"the one in line {first + each.first[0] - 1} is lost"
            yield Repeated(
                f"key '{each.key}' stands twice in {where}: {lost}", first + each.line - 1, each.column
            )
        for path, keys in _folded(read.value) if folds else ():
            spot = kube_yaml.find(document, (*path, keys[0]))
            line, column = spot.place(on_key=True) if spot else (1, 1)
            message = f"'{keys[0]}' and '{keys[-1]}' are one key to Helm: '{keys[0]}' is lost"
            yield Repeated(message, first + line - 1, column)


def _folded(value: Any) -> Iterator[tuple[Path, list[str]]]:
    """The keys that Go takes for one, in the order in which the next takes the place of the one before it."""
    if not isinstance(value, Mapping):
        return
    yield from (((), keys) for keys in _alike(value))
    for name, items in value.items():
        if name.lower() in ("dependencies", "maintainers") and isinstance(items, list):
            for index, item in enumerate(items):
                if isinstance(item, Mapping):
                    yield from (((name, index), keys) for keys in _alike(item))


def _alike(body: Mapping[str, Any]) -> Iterator[list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for key in sorted(body):
        names[key.lower()].append(key)
    yield from (keys for keys in names.values() if len(keys) > 1)
