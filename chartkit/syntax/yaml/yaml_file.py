"""Reads YAML that people write (chartkit.yaml, values.yaml), where every value keeps its line and column.

Scalars mean what they mean to Helm (``yes`` and ``on`` are true, ``0755`` is octal, dates stay text), so that
values may move between these files. Keys are text as written, what ``<<`` brings is overridden by a mapping's
own keys wherever it stands, and a key that stands twice is an error.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Path, Place
from chartkit.syntax.yaml.kube_yaml import Duplicate, FoundNode, document_of, is_merge, spot_in
from chartkit.syntax.yaml.nodes import PLAIN, QUOTED, YamlLimits, only_document
from chartkit.system.paths import content

MAX_BYTES: Final = 4 << 20
LIMITS: Final = YamlLimits(depth=64, values=200_000, expanded=200_000)


@dataclass(frozen=True, slots=True)
class YamlFile:
    """A file that was read; *data* is plain Python, with the keys of mappings as text.

    Aliased parts of *data* are the same objects: treat it as read-only.
    """

    shown: str
    data: Any
    _text: str = field(repr=False)
    _root: Node | None = field(repr=False)

    def place(self, path: Path, on_key: bool = False) -> Place:
        """Where the value at *path* (or with *on_key* its key) is written.

        Where *path* does not exist, or has no text of its own, the key of its nearest ancestor that does.
        """
        spot = self._find(path)
        if spot is None:
            return Place(self.shown, 1, 1)
        is_empty = spot.node.tag == PLAIN and spot.node.value == ""
        return Place(self.shown, *spot.place(on_key=on_key or is_empty or spot.steps < len(path)))

    def written(self, path: Path) -> str:
        """The scalar at *path* letter for letter (``1.30`` where *data* holds 1.3), else empty."""
        spot = self._find(path)
        return "" if spot is None or spot.is_collection or spot.steps < len(path) else str(spot.node.value)

    def anchors(self) -> frozenset[Path]:
        """The paths at which something is written that an alias elsewhere repeats."""
        first: dict[int, Path] = {}
        repeated: set[Path] = set()
        waiting: list[tuple[Path, Node]] = [((), self._root)] if self._root else []
        while waiting:
            path, node = waiting.pop()
            if id(node) in first:
                repeated.add(first[id(node)])
                continue
            first[id(node)] = path
            waiting += reversed([((*path, step), value) for step, value in _below(node)])
        return frozenset(repeated)

    def _find(self, path: Path) -> FoundNode | None:
        return spot_in(self._root, self._text, path)


def load(path: FilePath, shown: str) -> YamlFile:
    """Read the file at *path*, named *shown* in places; raises FileError."""
    try:
        read = content(path, MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(Problem(Place(shown), f"cannot be read: {reason}")) from error
    try:
        return loads(read.decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        where = Place(shown, line, 1)
        raise FileError(Problem(where, "is not UTF-8 text", "save the file as UTF-8")) from error


def loads(text: str, shown: str) -> YamlFile:
    """Read *text*; raises FileError for bad syntax, duplicate keys and what is beyond the limits."""
    if len(text) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES >> 20} MiB, the most that is read"
        raise FileError(Problem(Place(shown, 1, 1), message, "make the file smaller"))
    text = text.removeprefix("\ufeff")
    try:
        root = only_document(text, LIMITS)
        _as_written(root, text)
        document = document_of(root, text, LIMITS, json=False)
    except FileError as error:
        raise FileError(error.problem.within(shown)) from error.__cause__
    if document.duplicates:
        raise FileError(_twice(document.duplicates[0], shown))
    return YamlFile(shown, document.value, text, root)


def _twice(duplicate: Duplicate, shown: str) -> Problem:
    message = f"key {duplicate.key!r} stands here again, first in line {duplicate.first[0]}"
    return Problem(Place(shown, duplicate.line, duplicate.column), message, "remove one of the two")


def _as_written(root: Node | None, text: str) -> None:
    """Make every key text, and put what ``<<`` brings first, where the keys of the mapping override it."""
    waiting, seen = [root] if root else [], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, MappingNode):
            merges = [(key, value) for key, value in node.value if _is_merge(key)]
            own = [(_as_text(key), value) for key, value in node.value if not _is_merge(key)]
            node.value = [*reversed(merges), *own]  # of several, the first counts
            waiting += (value for _, value in node.value)
        elif isinstance(node, SequenceNode):
            waiting += node.value
        elif node.tag == PLAIN and text[node.start_mark.index : node.start_mark.index + 1] == "!":
            node.tag = QUOTED  # a tag of no name makes text; libyaml does not tell it from none


def _is_merge(key: Node) -> bool:
    return isinstance(key, ScalarNode) and is_merge(key)


def _as_text(key: Node) -> Node:
    """A key of its own: an alias may give the same node as a value elsewhere."""
    if not isinstance(key, ScalarNode) or key.tag == QUOTED:
        return key
    return ScalarNode(QUOTED, key.value, key.start_mark, key.end_mark, key.style)


def _below(node: Node) -> list[tuple[str | int, Node]]:
    if isinstance(node, MappingNode):
        return [(str(key.value), value) for key, value in node.value]
    return [*enumerate(node.value)] if isinstance(node, SequenceNode) else []
