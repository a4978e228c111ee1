"""How a chart sees its subcharts: by which names, in which order, with which values; and which it lacks.

Helm's command refuses a chart that lacks dependencies before it looks at conditions and tags. Once they are
there, what it renders is the same as without those that are switched off.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm.order import Reader
from chartkit.helm.set_values import merge
from chartkit.helm.values import Inputs
from chartkit.model.case import Chart
from chartkit.model.chart_file import CHART_YAML, REQUIREMENTS_YAML, canonical

_DEEPEST: Final = 100
_DECLARING: Final = (CHART_YAML, REQUIREMENTS_YAML)
_ARCHIVE: Final = re.compile(r"[^/]+/charts/([^/]+)-v?[0-9][^/-]*(?:-[^/]*)?\.tgz")
_CHART_NAME: Final = re.compile(rb"^name:[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)

Tree = dict[str, "Tree | None"]
"""Where nulls are: None at a null, a tree at a table that holds one."""


@dataclass(frozen=True, slots=True)
class ChartScope:
    """A chart as its templates see it.

    *nulls* is where its own values have them, *tables* the keys of its values that hold tables,
    *declared* the names that its dependencies go by, in order. *subcharts* are there, by those names.
    """

    nulls: Tree = field(default_factory=dict)
    tables: frozenset[str] = frozenset()
    declared: tuple[str, ...] = ()
    subcharts: Mapping[str, ChartScope] = field(default_factory=dict)

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
        for chart in canonical(name).subcharts:
            known = chart in scope.declared
            ranks.append((known, scope.declared.index(chart) if known else 0, chart))
            scope = scope.subcharts.get(chart, _NOTHING)
        return ranks


_NOTHING: Final = ChartScope()


def scope_of(files: Mapping[str, bytes], root: str, read: Reader) -> ChartScope:
    """The scope of the chart at *root* of *files*; what cannot be read is left to Helm to refuse."""
    here = {name[len(root) + 1 :]: content for name, content in files.items() if name.startswith(f"{root}/")}
    return _scope(here, read, 0)


def _scope(files: Mapping[str, bytes], read: Reader, depth: int) -> ChartScope:
    values = _read(files.get("values.yaml"), read)
    needed = _needed(files, read)
    subcharts: dict[str, ChartScope] = {}
    for below in _folders(files).values() if depth < _DEEPEST else ():
        name = str(_read(below["Chart.yaml"], read).get("name"))
        aliases = [alias for wanted, alias in needed if wanted == name] or [name]
        subcharts.update(dict.fromkeys(aliases, _scope(below, read, depth + 1)))
    tables = frozenset(key for key, value in values.items() if isinstance(value, dict))
    return ChartScope(_nulls(values, 0), tables, tuple(alias for _, alias in needed), subcharts)


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
    for file in _DECLARING:
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


def missing_names(chart: Chart) -> list[str]:
    """The dependencies of *chart* of whose name no chart is in ``charts/``; Helm looks at no more."""
    if not chart.dependencies:
        return []
    there = {_chart_name(files) for files in _subcharts(chart)}
    return [needed.name for needed in chart.dependencies if needed.name not in there]


def _subcharts(chart: Chart) -> list[tuple[str, bytes]]:
    return [
        (name, content)
        for name, content in chart.files.items()
        if _is_chart_yaml(name) or _ARCHIVE.fullmatch(name)
    ]


def _is_chart_yaml(name: str) -> bool:
    """Whether it is that of a chart just below the outermost."""
    found = canonical(name)
    return found.inner == CHART_YAML and len(found.subcharts) == 1


def _chart_name(file: tuple[str, bytes]) -> str:
    """The name of the subchart whose Chart.yaml or archive *file* is."""
    name, content = file
    if match := _ARCHIVE.fullmatch(name):
        return match[1]
    found = _CHART_NAME.search(content)
    return found[1].decode(errors="replace") if found else canonical(name).subcharts[0]


def are_switched_off(chart: Chart, lacking: Collection[str], inputs: Inputs, read: Reader) -> bool:
    """Whether every dependency of *chart* that is called one of *lacking* is switched off by its values."""
    own = _read(chart.files.get(f"{chart.name}/values.yaml"), read)
    values = merge(own, inputs.values)
    return all(_is_off(each, values) for each in _declared(chart, read) if str(each.get("name")) in lacking)


def stand_ins(chart: Chart, inputs: Inputs, read: Reader) -> Mapping[str, bytes]:
    """Empty charts for what *chart* lacks, if that is switched off, for Helm's command to leave out."""
    lacking = missing_names(chart)
    if not lacking or not are_switched_off(chart, lacking, inputs, read):
        return {}
    versions = {each.name: re.sub(r"[xX*]", "0", each.version) for each in chart.dependencies}
    found: dict[str, bytes] = {}
    for number, name in enumerate(lacking):
        digits = re.search(r"\d+(?:\.\d+){0,2}", versions.get(name, ""))
        parts = [*(digits[0].split(".") if digits else ()), "0", "0", "0"][:3]
        text = f"apiVersion: v2\nname: {json.dumps(name)}\nversion: {'.'.join(parts)}\n"
        found[f"{chart.name}/charts/missing-{number}/Chart.yaml"] = text.encode()
    return found


def _declared(chart: Chart, read: Reader) -> Iterator[Mapping[str, Any]]:
    for file in _DECLARING:
        entries = _read(chart.files.get(f"{chart.name}/{file}"), read).get("dependencies")
        if isinstance(entries, list):
            yield from (each for each in entries if isinstance(each, dict))


def _is_off(declared: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    """As Helm decides: by the first condition that is a truth value, else by tags, of which one will do."""
    for path in str(declared.get("condition") or "").split(","):
        found = _at(path.strip(), values)
        if isinstance(found, bool):
            return not found
    tags = values.get("tags")
    named = declared.get("tags")
    if not isinstance(tags, dict) or not isinstance(named, list):
        return False
    answers = [tags[tag] for tag in named if isinstance(tags.get(tag), bool)]
    return bool(answers) and not any(answers)


def _at(path: str, values: Any) -> Any:
    for key in path.split("."):
        values = values.get(key) if isinstance(values, dict) else None
    return values


def _read(content: bytes | None, read: Reader) -> Mapping[str, Any]:
    try:
        value = read(content.decode()) if content else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
