"""Where a person would look: the file, and its line only where that is certain."""

from __future__ import annotations

from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.place import Place
from chartkit.model.render import Failure, Manifest
from chartkit.source_map.values.include_stack import of_line


def of_manifest(chart: Chart, manifest: Manifest, line: int, column: int) -> Place:
    """The template that made *manifest*, whose rendered *line* is meant.

    The line is certain only where Helm prints the file as it is, which is true of ``crds/``.
    """
    if is_crd_file(manifest.source):
        content = chart.files.get(manifest.source, b"").decode("utf-8", "surrogateescape")
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


def of_failure(chart: Chart, case: Case | None, failure: Failure) -> tuple[Place, str]:
    """The line that Helm names, or where the value is set that it refuses; else the chart.

    Why that has no line comes with it, where there is something to say.
    """
    if failure.kind == "values" and failure.template:
        # a values file lies outside the chart's own files: Helm's name for it is its path
        return Place(failure.template, failure.line, failure.column), ""
    if failure.template:
        return of_line(chart, failure.template, failure.line, failure.column), ""
    if failure.kind == "values-schema" and case is not None:
        from chartkit.source_map.values import schema_places

        place, unplaced = schema_places.of_key(chart, case.scenario, failure.values_key)
        return place or Place(chart.path), unplaced
    return Place(chart.path), ""


def giving(scenario: Scenario) -> set[str]:
    """The files that give *scenario* its values."""
    base = scenario.base
    places = [*(place for _, place in (*scenario.places, *base.places)), scenario.place]
    places += [given.place for given in scenario.set_values]
    under = giving(scenario.below) if scenario.below else set()
    return {*under, *base.files, *scenario.values_files, *(place.file for place in places if place)}
