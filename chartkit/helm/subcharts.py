"""How a chart sees its subcharts: by which names, in which order, with which values; and which it lacks.

Helm's command refuses a chart that lacks dependencies before it looks at conditions and tags. Once they are
there, what it renders is the same as without those that are switched off.
"""

from __future__ import annotations

import functools
import itertools
import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm.charts import chart_yaml
from chartkit.helm.order import YamlReader
from chartkit.helm.values import HelmInputs, merge
from chartkit.model.case import Chart
from chartkit.model.chart_file import CHART_YAML, REQUIREMENTS_YAML, VALUES_YAML, canonical

MOST_NAMES: Final = 100_000
"""How many names one chart may be reported by."""

_DEEPEST: Final = 100
_ARCHIVE: Final = re.compile(r"[^/]+/charts/([^/]+)-v?[0-9][^/-]*(?:-[^/]*)?\.tgz")

Tree = dict[str, "Tree | None"]
"""Where values are null: None for a null, a tree for a table with nulls in it."""


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


def scope_of(files: Mapping[str, bytes], root: str, read: YamlReader) -> ChartScope:
    """The scope of the chart at *root* of *files*; what cannot be read is left to Helm to refuse."""
    return _scope(files, root, _folders_below(files), read)


def _scope(
    files: Mapping[str, bytes], folder: str, below: Mapping[str, Sequence[str]], read: YamlReader
) -> ChartScope:
    values = _read(files.get(f"{folder}/{VALUES_YAML}"), read)
    needed = _needed(files, folder)
    subcharts: dict[str, ChartScope] = {}
    for inner in below.get(folder, ()):
        name = _name(files, inner)
        aliases = [alias for wanted, alias in needed if wanted == name] or [name]
        subcharts.update(dict.fromkeys(aliases, _scope(files, inner, below, read)))
    tables = frozenset(key for key, value in values.items() if isinstance(value, dict))
    return ChartScope(_nulls(values, 0), tables, tuple(alias for _, alias in needed), subcharts)


def reported_names(files: Mapping[str, bytes]) -> dict[str, tuple[str, ...]]:
    """For each file in ``templates/`` and ``crds/`` of the charts among *files*, the names it may have.

    Under an alias a subchart's templates are called as if the chart had that name; two charts of one name
    share theirs.
    """
    roots = dict(_reported_folders(files))
    found: dict[str, tuple[str, ...]] = {}
    for name in files:
        own = canonical(name)
        if own.in_templates or own.kind == "crd":
            found[name] = tuple(f"{root}/{own.inner}" for root in roots.get(own.folder, (own.folder,)))
    return found


def _reported_folders(files: Mapping[str, bytes]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each chart's folder with what Helm may call it, parents first."""
    known: dict[str, tuple[str, ...]] = {}
    for folder in sorted(_chart_folders(files)):
        above = _above(folder)
        name = _name(files, folder)
        aliases = [alias for wanted, alias in _needed(files, above) if wanted == name]
        here = [f"{root}/charts/{each}" for root in known.get(above, (above,)) for each in (name, *aliases)]
        known[folder] = tuple(dict.fromkeys(itertools.islice(here, MOST_NAMES))) if above else (name,)
        yield folder, known[folder]


def _chart_folders(files: Mapping[str, bytes]) -> list[str]:
    return [canonical(name).folder for name in files if canonical(name).inner == CHART_YAML]


def _folders_below(files: Mapping[str, bytes]) -> Mapping[str, Sequence[str]]:
    """The folders of the charts in the ``charts/`` of each chart."""
    found: dict[str, list[str]] = {}
    for folder in _chart_folders(files):
        found.setdefault(_above(folder), []).append(folder)
    return found


def _above(folder: str) -> str:
    return folder.rpartition("/charts/")[0]


def _name(files: Mapping[str, bytes], folder: str) -> str:
    """What the chart in *folder* calls itself; else the name of the folder."""
    return str(_fields(files[f"{folder}/{CHART_YAML}"], None).get("name") or folder.rpartition("/")[2])


def _needed(files: Mapping[str, bytes], folder: str) -> list[tuple[str, str]]:
    """The name and the alias, or again the name, of each dependency that the chart in *folder* declares."""
    return [(each["name"], each.get("alias") or each["name"]) for each in _declared(files, folder)]


def _declared(files: Mapping[str, bytes], folder: str) -> list[Mapping[str, Any]]:
    chart = files.get(f"{folder}/{CHART_YAML}")
    found = _fields(chart, files.get(f"{folder}/{REQUIREMENTS_YAML}")).get("dependencies", ())
    return [each for each in found if each.get("name")]


@functools.lru_cache(maxsize=512)
def _fields(chart: bytes | None, requirements: bytes | None) -> Mapping[str, Any]:
    return chart_yaml.fields(chart, requirements)


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
    archives = (match[1] for match in map(_ARCHIVE.fullmatch, chart.files) if match)
    folders = _folders_below(chart.files).get(chart.name, ())
    there = {*archives, *(_name(chart.files, folder) for folder in folders)}
    return [needed.name for needed in chart.dependencies if needed.name not in there]


def are_switched_off(chart: Chart, lacking: Collection[str], inputs: HelmInputs, read: YamlReader) -> bool:
    """Whether every dependency of *chart* that is called one of *lacking* is switched off by its values."""
    own = _read(chart.files.get(f"{chart.name}/{VALUES_YAML}"), read)
    values = merge(own, inputs.values)
    declared = (each for each in _declared(chart.files, chart.name) if each["name"] in lacking)
    return all(_is_off(each, values) for each in declared)


def stand_ins(chart: Chart, inputs: HelmInputs, read: YamlReader) -> Mapping[str, bytes]:
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


def _read(content: bytes | None, read: YamlReader) -> Mapping[str, Any]:
    try:
        value = read(content.decode()) if content else None
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
