"""Where Chart.yaml says what a rule is about."""

from __future__ import annotations

from chartkit.model.case import Chart
from chartkit.model.chart_file import is_packed
from chartkit.model.place import Place
from chartkit.syntax.yaml import kube_yaml


def place_in_metadata(chart: Chart, key: str) -> Place:
    """The line of *key* in the Chart.yaml of *chart*; the file alone where it is packed or lacks the key."""
    name = f"{chart.name}/Chart.yaml"
    file = chart.origin(name)
    if is_packed(file) or name not in chart.files:
        return Place(file)
    spot = kube_yaml.find(chart.files[name].decode("utf-8", "replace"), (key,))
    mark = spot.node.start_mark if spot else None
    return Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
