"""Where values may be while templates run: a may-analysis that forgets order and branches.

A template's value is a set of references: to places in the values, to what a template made itself,
to what a template is called with. Whatever could not be followed counts as read whole, so that what
is never read here is read by no template at all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.coverage.values.references import (
    ANY,
    NOTHING,
    At,
    Below,
    Context,
    Read,
    ReadSite,
    Ref,
    Refs,
    Steps,
    TextRef,
    alike,
)

_OUTSIDE: Final = 4
"""How many steps are followed where nothing is declared; there is nothing then that could be missed."""
_METHODS: Final = frozenset({"AsMap", "Encode", "Table", "YAML"})
"""What ``.Values`` of any chart has beside its keys."""


@dataclass(slots=True)
class Heap:
    """What templates put into tables while they run.

    *scopes* are where subcharts have their values, *declared* are all values that the charts declare.
    *mixed* are the sites that read something else than values, at times.
    """

    scopes: frozenset[Steps]
    declared: Any = None
    contents: dict[Ref, dict[str, set[Ref]]] = field(default_factory=dict)
    shares: dict[Ref, set[Ref]] = field(default_factory=dict)
    places: dict[int, set[At]] = field(default_factory=dict)
    reads: set[Read] = field(default_factory=set)
    mixed: set[ReadSite] = field(default_factory=set)
    version: int = 0
    inside: dict[Steps, tuple[list[Mapping[str, Any]], int]] = field(default_factory=dict)
    known: dict[tuple[Ref, str], Refs] = field(default_factory=dict)
    sunk: set[tuple[Ref, ReadSite]] = field(default_factory=set)

    def field(self, refs: Iterable[Ref], name: str) -> Refs:
        """What *name* of any of *refs* may be."""
        return NOTHING.union(*(self._known(ref, name) for ref in refs))

    def _known(self, ref: Ref, name: str) -> Refs:
        known = self.known.get((ref, name))
        if known is None:
            found: set[Ref] = set()
            self._field(ref, name, found, set())
            known = self.known[ref, name] = frozenset(found)
        return known

    def _field(self, ref: Ref, name: str, found: set[Ref], seen: set[Ref]) -> None:
        if ref in seen:
            return
        seen.add(ref)
        found.update(self._given(ref, name))
        for other in self._alike(ref):
            table = self.contents.get(other, {})
            names = list(table) if name == ANY else [name, ANY]
            for each in names:
                found.update(table.get(each, ()))
            for shared in list(self.shares.get(other, ())):
                self._field(shared, name, found, seen)

    def _given(self, ref: Ref, name: str) -> Iterator[Ref]:
        """What is there before any template runs."""
        if isinstance(ref, At):
            is_method = ref.path in self.scopes and name in _METHODS
            yield ref if is_method or self._outside(ref.path) >= _OUTSIDE else At((*ref.path, name))
            if name in {"global", ANY} and ref.path in self.scopes:
                yield At(("global",))
        elif isinstance(ref, Context):
            known: dict[str, list[Ref]] = {"Values": [At(ref.scope)], "Subcharts": [Below(ref.scope)]}
            known[ANY] = [*known["Values"], *known["Subcharts"], TextRef(ANY)]
            yield from known.get(name, [TextRef(ANY)])
        elif isinstance(ref, Below):
            for scope in self.scopes:
                if scope[:-1] == ref.scope and scope and name in {scope[-1], ANY}:
                    yield Context(scope)
        elif isinstance(ref, TextRef):
            yield TextRef(ANY)

    def _outside(self, path: Steps) -> int:
        """How many steps of *path* are beyond the tables that are declared."""
        if not path:
            return 0
        if path not in self.inside:
            above, outside = self._there(path[:-1]), self._outside(path[:-1])
            tables = [each for table in above for each in _children(table, path[-1])]
            self.inside[path] = (tables, 0 if tables else outside + 1)
        return self.inside[path][1]

    def _there(self, path: Steps) -> list[Mapping[str, Any]]:
        """The tables that are declared at *path*."""
        if not path:
            return [self.declared] if isinstance(self.declared, Mapping) else []
        self._outside(path)
        return self.inside[path][0]

    def _alike(self, ref: Ref) -> list[Ref]:
        """*ref* and the places that may be the same one, of which the heap knows something."""
        if not isinstance(ref, At):
            return [ref]
        return [one for one in self.places.get(len(ref.path), ()) if alike(one.path, ref.path)]

    def put(self, refs: Iterable[Ref], name: str, values: Refs) -> None:
        """Let *name* of each of *refs* be any of *values*, too."""
        for ref in refs:
            if not isinstance(ref, TextRef):
                self._note(ref)
                self._add(self.contents.setdefault(ref, {}).setdefault(name, set()), values)

    def share(self, refs: Iterable[Ref], others: Refs) -> None:
        """Let each of *refs* hold what *others* hold, too."""
        for ref in refs:
            if not isinstance(ref, TextRef):
                self._note(ref)
                self._add(self.shares.setdefault(ref, set()), others - {ref})

    def writes(self) -> Iterator[Steps]:
        """The places in the values that templates may write."""
        for ref, table in self.contents.items():
            if isinstance(ref, At):
                yield from ((*ref.path, name) for name in table)

    def _note(self, ref: Ref) -> None:
        if isinstance(ref, At):
            self.places.setdefault(len(ref.path), set()).add(ref)

    def _add(self, there: set[Ref], values: Refs) -> None:
        if not values <= there:
            there |= values
            self.version += 1
            self.known.clear()
            self.sunk.clear()

    def read(self, refs: Iterable[Ref], site: ReadSite) -> None:
        """*site* reads *refs* by their names, and looks at the value at most."""
        for ref in refs:
            if isinstance(ref, At):
                self.reads.add(Read(ref.path, whole=False, site=site))

    def sink(self, refs: Iterable[Ref], site: ReadSite) -> None:
        """*site* uses *refs* in a way that may show all that they hold."""
        waiting = list(refs)
        while waiting:
            ref = waiting.pop()
            if isinstance(ref, TextRef) or (ref, site) in self.sunk:
                continue
            self.sunk.add((ref, site))
            path = ref.path if isinstance(ref, At) else getattr(ref, "scope", None)
            if path is not None:
                self.reads.add(Read(path, whole=True, site=site))
            for other in self._within(ref):
                waiting += itertools.chain.from_iterable(self.contents.get(other, {}).values())
                waiting += self.shares.get(other, ())

    def _within(self, ref: Ref) -> list[Ref]:
        """*ref*, and what the heap knows of below it."""
        if not isinstance(ref, At):
            return [ref]
        size = len(ref.path)
        deep = [places for length, places in self.places.items() if length >= size]
        return [one for places in deep for one in places if alike(one.path[:size], ref.path)]


def _children(table: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    found = table.values() if name == ANY else [table.get(name)]
    return [each for each in found if isinstance(each, Mapping)]
