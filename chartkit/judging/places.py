"""Where a person would look: the file, and its line only where that is certain."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Sequence
from typing import Any

from chartkit.model import BaseValues, Case, Chart, Failure, Manifest, Place, Scenario
from chartkit.placing.frames import of_line


def of_manifest(chart: Chart, manifest: Manifest, line: int, column: int) -> Place:
    """The template that made *manifest*, whose rendered *line* is meant.

    The line is certain only where Helm prints the file as it is, which is true of ``crds/``.
    """
    if is_crd_file(manifest.source):
        content = chart.files.get(manifest.source, b"").decode("utf-8", "replace")
        printed = _without_source(manifest.text)
        before = content.find(printed.strip("\n"))
        if before >= 0:
            first = manifest.line + manifest.text[: -len(printed)].count("\n")
            first += len(printed) - len(printed.lstrip("\n"))
            written = content.count("\n", 0, before) + 1 + line - first
            return of_line(chart, manifest.source, written, column)
    return Place(chart.origin(manifest.source))


def is_crd_file(source: str) -> bool:
    """Whether *source* lies in the ``crds/`` folder of a chart (or subchart), which Helm prints as it is."""
    parts = source.split("/")[1:]
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return bool(parts) and parts[0] == "crds"


def _without_source(text: str) -> str:
    """*text* without the line that Helm puts before it."""
    head, newline, rest = text.partition("\n")
    return rest if newline and head.startswith("# Source: ") else text


def of_failure(chart: Chart, case: Case | None, failure: Failure) -> Place:
    """The line that Helm names, or where the value is set that it refuses; else the chart."""
    if failure.kind == "values" and failure.template:
        # a values file lies outside the chart's own files: Helm's name for it is its path
        return Place(failure.template, failure.line, failure.column)
    if failure.template:
        return of_line(chart, failure.template, failure.line, failure.column)
    if failure.kind == "values-schema" and case is not None:
        return of_value(chart, case.scenario, failure.values_key)
    return Place(chart.path)


def giving(scenario: Scenario) -> set[str]:
    """The files that give *scenario* its values."""
    base = scenario.base
    places = [*(place for _, place in (*scenario.places, *base.places)), scenario.place]
    places += [given.place for given in scenario.set_values]
    return {*base.files, *scenario.values_files, *(place.file for place in places if place)}


def of_value(chart: Chart, scenario: Scenario, key: str) -> Place:
    """Where the value at *key* (a JSON pointer) is set: in values.yaml, unless the scenario gives values."""
    path = tuple(step.replace("~1", "/").replace("~0", "~") for step in key.split("/")[1:])
    if scenario.base != BaseValues() and not _gives(scenario, path):
        in_base = _of_base(scenario.base, path)
        if in_base is not None:
            return in_base
    if scenario.values or scenario.set_values:
        return scenario.place or Place(chart.path)
    if scenario.values_files:
        return Place(scenario.values_files[-1])
    name = f"{chart.name}/values.yaml"
    if name not in chart.files:
        return Place(chart.path)
    from chartkit.yaml import kube_yaml

    spot = kube_yaml.find(chart.files[name].decode("utf-8", "replace"), path)
    if spot is None or not spot.steps:
        return Place(chart.origin(name))
    return of_line(chart, name, *spot.place(on_key=True))


def _gives(scenario: Scenario, path: Sequence[str]) -> bool:
    """Whether *scenario* itself, not its base, sets the value at *path*."""
    if any(_in_file(name, path) for name in scenario.values_files):
        return True
    if not scenario.values and not scenario.set_values:
        return False
    from chartkit.helm import set_values

    own = json.loads(scenario.values or "{}")
    for given in scenario.set_values:
        set_values.apply(given.flag, given.expression, own, lambda _: "")
    return _holds(own, path)


def _of_base(base: BaseValues, path: Sequence[str]) -> Place | None:
    """Where *base* sets the value at *path*; None where it does not."""
    if base.values and _holds(json.loads(base.values), path):
        pointer = "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in path)
        return dict(base.places)[pointer]
    return next(filter(None, (_in_file(name, path) for name in reversed(base.files))), None)


def _holds(value: Any, path: Sequence[str]) -> bool:
    for step in path:
        key: Any = int(step) if isinstance(value, list) and step.isdecimal() else step
        try:
            value = value[key]
        except (KeyError, IndexError, TypeError):
            return False
    return True


def _in_file(name: str, path: Sequence[str]) -> Place | None:
    """Where the values file *name* sets the value at *path*; None where it does not, or has several parts."""
    from chartkit.yaml import kube_yaml

    steps = tuple(int(step) if step.isdecimal() else step for step in path)
    try:
        spot = kube_yaml.find(pathlib.Path(name).read_text("utf-8", "replace"), steps)
    except kube_yaml.YamlFault:
        return None
    if spot is None or spot.steps < len(path):
        return None
    return Place(name, *spot.place(on_key=True)) if spot.steps else Place(name)
