"""What only a worker can show of a finding: the lines within archives that made it, for which it traces."""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import is_packed
from chartkit.model.evidence import Excerpt, PackedLines, Spot, around
from chartkit.pipeline import worker_state
from chartkit.pipeline.records import Settings, StoredRender
from chartkit.source_map.trace import SourceMap


def packed_lines(
    settings: Settings, chart_file: str, case: Case, rendered: StoredRender, spots: tuple[Spot, ...]
) -> PackedLines:
    """The lines within archives that made the *spots* of the render of *case*."""
    chart = worker_state.load_chart(chart_file)
    source_map = worker_state.stored_locator(settings, chart, case, rendered)().map
    return PackedLines(tuple(tuple(_lines(chart, source_map, *spot)) for spot in spots))


def _lines(chart: Chart, source_map: SourceMap, line: int, column: int) -> Iterator[Excerpt]:
    """Around each line of the include stack that is in an archive, innermost first."""
    origin = source_map.at(line, column) or source_map.line(line)
    for name, number, start in dict.fromkeys(
        (one.file, one.line, one.column) for one in (origin.places if origin else ())
    ):
        archive = chart.origin(name)
        if is_packed(archive):
            text = chart.files.get(name, b"").decode("utf-8", "surrogateescape")
            found = around(text.split("\n"), f"{archive}/{_member(chart, name, archive)}", number, start)
            yield from [found] if found else []


def _member(chart: Chart, name: str, archive: str) -> str:
    """What the file with the canonical *name* is called within the *archive*."""
    parts = name.split("/")
    for count in range(1, len(parts), 2):
        if chart.origins.get("/".join([*parts[:count], "Chart.yaml"])) == archive:
            return "/".join(parts[count - 1 :])
    return name
