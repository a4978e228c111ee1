"""Finds in YAML that was written anew the places of what it was read from: the same path, the same place."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from typing import Final

from yaml.nodes import MappingNode, Node, SequenceNode

from chartkit.model.errors import FileError
from chartkit.model.place import Path
from chartkit.source_map.origin import Origin, Precision
from chartkit.source_map.stretches import Stretches
from chartkit.source_map.tables import Lines
from chartkit.syntax.yaml import kube_yaml

MOST: Final = 50_000
"""The most nodes that are looked at: aliases may make a document endless."""

_Nodes = dict[tuple[Path, bool], Node]
"""The nodes of a document by path, and whether it is the key that is meant."""


def aligned(written: str, source: Stretches, start: int) -> list[tuple[int, Origin]]:
    """Offsets of the nodes of *written*, counted from *start*, and their origins in *source*; in order."""
    try:
        new, old = (_nodes_of(text) for text in (written, source.text))
    except FileError:
        return []
    lines = Lines(written)
    found: dict[int, Origin] = {}
    for key, node in new.items():
        place = old.get(key)
        origin = source.at(place.start_mark.index) if place is not None and key[0] else None
        if origin is None:
            continue
        precision = Precision.COARSE if origin.precision is Precision.COARSE else Precision.YAML
        origin = dataclasses.replace(origin, precision=precision)
        at = node.start_mark.index
        found[at] = origin
        before = written[lines.starts[lines.at(at)[0] - 1] : at]
        if "-" in before and not before.strip(" -"):  # the dash of an item is where its first key is
            found.setdefault(at - len(before.lstrip(" ")), origin)
    return [(start + at, found[at]) for at in sorted(found)]


def _nodes_of(text: str) -> _Nodes:
    root = kube_yaml.compose(text)
    nodes = dict(itertools.islice(_nodes(root), MOST)) if root is not None else {}
    return nodes if len(nodes) < MOST else {}


def _nodes(root: Node) -> Iterator[tuple[tuple[Path, bool], Node]]:
    """Every node by its path; of keys that stand twice the last, which counts."""
    waiting: list[tuple[Path, Node]] = [((), root)]
    while waiting:
        path, node = waiting.pop()
        yield (path, False), node
        if isinstance(node, MappingNode):
            pairs = {kube_yaml.key_text(key): (key, value) for key, value in node.value}
            for step, (key, value) in pairs.items():
                if step is not None:
                    yield ((*path, step), True), key
                    waiting.append(((*path, step), value))
        elif isinstance(node, SequenceNode):
            waiting += [((*path, index), item) for index, item in enumerate(node.value)]
