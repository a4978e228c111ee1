"""Fields that the configuration masks in golden files, such as the version of the chart.

Renders are masked before they are compared or recorded: what a golden file holds in the place of a masked
value is plain text to a comparison. So the configuration alone decides, and a file that was recorded under
another one has drifted.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from chartkit.golden.private_keys import without_private_keys
from chartkit.model.place import Path, Place

if TYPE_CHECKING:
    from yaml.nodes import Node

    from chartkit.golden.diff.steps import Step

MARKER: Final = "<chartkit:masked>"
"""Stands for a masked value; a YAML scalar anywhere, like that of `changing_lines`."""

DEEP: Final = "**"
"""The step of a path that leads to everything below, however deep; a path has one at most."""

_PROPERTIES: Final = re.compile(r"(?:[&!]\S*\s*)*")
_LINE_END: Final = re.compile(r"\r?\n\Z")
_PLAIN: Final = re.compile(r"[A-Za-z][\w./-]*")


@dataclass(frozen=True, slots=True)
class Mask:
    """That the values at *path* are masked, in objects that fit *resource* (a pattern of ``Kind/name``).

    *place* is where the configuration says so.
    """

    path: str
    place: Place
    resource: str = ""

    def __str__(self) -> str:
        return f"{self.resource} {self.path}" if self.resource else self.path


Masks = tuple[Mask, ...]
Masked = tuple[str, frozenset[Mask]]
"""A text as golden files hold it, and the masks that fit something in it."""


def as_recorded(text: str, masks: Masks = ()) -> Masked:
    """*text*, a render, as a golden file holds it."""
    text = without_private_keys(as_read_back(text))
    return _masked(text, masks) if masks else (text, frozenset())


def as_read_back(text: str) -> str:
    """*text* as it is when it has been written and read again: what is no UTF-8 keeps its bytes."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return data.decode("utf-8", "surrogateescape")


def _masked(text: str, masks: Masks) -> Masked:
    from chartkit.helm.manifests import documents

    starts = [0, *itertools.accumulate(len(line) + 1 for line in text.split("\n"))]
    parts, used, position = list[str](), set[Mask](), 0
    for document, _, line in documents(text):
        fresh, fitting = _of_document(document, masks)
        start = starts[line - 1]
        parts += [text[position:start], fresh]
        position = start + len(document)
        used |= fitting
    return "".join([*parts, text[position:]]), frozenset(used)


@functools.lru_cache(maxsize=512)  # cases of one chart have most documents in common
def _of_document(document: str, masks: Masks) -> Masked:
    from chartkit.helm.manifests import read_document

    possible = [mask for mask in masks if all(name in document for name in _names(mask.path))]
    edits, used = dict[int, tuple[int, str]](), set[Mask]()
    for manifest in read_document(document, "", 1)[0] if possible else ():
        for mask in possible:
            if mask.resource and not fnmatchcase(str(manifest.resource), mask.resource):
                continue
            for path in _paths(manifest.body, _steps(mask.path)):
                used.add(mask)
                edits |= _edits(document, (*manifest.base, *path))
    return _edited(document, edits), frozenset(used)


@functools.cache
def _steps(path: str) -> tuple[Step, ...]:
    from chartkit.golden.diff.steps import steps

    return steps(path)


@functools.cache
def _names(path: str) -> tuple[str, ...]:
    """Keys that every document to which *path* may lead has in its text."""
    return tuple(step for step in _steps(path) if isinstance(step, str) and _PLAIN.fullmatch(step))


def _paths(value: Any, steps: tuple[Step, ...], path: Path = ()) -> Iterator[Path]:
    """Where *steps* lead to in *value*."""
    if not steps:
        yield path
        return
    step, rest = steps[0], steps[1:]
    if step == DEEP:
        yield from _paths(value, rest, path)
        for key in _keys(value):
            yield from _paths(value[key], steps, (*path, key))
        return
    for key in _fitting(value, step):
        yield from _paths(value[key], rest, (*path, key))


def _keys(value: Any) -> Collection[str | int]:
    if isinstance(value, Mapping):
        return value.keys()
    return range(len(value)) if isinstance(value, list) else ()


def _fitting(value: Any, step: Step) -> Iterator[str | int]:
    """The keys or indexes of *value* that *step* names; with ``*`` in it, it is a pattern."""
    from chartkit.golden.diff.steps import Label, key_of

    name = step.name if isinstance(step, Label) else step
    if isinstance(name, str) and "*" in name:
        yield from (key for key in _keys(value) if fnmatchcase(str(key), name))
    elif (key := key_of(value, step)) is not None:
        yield key


def _edits(document: str, path: Path) -> dict[int, tuple[int, str]]:
    """What to write over the scalars at *path* and below it: by its start, the end and the text."""
    from chartkit.syntax.yaml.kube_yaml import find

    spot = find(document, path)
    if spot is None or spot.steps < len(path):
        return {}
    shift = document.startswith("\ufeff")  # which marks do not count
    edits = dict[int, tuple[int, str]]()
    for node in _scalars(spot.node):
        start, end, text = _edit(document, node.start_mark.index + shift, node.end_mark.index + shift)
        edits[start] = (end, text)
    return edits


def _scalars(node: Node) -> Iterator[Node]:
    from yaml.nodes import MappingNode, ScalarNode

    left, seen = [node], set[int]()
    while left:
        node = left.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            yield node
        else:
            left += (value for _, value in node.value) if isinstance(node, MappingNode) else node.value


def _edit(document: str, start: int, end: int) -> tuple[int, int, str]:
    """What to write over the scalar from *start* to *end*: quotes, anchor and tag stay."""
    properties = _PROPERTIES.match(document, start, end)
    begin = properties.end() if properties else start
    if begin == end:
        return end, end, _instead_of_nothing(document[:end], has_properties=begin > start)
    if document[begin] in "\"'":
        return begin + 1, end - 1, MARKER
    line_end = _LINE_END.search(document[begin:end])  # a block, which ends where the next line begins
    return begin, end, MARKER + (line_end[0] if line_end else "")


def _instead_of_nothing(before: str, *, has_properties: bool) -> str:
    """What to write for a null that is not written, after *before*; the lone key of ``{a}`` has no room."""
    line = before.rpartition("\n")[2]
    if not (has_properties or line.rstrip(" ").endswith((":", "-"))):
        return ""
    return MARKER if line.endswith(" ") else f" {MARKER}"


def _edited(document: str, edits: Mapping[int, tuple[int, str]]) -> str:
    parts, position = list[str](), 0
    for start, (end, text) in sorted(edits.items()):
        parts += [document[position:start], text]
        position = end
    return "".join([*parts, document[position:]])
