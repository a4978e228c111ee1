"""How a chart sees the charts below it: by which names, in which order, with which values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm.order import Reader

_DEEPEST: Final = 100

Tree = dict[str, "Tree | None"]
"""Where nulls are: None at a null, a tree at a table that holds one."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A chart as its templates see it.

    *nulls* is where its own values have them, *tables* the keys of its values that hold tables,
    *declared* the names that its dependencies go by, in order. *subcharts* are there, by those names.
    """

    nulls: Tree = field(default_factory=dict)
    tables: frozenset[str] = frozenset()
    declared: tuple[str, ...] = ()
    subcharts: Mapping[str, Scope] = field(default_factory=dict)

    @property
    def any_null(self) -> bool:
        """Whether there is a null in the values of any chart here."""
        return bool(self.nulls) or any(each.any_null for each in self.subcharts.values())

    def rank(self, name: str) -> list[tuple[int, int, str]]:
        """Sorts files by canonical *name* as Helm walks charts: dependencies come last, as declared.

        The others come to Helm in no order at all; here they are sorted by name.
        """
        ranks: list[tuple[int, int, str]] = []
        scope = self
        for chart in re.findall(r"/charts/([^/]+)(?=/)", name):
            known = chart in scope.declared
            ranks.append((known, scope.declared.index(chart) if known else 0, chart))
            scope = scope.subcharts.get(chart, _NOTHING)
        return ranks


_NOTHING: Final = Scope()


def scope_of(files: Mapping[str, bytes], root: str, read: Reader) -> Scope:
    """The scope of the chart at *root* of *files*; what cannot be read is left to Helm to refuse."""
    here = {name[len(root) + 1 :]: content for name, content in files.items() if name.startswith(f"{root}/")}
    return _scope(here, read, 0)


def _scope(files: Mapping[str, bytes], read: Reader, depth: int) -> Scope:
    values = _read(files.get("values.yaml"), read)
    needed = _needed(files, read)
    subcharts: dict[str, Scope] = {}
    for below in _folders(files).values() if depth < _DEEPEST else ():
        name = str(_read(below["Chart.yaml"], read).get("name"))
        aliases = [alias for wanted, alias in needed if wanted == name] or [name]
        subcharts.update(dict.fromkeys(aliases, _scope(below, read, depth + 1)))
    tables = frozenset(key for key, value in values.items() if isinstance(value, dict))
    return Scope(_nulls(values, 0), tables, tuple(alias for _, alias in needed), subcharts)


def _folders(files: Mapping[str, bytes]) -> Mapping[str, Mapping[str, bytes]]:
    """The files of each chart in charts/, by its folder."""
    folders: dict[str, dict[str, bytes]] = {}
    for name, content in files.items():
        charts, _, rest = name.partition("/")
        folder, below, inner = rest.partition("/")
        if charts == "charts" and below:
            folders.setdefault(folder, {})[inner] = content
    return {folder: below for folder, below in folders.items() if "Chart.yaml" in below}


def _needed(files: Mapping[str, bytes], read: Reader) -> list[tuple[str, str]]:
    """The name and the alias, or again the name, of each declared dependency."""
    for file in ("Chart.yaml", "requirements.yaml"):
        entries = _read(files.get(file), read).get("dependencies")
        if isinstance(entries, list):
            named = [each for each in entries if isinstance(each, dict)]
            return [(str(each.get("name")), str(each.get("alias") or each.get("name"))) for each in named]
    return []


def _nulls(values: Mapping[str, Any], depth: int) -> Tree:
    found: Tree = {}
    for key, value in values.items():
        if value is None:
            found[key] = None
        elif isinstance(value, dict) and depth < _DEEPEST and (below := _nulls(value, depth + 1)):
            found[key] = below
    return found


def _read(content: bytes | None, read: Reader) -> Mapping[str, Any]:
    try:
        value = read(content.decode()) if content else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
