"""What changed between two renders, object by object.

Documents with the same text are put away before anything is parsed. What is left is matched by
group, kind, namespace and name, then by likeness (a renamed object), and compared as values; where
only the text differs (comments, blank lines, quotes) the lines are shown instead.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from chartkit.golden.changing_lines import matches
from chartkit.golden.diff.text import ObjectDiff, line_diff
from chartkit.golden.diff.values import ValueChange, changes, similarity
from chartkit.helm.manifests import read
from chartkit.model.render import Manifest

_RENAMED: Final = 0.7
_PAIRS: Final = 100
_DOCUMENT: Final = re.compile(r"^---\n(?=# Source: )", re.MULTILINE)
_SOURCE: Final = re.compile(r"(?:---\n)?# Source: (.*)")
_KIND: Final = re.compile(r"^kind: *(\S+)", re.MULTILINE)
_NAME: Final = re.compile(r"^  name: *(\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _DiffedDocument:
    text: str
    manifests: tuple[Manifest, ...]

    @property
    def source(self) -> str:
        found = _SOURCE.match(self.text)
        return found[1] if found else ""


_Key = tuple[str, str, str, str, int]


def diff(old: str, new: str) -> tuple[ObjectDiff, ...]:
    """Compare two renders; empty exactly where they have the same text, masked lines of *old* apart.

    First what has changed, then what is added, in the order of *new*, then what is gone, then mere text
    and mere order.
    """
    if matches(old, new):
        return ()
    ones, twos = _split(old), _split(new)
    common = Counter(ones) & Counter(twos)
    before, rest = _take_common(ones, common)
    after, come = _take_common(twos, common)
    gone, arrived = [*map(_document, rest)], [*map(_document, come)]
    found = (*_objects(gone, arrived), *_texts(gone, arrived), *_moves(before, after))
    return found or (ObjectDiff("text", lines=line_diff(old, new)),)


def _split(text: str) -> list[str]:
    starts = sorted({0, *(match.start() for match in _DOCUMENT.finditer(text))})
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _take_common(texts: Sequence[str], common: Mapping[str, int]) -> tuple[list[str], list[str]]:
    """What both renders have, as often as both have it, and the rest."""
    left, same, rest = Counter(common), list[str](), list[str]()
    for text in texts:
        (same if left[text] > 0 else rest).append(text)
        left[text] -= 1
    return same, rest


def _document(text: str) -> _DiffedDocument:
    return _DiffedDocument(text, read(text)[0])


def _objects(old: Iterable[_DiffedDocument], new: Iterable[_DiffedDocument]) -> Iterator[ObjectDiff]:
    ones, twos = _by_key(old), _by_key(new)
    renamed = _renames(ones, twos)
    added = list[ObjectDiff]()
    for key, two in twos.items():
        before = ones.get(key) or ones.get(renamed.get(key, key))
        if before is None:
            added.append(ObjectDiff("added", two.source, two.resource, changes=(_whole("added", two),)))
        elif found := tuple(changes(before.body, two.body)):
            was = before.resource if key in renamed else None
            yield ObjectDiff("renamed" if was else "changed", two.source, two.resource, was, found)
    yield from added
    for key, one in ones.items():
        if key not in twos and key not in renamed.values():
            yield ObjectDiff("removed", one.source, one.resource, changes=(_whole("removed", one),))


def _whole(kind: Literal["added", "removed"], manifest: Manifest) -> ValueChange:
    old, new = (None, manifest.body) if kind == "added" else (manifest.body, None)
    return ValueChange((), "", kind, old, new)


def _by_key(documents: Iterable[_DiffedDocument]) -> dict[_Key, Manifest]:
    """Manifests by what identifies them; the same object twice differs by its turn."""
    found: dict[_Key, Manifest] = {}
    turns: Counter[tuple[str, ...]] = Counter()
    for manifest in (each for document in documents for each in document.manifests):
        resource = manifest.resource
        group = resource.api_version.rpartition("/")[0]
        key = (group, resource.kind, resource.namespace, resource.name)
        found[*key, turns[key]] = manifest
        turns[key] += 1
    return found


def _renames(ones: Mapping[_Key, Manifest], twos: Mapping[_Key, Manifest]) -> dict[_Key, _Key]:
    """New key to old key of objects of one kind that are nearly equal, the most alike first."""
    gone, come = ones.keys() - twos.keys(), twos.keys() - ones.keys()
    pairs = [(one, two) for one in gone for two in come if one[:2] == two[:2]]
    if len(pairs) > _PAIRS:
        return {}
    renamed: dict[_Key, _Key] = {}
    for likeness, one, two in sorted((-similarity(ones[a].body, twos[b].body), a, b) for a, b in pairs):
        if -likeness >= _RENAMED and two not in renamed and one not in renamed.values():
            renamed[two] = one
    return renamed


def _texts(old: Iterable[_DiffedDocument], new: Iterable[_DiffedDocument]) -> Iterator[ObjectDiff]:
    """Differences of text alone, between documents that hold the same objects, or none."""
    ones, twos = _alike(old), _alike(new)
    for key in dict.fromkeys([*twos, *ones]):
        before, after = ones.get(key, []), twos.get(key, [])
        holder = next((each.manifests for each in (*after, *before)), ())
        if holder and not _unchanged(before, after):
            continue
        lines = line_diff("".join(each.text for each in before), "".join(each.text for each in after))
        if lines:
            resource = holder[0].resource if holder else None
            yield ObjectDiff("text", (after or before)[0].source, resource, lines=lines)


def _alike(documents: Iterable[_DiffedDocument]) -> dict[tuple[object, ...], list[_DiffedDocument]]:
    """Documents by the objects they hold, or by template where they hold none."""
    found: defaultdict[tuple[object, ...], list[_DiffedDocument]] = defaultdict(list)
    for document in documents:
        resources = tuple(manifest.resource for manifest in document.manifests)
        found[resources or (document.source,)].append(document)
    return dict(found)


def _unchanged(old: Sequence[_DiffedDocument], new: Sequence[_DiffedDocument]) -> bool:
    ones = [manifest.body for document in old for manifest in document.manifests]
    twos = [manifest.body for document in new for manifest in document.manifests]
    return len(ones) == len(twos) and not any(
        True for one, two in zip(ones, twos, strict=True) for _ in changes(one, two)
    )


def _moves(old: Sequence[str], new: Sequence[str]) -> Iterator[ObjectDiff]:
    """What stands elsewhere among the documents that are the same in both."""
    if old == new:
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    moved = [new[j] for tag, _, _, j1, j2 in matcher.get_opcodes() if tag != "equal" for j in range(j1, j2)]
    yield ObjectDiff("moved", lines=tuple(map(_title, moved)))


def _title(document: str) -> str:
    """The name of a document that has not been parsed."""
    kind, name = _KIND.search(document), _NAME.search(document)
    if kind and name:
        return f"{kind[1]}/{name[1]}".replace('"', "")
    source = _SOURCE.match(document)
    return source[1] if source else "the beginning"
