"""Whose a template is: the chart that people edit, which several charts may use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from chartkit.helm.charts import chart_yaml
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical, is_packed


@dataclass(frozen=True, slots=True)
class Owner:
    """The chart at *path* that a template is of, shown as *file*; *kind* as in `ChartCoverage`."""

    name: str
    path: str
    kind: str
    file: str


def owners(chart: Chart, *, vendored: bool = False) -> Mapping[str, Owner]:
    """The owner of each template of *chart*, by canonical name; those in packed subcharts if *vendored*."""
    kinds: dict[str, str] = {}
    found: dict[str, Owner] = {}
    for name in sorted(chart.files):
        if not canonical(name).in_templates:
            continue
        root, rest, origin = canonical(name).folder, canonical(name).inner, chart.origin(name)
        packed = is_packed(origin) and not origin.endswith(rest)
        path = origin if packed else origin.removesuffix(rest).rstrip("/") or "."
        vends = packed and "/charts/" in root
        kind = "vendored" if vends else kinds.setdefault(root, _kind(chart, root))
        if kind != "vendored" or vendored:
            shown = f"{path}/{rest}" if packed else origin
            found[name] = Owner(root.rpartition("/")[2], path, kind, shown)
    return found


def _kind(chart: Chart, root: str) -> str:
    metadata, _ = chart_yaml.read(
        chart.files.get(f"{root}/Chart.yaml"), chart.files.get(f"{root}/requirements.yaml")
    )
    return "library" if metadata is not None and metadata.type == "library" else "application"
