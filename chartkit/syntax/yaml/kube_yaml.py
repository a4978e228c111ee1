"""How Kubernetes reads YAML, and nothing else about Kubernetes.

The API server, kubectl and Helm read YAML through sigs.k8s.io/yaml: a YAML 1.1 parser (go-yaml 2) whose
result is turned into JSON. This module reads the same values with libyaml and resolvers of its own: ``yes``,
``on`` and ``y`` are true, ``0777`` is 511, ``1e3`` is 1000, dates and ``12:30`` are strings, keys become
strings, unknown tags are ignored and ``.inf`` is an error. Unlike Kubernetes it tells keys that stand twice
in one mapping.

Documents are untrusted: depth, number of values, size and what aliases expand to are limited.
"""

from __future__ import annotations

import base64
import binascii
import functools
import math
from dataclasses import dataclass
from typing import Any, Final

from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chartkit.model.place import Path
from chartkit.syntax.yaml import scalars
from chartkit.syntax.yaml.nodes import KUBERNETES, PLAIN, QUOTED, YamlLimits, composed, fault, place

_STANDARD_TAGS: Final = {
    "tag:yaml.org,2002:int": (int,),
    "tag:yaml.org,2002:float": (int, float),
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:null": (type(None),),
}
_BINARY: Final = "tag:yaml.org,2002:binary"
_MERGE: Final = "tag:yaml.org,2002:merge"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that stands twice in the mapping at *path*; *first* is line and column of the other, from 1."""

    path: Path
    key: str
    line: int
    column: int
    first: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Document:
    """What one document holds: *value* as Kubernetes sees it, the last of several equal keys."""

    value: Any
    duplicates: tuple[Duplicate, ...] = ()


def parse(text: str) -> Any:
    """The value of the first document in *text*; raises `FileError`."""
    return read(text).value


def read(text: str) -> Document:
    """The value of the first document in *text* and the keys that stand twice; raises `FileError`."""
    return document_of(composed(text), text, KUBERNETES)


def document_of(node: Node | None, text: str, limits: YamlLimits, *, json: bool = True) -> Document:
    """What *node*, composed of *text*, holds: with *json* only what JSON can, which knows no infinity."""
    if node is None:
        return Document(None)
    builder = _ValueBuilder(text, limits, json=json)
    value = builder.build(node, ())
    return Document(value, tuple(builder.duplicates))


@functools.lru_cache(maxsize=16)
def compose(text: str) -> Node | None:
    """The nodes of a document, which carry marks; the last few texts are remembered. Raises `FileError`."""
    return composed(text)


def key_text(node: Node) -> str | None:
    """What a key node is called in the object; None for a key that is not a scalar (or is a merge)."""
    return _key(node) if isinstance(node, ScalarNode) and not is_merge(node) else None


@dataclass(frozen=True, slots=True)
class FoundNode:
    """What `find` found: a value's node, its key's (a list item's own), and how many steps led there."""

    key: Node
    node: Node
    steps: int
    text: str

    @property
    def is_collection(self) -> bool:
        return not isinstance(self.node, ScalarNode)

    def place(self, *, on_key: bool) -> tuple[int, int]:
        """Line and column in the document, from 1."""
        return place((self.key if on_key else self.node).start_mark, self.text)


def find(text: str, path: Path) -> FoundNode | None:
    """The node at *path* of a readable document, or its nearest ancestor; None for an empty document."""
    return spot_in(compose(text), text, path)


def spot_in(node: Node | None, text: str, path: Path) -> FoundNode | None:
    """As `find`, in the *node* that was composed of *text*."""
    if node is None:
        return None
    spot = FoundNode(node, node, 0, text)
    for step in path:
        found = _child(spot.node, step)
        if found is None:
            break
        spot = FoundNode(*found, spot.steps + 1, text)
    return spot


def _child(node: Node, step: str | int) -> tuple[Node, Node] | None:
    if isinstance(node, SequenceNode):
        if isinstance(step, int) and 0 <= step < len(node.value):
            return node.value[step], node.value[step]
    elif isinstance(node, MappingNode):
        for key_node, value_node in reversed(node.value):  # the last of equal keys counts
            if is_merge(key_node):
                if found := _merged_child(value_node, step):
                    return found
            elif _key(key_node) == step:
                return key_node, value_node
    return None


def _merged_child(node: Node, step: str | int) -> tuple[Node, Node] | None:
    parts = node.value if isinstance(node, SequenceNode) else [node]
    return next((found for part in parts if (found := _child(part, step))), None)


def is_merge(node: ScalarNode) -> bool:
    """Whether the key *node* is ``<<``, which brings the keys of other mappings."""
    return (node.value == "<<" and node.tag == PLAIN) or node.tag == _MERGE


def _scalar(node: ScalarNode) -> Any:
    tag = node.tag
    if tag == QUOTED:
        return node.value
    if tag == PLAIN:
        return scalars.plain(node.value)
    if tag == _BINARY:
        return _binary(node)
    if tag not in _STANDARD_TAGS:
        return node.value
    value = scalars.plain(node.value)
    if type(value) not in _STANDARD_TAGS[tag]:
        raise fault(f"cannot read '{node.value[:60]}' as !!{tag.rpartition(':')[2]}", node)
    return value


def _binary(node: ScalarNode) -> str:
    try:
        return base64.b64decode(node.value.replace("\n", ""), validate=True).decode("utf-8", "replace")
    except binascii.Error:
        raise fault("!!binary with invalid base64", node) from None


def _key(node: ScalarNode) -> str:
    if node.tag == PLAIN:
        name = scalars.key(node.value)
        if name is None:
            shown = node.value or "null"
            raise fault(f"'{shown[:60]}' cannot be a key, expected a string", node)
        return name
    value = _scalar(node)
    if isinstance(value, str):
        return value
    return scalars.key(node.value) or node.value


class _ValueBuilder:
    """Makes values of nodes, remembers keys that stand twice, and stops aliases that expand to too much."""

    def __init__(self, text: str, limits: YamlLimits, *, json: bool) -> None:
        self._text = text
        self._limits = limits
        self._json = json
        self._aliases = "&" in text and "*" in text
        self.duplicates: list[Duplicate] = []
        self._built: dict[int, Any] = {}
        self._sizes: dict[int, tuple[int, int]] = {}

    def build(self, node: Node, path: Path) -> Any:
        if node.__class__ is ScalarNode:
            value = _scalar(node) if self._json or node.tag != PLAIN else scalars.as_written(node.value)
            if value.__class__ is float and not math.isfinite(value) and self._json:
                raise fault(f"'{node.value}' is no number that JSON can hold", node)
            return value
        if not self._aliases:
            return self._collection(node, path)
        return self._shared(node, path)

    def _shared(self, node: Node, path: Path) -> Any:
        """Anchored collections are built once, so that aliases cost nothing."""
        known = self._built.get(id(node), self)
        if known is None:
            raise fault("an anchor contains itself", node, "write the value out")
        if known is self:
            self._built[id(node)] = None
            known = self._built[id(node)] = self._collection(node, path)
            self._limit_expansion(known, node)
        return known

    def _limit_expansion(self, value: Any, node: Node) -> None:
        """Aliases share what they name; whoever walks the value sees it expanded."""
        below = value.values() if value.__class__ is dict else value
        sizes = [self._sizes.get(id(part), (1, 1)) for part in below]
        values = 1 + sum(size for size, _ in sizes)
        depth = 1 + max((depth for _, depth in sizes), default=0)
        self._sizes[id(value)] = values, depth
        if values > self._limits.expanded or depth > self._limits.depth:
            message = (
                f"aliases expand to more than {self._limits.expanded} values, or {self._limits.depth} levels"
            )
            raise fault(message, node, "use fewer aliases")

    def _collection(self, node: Node, path: Path) -> Any:
        if node.__class__ is SequenceNode:
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged = 0
        for key_node, value_node in node.value:
            if key_node.__class__ is not ScalarNode:
                raise fault("a key is a list or a mapping, expected a string", key_node, "put it in quotes")
            if is_merge(key_node):
                merged += 1
                result.update(self._merged(value_node, path))
                continue
            key = key_node.value
            if key_node.tag != QUOTED:
                key = _key(key_node)
            result[key] = self.build(value_node, (*path, key))
        if merged or len(result) != len(node.value):
            self._find_duplicates(node, path)
        return result

    def _merged(self, node: Node, path: Path) -> dict[str, Any]:
        """What ``<<`` brings; of several mappings the first wins."""
        result: dict[str, Any] = {}
        is_list = node.__class__ is SequenceNode
        for part in reversed(node.value) if is_list else [node]:
            if part.__class__ is not MappingNode:
                raise fault(
                    "'<<' wants a mapping or a list of mappings", node, "name the anchor of a mapping"
                )
            result.update(self.build(part, path))
        return result

    def _find_duplicates(self, node: Node, path: Path) -> None:
        seen: dict[str, tuple[int, int]] = {}
        for key_node, _ in node.value:
            if is_merge(key_node):
                continue
            key, found = _key(key_node), place(key_node.start_mark, self._text)
            if key in seen:
                self.duplicates.append(Duplicate(path, key, *found, seen[key]))
            seen.setdefault(key, found)
