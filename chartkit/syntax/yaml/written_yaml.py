"""The only module that knows how to read YAML that people write: Chart.yaml, values.yaml, chartkit.yaml.

Every value keeps its line and column. Plain scalars mean what they mean to Helm (``yes`` and ``on``
are true, ``0755`` is octal, dates stay text), so that values may move between these files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final, NamedTuple

from chartkit.model.place import Path, Place
from chartkit.syntax.yaml.written_nodes import MAX_DEPTH, MAX_VALUES, Node, WrittenFault, compose, place_of
from chartkit.system.paths import content

__all__ = ["WrittenFault", "WrittenYaml", "load", "loads"]

MAX_BYTES: Final = 4 << 20

_WORDS: Final[dict[str, Any]] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "on", "On", "ON", "true", "True", "TRUE"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "off", "Off", "OFF", "false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
}
_INTEGER = re.compile(r"[-+]?(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))", re.ASCII)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class WrittenYaml:
    """A file that was read; *data* is plain Python, with the keys of mappings as text.

    Aliased parts of *data* are the same objects: treat it as read-only.
    """

    shown: str
    data: Any
    _root: Node | None = field(repr=False)

    def place(self, path: Path, on_key: bool = False) -> Place:
        """Where the value at *path* (or with *on_key* its key) is written.

        Where *path* does not exist, the key of its nearest ancestor that does.
        """
        key, node, whole = self._find(path)
        # An empty value has no place of its own: ruamel puts it where the next thing begins.
        empty = node is not None and node.plain and node.value == ""
        shown = key if key is not None and (on_key or empty or not whole) else node
        if shown is None:
            return Place(self.shown, 1, 1)
        return place_of(self.shown, shown.mark)

    def written(self, path: Path) -> str:
        """The scalar at *path* letter for letter (``1.30`` where *data* holds 1.3), else empty."""
        _, node, whole = self._find(path)
        return str(node.value) if whole and node is not None and isinstance(node.value, str) else ""

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
            if node.mapping:
                below = [((*path, str(key.value)), value) for key, value in node.pairs()]
            elif isinstance(node.value, list):
                below = [((*path, index), value) for index, value in enumerate(node.value)]
            else:
                below = []
            waiting += reversed(below)
        return frozenset(repeated)

    def _find(self, path: Path) -> tuple[Node | None, Node | None, bool]:
        """The key and value nodes of the last step that exists, and whether that is all of *path*."""
        key: Node | None = None
        node = self._root
        for step in path:
            child = _child(node, step) if node is not None else None
            if child is None:
                return key, node, False
            key, node = child
        return key, node, True


def load(path: FilePath, shown: str) -> WrittenYaml:
    """Read the file at *path*, named *shown* in places; raises WrittenFault."""
    try:
        read = content(path, MAX_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise WrittenFault(Place(shown), f"cannot be read: {reason}") from error
    try:
        return loads(read.decode("utf-8-sig"), shown)
    except UnicodeDecodeError as error:
        line = read.count(b"\n", 0, error.start) + 1
        raise WrittenFault(Place(shown, line, 1), "is not UTF-8 text", "save the file as UTF-8") from error


def loads(text: str, shown: str) -> WrittenYaml:
    """Read *text*; raises WrittenFault for bad syntax, duplicate keys and what is beyond the limits."""
    if len(text) > MAX_BYTES:
        message = f"is larger than {MAX_BYTES >> 20} MiB, the most that is read"
        raise WrittenFault(Place(shown, 1, 1), message, "make the file smaller")
    root = compose(text, shown)
    return WrittenYaml(shown, None if root is None else _Builder(shown).build(root)[0], root)


class _Built(NamedTuple):
    """A plain value; *size* and *depth* count its values and levels with every alias written out."""

    value: Any
    size: int
    depth: int


class _Builder:
    """Makes plain values of nodes: finds duplicate keys, merges ``<<``, and stops alias bombs."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.built: dict[int, _Built | None] = {}

    def build(self, node: Node) -> _Built:
        if id(node) not in self.built:
            self.built[id(node)] = None
            self.built[id(node)] = self.fresh(node)
        known = self.built[id(node)]
        if known is None:
            raise self.fault(node, "holds an alias to something that contains it", "write the value out")
        if known.size > MAX_VALUES or known.depth > MAX_DEPTH:
            message = (
                f"holds more than {MAX_VALUES} values, or {MAX_DEPTH} levels, with its aliases written out"
            )
            raise self.fault(node, message, "use fewer aliases")
        return known

    def fresh(self, node: Node) -> _Built:
        if isinstance(node.value, str):
            return _Built(_scalar(node), 1, 0)
        parts = [self.build(item) for item in node.value]
        size, depth = 1 + sum(part.size for part in parts), 1 + max((part.depth for part in parts), default=0)
        if node.mapping:
            return _Built(self.mapping(node, [part.value for part in parts[1::2]]), size, depth)
        return _Built([part.value for part in parts], size, depth)

    def mapping(self, node: Node, values: list[Any]) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for (key, child), value in zip(node.pairs(), values, strict=True):
            if key.is_merge:
                for part in self.merge(child, value):
                    merged = {**part, **merged}
            else:
                name = self.key(key, lines)
                own[name] = value
                lines[name] = key.mark.line + 1
        return merged | own

    def merge(self, node: Node, value: Any) -> list[dict[str, Any]]:
        parts = value if isinstance(value, list) else [value]
        if not all(isinstance(part, dict) for part in parts):
            raise self.fault(
                node, "'<<' takes a mapping or a list of mappings", "name the anchor of a mapping"
            )
        return parts

    def key(self, node: Node, lines: dict[str, int]) -> str:
        if not isinstance(node.value, str):
            raise self.fault(node, "a key must be text, not a list or a mapping", "put the key in quotes")
        if node.value in lines:
            message = f"key {node.value!r} stands here again, first in line {lines[node.value]}"
            raise self.fault(node, message, "remove one of the two")
        return node.value

    def fault(self, node: Node, message: str, hint: str) -> WrittenFault:
        return WrittenFault(place_of(self.shown, node.mark), message, hint)


def _child(node: Node, step: str | int) -> tuple[Node | None, Node] | None:
    if isinstance(node.value, str):
        return None
    if node.mapping:
        return next(_named(node, str(step)), None)
    fits = isinstance(step, int) and 0 <= step < len(node.value)
    return (None, node.value[step]) if fits else None


def _named(node: Node, name: str) -> Iterator[tuple[Node, Node]]:
    """The pairs of the mapping with the key *name*: its own first, then what it merges."""
    yield from ((key, value) for key, value in node.pairs() if not key.is_merge and key.value == name)
    for key, value in node.pairs():
        if key.is_merge:
            for part in (value,) if value.mapping else value.value:
                yield from _named(part, name)


def _scalar(node: Node) -> Any:
    text = str(node.value)
    if node.tag in ("int", "float"):
        return _number(text)
    if not node.plain:  # quoted, a block, or tagged: ``!!str 1``
        return text
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in "+-.0123456789" else text


def _number(text: str) -> Any:
    digits = text.replace("_", "")
    whole = _INTEGER.fullmatch(digits)
    if whole and len(digits) < 70:
        groups = zip(whole.groups(), (16, 2, 8, 10), strict=True)
        size = next(int(group, base) for group, base in groups if group is not None)
        size = -size if digits.startswith("-") else size
        if -(1 << 63) <= size < 1 << 64:  # Go's int64 or uint64, else a float
            return size
    return float(digits) if len(digits) < 400 and _FLOAT.fullmatch(digits) else text
