"""Targets: the parts of an object that a policy's ``at`` names.

A target is a JSON pointer with three more words: ``*`` is any key or index, ``**`` any number of
them, and ``[name]`` after the last step takes a list as a mapping by that key. ``{pod}`` in front is
the pod template, wherever the kind keeps it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.model.render import Manifest

POD: Final = "{pod}"

_ANY: Final = ("*", "**")
_DEEPEST: Final = 40
_KEYED: Final = re.compile(r"(?P<step>[^\[\]]+)\[(?P<key>[^\[\]]+)\]")


@dataclass(slots=True)
class Tree:
    """Targets that begin alike, together: *keys* are those that end here, with what a list is keyed by."""

    keys: list[str] = field(default_factory=list)
    children: dict[str, Tree] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Targets:
    """Targets taken apart: from the object, and from its pod template."""

    whole: Tree
    in_pod: Tree


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object; where a list is taken as a mapping, *indices* leads back."""

    path: Path
    value: Any = field(repr=False)
    indices: Mapping[str, int] = field(default_factory=dict, repr=False)

    def full(self, path: Path) -> Path:
        """*path* in the part as a path in the object."""
        if path and path[0] in self.indices:
            path = (self.indices[str(path[0])], *path[1:])
        return (*self.path, *path)


def parse(texts: Iterable[str]) -> Targets:
    """Take targets apart; their form was checked when the policy was read."""
    targets = Targets(Tree(), Tree())
    for text in texts:
        tree = targets.in_pod if text.startswith(POD) else targets.whole
        steps = [step.replace("~1", "/").replace("~0", "~") for step in text.removeprefix(POD).split("/")[1:]]
        keyed = _KEYED.fullmatch(steps[-1]) if steps else None
        for step in (*steps[:-1], keyed["step"]) if keyed else steps:
            tree = tree.children.setdefault(step, Tree())
        tree.keys.append(keyed["key"] if keyed else "")
    return targets


def parts(targets: Targets, manifest: Manifest) -> Iterator[Part]:
    """What *targets* name in *manifest*, each part once; nothing where there is nothing."""
    seen = set[Path]()
    for part in itertools.chain(
        _walk(targets.whole, (), manifest.body, 0), _in_pod(targets.in_pod, manifest)
    ):
        if part.path not in seen:
            seen.add(part.path)
            yield part


def _in_pod(tree: Tree, manifest: Manifest) -> Iterator[Part]:
    from chartkit.helm.manifests import pod_template

    template = pod_template(manifest) if tree.keys or tree.children else None
    return _walk(tree, *template, 0) if template else iter(())


def _walk(tree: Tree, path: Path, value: Any, depth: int) -> Iterator[Part]:
    if value is None or depth > _DEEPEST:
        return
    for key in tree.keys:
        yield _keyed(Part(path, value), key) if key else Part(path, value)
    for step, below in tree.children.items():
        if step == "**":
            yield from _walk(below, path, value, depth)
        if step in _ANY:
            deeper = Tree(children={"**": below}) if step == "**" else below
            for found, child in _children(value):
                yield from _walk(deeper, (*path, found), child, depth + 1)
        elif isinstance(value, dict):
            if step in value:
                yield from _walk(below, (*path, step), value[step], depth + 1)
        elif isinstance(value, list) and len(step) < 9 and step.isdecimal() and int(step) < len(value):
            yield from _walk(below, (*path, int(step)), value[int(step)], depth + 1)


def _children(value: Any) -> Iterable[tuple[str | int, Any]]:
    if isinstance(value, dict):
        return value.items()
    return enumerate(value) if isinstance(value, list) else ()


def _keyed(part: Part, key: str) -> Part:
    items = part.value if isinstance(part.value, list) else []
    indices: dict[str, int] = {}
    for index, item in enumerate(items):
        name = item.get(key) if isinstance(item, dict) else None
        if isinstance(name, str):
            indices.setdefault(name, index)
    return Part(part.path, {name: items[index] for name, index in indices.items()}, indices)
