"""Looks up which templates may read a key, and where."""

from __future__ import annotations

import collections
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from chartkit.coverage.values.references import ANY, Read, ReadSite, Steps


@dataclass(slots=True)
class _Node:
    reads: list[Read] = field(default_factory=list)
    below: dict[str, _Node] = field(default_factory=dict)

    def everything(self) -> Iterator[Read]:
        yield from self.reads
        for node in self.below.values():
            yield from node.everything()


class Mentions:
    """The reads of a chart by path.

    *scopes* are where charts have all their values, *mixed* sites that read something else, too.
    """

    def __init__(
        self, reads: Collection[Read], scopes: Collection[Steps], mixed: Collection[ReadSite] = ()
    ) -> None:
        self.mixed = mixed
        self.root = _Node()
        self.scopes = scopes
        self.dumps: list[Read] = []
        self.places: collections.Counter[ReadSite] = collections.Counter()
        for path, site in {(read.path, read.site) for read in reads}:
            self.places[site] += bool(path)
        for read in sorted(reads):  # which comes first is what evidence names
            if read.whole and read.path in scopes:
                self.dumps.append(read)
                continue
            node = self.root
            for step in read.path:
                node = node.below.setdefault(step, _Node())
            node.reads.append(read)

    def of(self, path: Steps) -> list[Read]:
        """What may read *path*, or something below it, or all of a table that holds it; not the dumps."""
        found: list[Read] = []
        level = [self.root]
        for step in path:
            level = [node.below[each] for node in level for each in {step, ANY} if each in node.below]
            found += (read for node in level for read in node.reads if read.whole)
        found += (read for node in level for read in node.everything())
        return list(dict.fromkeys(found))

    def dumps_of(self, path: Steps) -> list[Read]:
        """What may print or hash all values of a chart that sees *path*."""
        return [
            read
            for read in self.dumps
            if path[: len(read.path)] == read.path or (path[0] == "global" and read.path in self.scopes)
        ]

    def is_single(self, read: Read) -> bool:
        """Whether its site reads one place only, *read*."""
        return self.places[read.site] == 1 and ANY not in read.path and read.site not in self.mixed
