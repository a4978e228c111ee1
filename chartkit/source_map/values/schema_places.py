"""Where a person would set another value than the one that a chart's values schema refuses."""

from __future__ import annotations

from typing import Final

from chartkit.model.case import Chart, Scenario
from chartkit.model.place import Place
from chartkit.source_map.values.value_layers import UnreadableLayer, ValueLayers

UNREADABLE: Final = "it is not known which of the values files sets it"


def of_key(chart: Chart, scenario: Scenario, key: str) -> tuple[Place | None, str]:
    """Where the value at *key* (a JSON pointer) of *chart* is set under *scenario*, or why nobody can tell.

    Where it is not, it is where the table is set that would hold it.
    """
    layers = ValueLayers(chart, scenario)
    try:
        path = layers.path(key)
        tables = (path[:count] for count in range(len(path), 0, -1))
        found = next(filter(None, (layers.setting(table, on_key=True) for table in tables)), None)
    except UnreadableLayer:
        return None, UNREADABLE
    if found is None:
        return _top(chart, scenario), ""
    return found.place, "" if found.place else found.unplaced


def _top(chart: Chart, scenario: Scenario) -> Place | None:
    """What a person would add a value to that is missing: the uppermost of all that gives some."""
    base, name = scenario.base, f"{chart.name}/values.yaml"
    is_written = bool(scenario.values) or any(given.place for given in scenario.set_values)
    if is_written and scenario.place is not None:
        return scenario.place
    if scenario.values_files:
        return Place(scenario.values_files[-1])
    if base.places:
        return base.places[0][1]
    if base.files:
        return Place(base.files[-1])
    if scenario.below is not None:
        return _top(chart, scenario.below)
    return Place(chart.origin(name)) if name in chart.files else None
