"""What changed between two parsed values, path by path; knows which list items correspond in Kubernetes."""

from __future__ import annotations

import difflib
import json
from collections import Counter
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from chartkit.golden.changing_lines import MARKER, matches
from chartkit.model.place import Path, joined

_KEYS: Final[tuple[tuple[str, ...], ...]] = (
    ("name",),
    ("containerPort", "protocol"),
    ("port", "protocol"),
    ("key",),
    ("mountPath",),
    ("devicePath",),
    ("topologyKey",),
    ("ip",),
    ("host",),
    ("type",),
    ("kind", "namespace", "name"),
)
"""What tells the items of a list apart, most telling first; all but the first field may be absent."""

_DEFAULTS: Final = {"protocol": "TCP"}
_ALIKE: Final = 0.6
_PAIRS: Final = 400
_SEQUENCE: Final = 500


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One difference: *path* counts in the new list (in the old one where *kind* is ``removed``).

    *where* is the path for people, with names for numbers where items have them. For ``moved``,
    which is about the order of a list alone, *old* and *new* are the labels of its common items.
    """

    path: Path
    where: str
    kind: Literal["changed", "added", "removed", "moved"]
    old: Any = None
    new: Any = None


@dataclass(frozen=True, slots=True)
class _At:
    path: Path = ()
    where: str = ""

    def key(self, key: str) -> _At:
        return _At((*self.path, key), joined(self.where, key))

    def item(self, index: int, label: object) -> _At:
        return _At((*self.path, index), f"{self.where}[{label}]")


def labelled(items: Sequence[Any], label: str) -> list[int]:
    """The indexes of those *items* that `changes` calls *label*, or that bear it as their name alone."""
    for fields in _KEYS:
        names = [_name(item, fields) if isinstance(item, Mapping) else None for item in items]
        found = [index for index, name in enumerate(names) if name and label in (_label(name), str(name[0]))]
        if found:
            return found
    return []


def changes(old: Any, new: Any) -> Iterator[ValueChange]:
    """Every difference between two parsed YAML values, in the order of the new one; types count."""
    return _changes(old, new, _At())


def similarity(old: Any, new: Any) -> float:
    """From 0 to 1: the share of leaves, each at its path, that both values have."""
    ones, twos = Counter(_leaves(old)), Counter(_leaves(new))
    total = ones.total() + twos.total()
    return 2 * (ones & twos).total() / total if total else 1.0


def _leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping) and value:
        for key, child in value.items():
            yield from _leaves(child, (*path, key))
    elif isinstance(value, list) and value:
        for child in value:
            yield from _leaves(child, (*path, 0))
    else:
        yield path, repr(value)


def _changes(old: Any, new: Any, at: _At) -> Iterator[ValueChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _in_mapping(old, new, at)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _in_list(old, new, at)
    elif not _same(old, new):
        yield ValueChange(at.path, at.where, "changed", old, new)


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, str) and MARKER in old and not isinstance(new, Mapping | list):
        return matches(old, str(new))
    return type(old) is type(new) and (old == new or repr(old) == repr(new))  # not a number equals itself


def _in_mapping(old: Mapping[str, Any], new: Mapping[str, Any], at: _At) -> Iterator[ValueChange]:
    for key, value in old.items():
        if key not in new:
            yield _lone("removed", value, at.key(key))
    for key, value in new.items():
        if key in old:
            yield from _changes(old[key], value, at.key(key))
        else:
            yield _lone("added", value, at.key(key))


def _lone(kind: Literal["added", "removed"], value: Any, at: _At) -> ValueChange:
    return ValueChange(at.path, at.where, kind, *((None, value) if kind == "added" else (value, None)))


def _in_list(old: list[Any], new: list[Any], at: _At) -> Iterator[ValueChange]:
    names = _names(old, new)
    if names:
        yield from _by_name(old, new, *names, at)
    else:
        yield from _by_sequence(old, new, at)


Names = dict[tuple[Hashable, ...], int]


def _names(old: list[Any], new: list[Any]) -> tuple[Names, Names] | None:
    """Index the items of both lists by the first of `_KEYS` that tells all of them apart."""
    if not all(isinstance(item, Mapping) for item in (*old, *new)):
        return None
    for fields in _KEYS:
        ones, twos = _indexed(old, fields), _indexed(new, fields)
        if ones is not None and twos is not None:
            return ones, twos
    return None


def _indexed(items: list[Any], fields: Sequence[str]) -> Names | None:
    names: Names = {}
    for index, item in enumerate(items):
        name = _name(item, fields)
        if name is None or name in names:
            return None
        names[name] = index
    return names


def _name(item: Mapping[str, Any], fields: Sequence[str]) -> tuple[Hashable, ...] | None:
    name = tuple(item.get(field, _DEFAULTS.get(field)) for field in fields)
    is_told_apart = name[0] is not None and not any(isinstance(part, Mapping | list) for part in name)
    return name if is_told_apart else None


def _by_name(old: list[Any], new: list[Any], ones: Names, twos: Names, at: _At) -> Iterator[ValueChange]:
    common = [name for name in twos if name in ones]
    before = [name for name in ones if name in twos]
    if before != common:
        yield ValueChange(at.path, at.where, "moved", [*map(_label, before)], [*map(_label, common)])
    gone = {ones[name]: _label(name) for name in ones if name not in twos}
    come = {twos[name]: _label(name) for name in twos if name not in ones}
    pairs = _pairs(old, new, [*gone], [*come])
    for name, index in twos.items():
        if name in ones:
            yield from _changes(old[ones[name]], new[index], at.item(index, _label(name)))
    yield from _unpaired(old, new, gone, come, pairs, at)


def _label(name: tuple[Hashable, ...]) -> str:
    return "/".join(str(part) for part in name if part is not None)


def _by_sequence(old: list[Any], new: list[Any], at: _At) -> Iterator[ValueChange]:
    ones, twos = [*map(_canonical, old)], [*map(_canonical, new)]
    common = Counter(ones) & Counter(twos)
    before, after = _taken(ones, common), _taken(twos, common)
    if [ones[i] for i in before] != [twos[j] for j in after]:
        yield ValueChange(at.path, at.where, "moved", [old[i] for i in before], [new[j] for j in after])
    gone = [i for i in range(len(old)) if i not in before]
    come = [j for j in range(len(new)) if j not in after]
    pairs = _blocks(old, new, ones, twos, gone, come)
    yield from _unpaired(old, new, {i: i for i in gone}, {j: j for j in come}, pairs, at)


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=repr)


def _taken(items: list[str], common: Mapping[str, int]) -> dict[int, None]:
    """Which indexes of *items* are in both lists, first ones first; as many of each as *common* says."""
    left = dict(common)
    taken: dict[int, None] = {}
    for index, item in enumerate(items):
        if left.get(item):
            left[item] -= 1
            taken[index] = None
    return taken


def _blocks(
    old: list[Any], new: list[Any], ones: list[str], twos: list[str], gone: list[int], come: list[int]
) -> dict[int, int]:
    """Pair items that changed: those between the same unchanged neighbours (new index to old index)."""
    if max(len(old), len(new)) > _SEQUENCE:
        return dict(zip(come, gone, strict=False))
    pairs: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, ones, twos, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "replace":
            lost, found = [i for i in gone if i1 <= i < i2], [j for j in come if j1 <= j < j2]
            pairs |= {found[0]: lost[0]} if len(lost) == len(found) == 1 else _pairs(old, new, lost, found)
    return pairs


def _pairs(old: list[Any], new: list[Any], gone: list[int], come: list[int]) -> dict[int, int]:
    """Pair what is gone with what has come: scalars in their order, objects by likeness."""
    if not all(isinstance(item, Mapping) for item in (*(old[i] for i in gone), *(new[j] for j in come))):
        return dict(zip(come, gone, strict=False))
    if len(gone) * len(come) > _PAIRS:
        return {}
    ranked = sorted((-similarity(old[i], new[j]), i, j) for i in gone for j in come)
    pairs: dict[int, int] = {}
    for likeness, i, j in ranked:
        if -likeness >= _ALIKE and j not in pairs and i not in pairs.values():
            pairs[j] = i
    return pairs


def _unpaired(
    old: list[Any],
    new: list[Any],
    gone: Mapping[int, object],
    come: Mapping[int, object],
    pairs: Mapping[int, int],
    at: _At,
) -> Iterator[ValueChange]:
    paired = set(pairs.values())
    for index, label in gone.items():
        if index not in paired:
            yield _lone("removed", old[index], at.item(index, label))
    for index, label in come.items():
        if index in pairs:
            yield from _changes(old[pairs[index]], new[index], at.item(index, label))
        else:
            yield _lone("added", new[index], at.item(index, label))
