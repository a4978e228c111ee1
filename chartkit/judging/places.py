"""Where a person would look: the file, and its line only where that is certain."""

from __future__ import annotations

from typing import Final

from chartkit.model import Case, Chart, Failure, Manifest, Place, Scenario

_PACKED: Final = (".tgz", ".tar.gz")


def of_line(chart: Chart, name: str, line: int | None, column: int | None = None) -> Place:
    """A line of the file with the canonical *name*; where that is packed, the archive as a whole."""
    file = chart.origin(name)
    return Place(file) if file.endswith(_PACKED) else Place(file, line, column)


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


def of_value(chart: Chart, scenario: Scenario, key: str) -> Place:
    """Where the value at *key* (a JSON pointer) is set: in values.yaml, unless the scenario gives values."""
    if scenario.values or scenario.set_values:
        return scenario.place or Place(chart.path)
    if scenario.values_files:
        return Place(scenario.values_files[-1])
    name = f"{chart.name}/values.yaml"
    if name not in chart.files:
        return Place(chart.path)
    from chartkit.yaml import kube_yaml

    path = tuple(step.replace("~1", "/").replace("~0", "~") for step in key.split("/")[1:])
    spot = kube_yaml.find(chart.files[name].decode("utf-8", "replace"), path)
    if spot is None or not spot.steps:
        return Place(chart.origin(name))
    return of_line(chart, name, *spot.place(on_key=True))
