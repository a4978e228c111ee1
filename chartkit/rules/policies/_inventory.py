"""Inventories: files that say, release by release, what an object of some name is expected to be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

_RELEASE: Final = re.compile(r"(?P<series>\D*)(?P<numbers>\d+(?:\.\d+)*)(?:[-+].*)?", re.ASCII)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inventory:
    """*entries* maps a name to its rows, oldest first; each row holds from the release ``since`` on.

    *defaults* are the fields that a row leaves out. *aliases* maps patterns of release names to
    releases that rows can be compared with. A row that is ``removed`` says that the object is gone.
    """

    entries: Mapping[str, tuple[Row, ...]] = field(repr=False)
    aliases: Mapping[str, str]
    defaults: Row

    def row(self, name: str, release: object) -> Row | None:
        """What *name* is at *release*; the newest row for a release that cannot be compared."""
        rows, found = self.entries.get(name, ()), None
        wanted = _order(self._known(release))
        for row in rows:
            since = _order(str(row["since"]))
            if wanted is None or since is None or wanted[0] != since[0] or since <= wanted:
                found = row
        return None if found is None or found.get("removed") else {**self.defaults, **found}

    def names(self, release: object, where: Row) -> Iterator[str]:
        """The names that exist at *release* and whose rows hold the fields of *where*."""
        for name in self.entries:
            row = self.row(name, release)
            if row is not None and all(row.get(key) == value for key, value in where.items()):
                yield name

    def _known(self, release: object) -> str:
        return next(
            (to for alias, to in self.aliases.items() if fnmatchcase(str(release), alias)), str(release)
        )


def _order(release: str) -> tuple[str, tuple[int, ...]] | None:
    """``edge-25.3.1`` as series and numbers, or None where it is no release."""
    found = _RELEASE.fullmatch(release)
    if not found:
        return None
    return found["series"], tuple(int(number[:9]) for number in found["numbers"].split("."))


def read(data: Mapping[str, Any]) -> Inventory:
    """The inventory that *data* says, whose form was checked."""
    return Inventory(
        entries={name: tuple(rows) for name, rows in data["entries"].items()},
        aliases=data.get("aliases") or {},
        defaults=data.get("defaults") or {},
    )
