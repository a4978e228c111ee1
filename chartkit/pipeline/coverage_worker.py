"""What a worker does for coverage: renders one case so that it tells what it runs of the templates."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.coverage import counting
from chartkit.coverage.totals import CaseCounts
from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import canonical
from chartkit.pipeline.records import Settings
from chartkit.pipeline.worker_state import load_chart
from chartkit.source_map import instrument
from chartkit.source_map.markers import Block

_CALL: Final = re.compile(r"\b(?:include|template)\s+\\?[\"`]([^\"`\\]+)")


@dataclass(frozen=True, slots=True)
class Blocks:
    """The blocks of a chart, and the files that have none, with the reason."""

    blocks: tuple[Block, ...]
    untraced: tuple[tuple[str, str], ...]


def list_blocks(_: Settings, chart_file: str) -> Blocks:
    """The blocks of the chart pickled in *chart_file*."""
    made = instrument.instrument_chart(load_chart(chart_file))
    return Blocks(tuple(made.blocks), tuple(sorted(made.unreadable.items())))


def measure_case(settings: Settings, chart_file: str, case: Case) -> CaseCounts:
    """What *case* runs of the chart; the embedded Helm alone can tell."""
    chart, engine = load_chart(chart_file), open_embedded()
    render = engines.render(engine, chart, case, real=settings.real)
    counted = counting.count(engine, chart, case, render)
    try:
        given = engines.inputs_of(case, engine.read_yaml).values
    except engines.InputsError:
        given = {}
    called = {*_defaults(chart_file), *_called(json.dumps(given, default=str))}
    counts = tuple(sorted(counted.counts.items()))
    return CaseCounts(counts, counted.uncounted, counted.partly, tuple(sorted(called)))


@functools.cache
def open_embedded() -> Embedded:
    """The embedded Helm of this worker."""
    return Embedded()


@functools.lru_cache(maxsize=4)
def _defaults(chart_file: str) -> frozenset[str]:
    """The named templates that template text in the chart's own values calls."""
    return frozenset(_in_values(load_chart(chart_file)))


def _in_values(chart: Chart) -> Iterator[str]:
    for name, content in chart.files.items():
        if canonical(name).kind == "values" and b"{{" in content:
            try:
                values = open_embedded().read_yaml(content.decode("utf-8", "replace"))
            except ValueError:  # Helm refuses the chart
                continue
            yield from _called(json.dumps(values))


def _called(values: str) -> Iterator[str]:
    """The named templates that text in *values*, which is JSON, calls."""
    if "{{" in values:
        yield from (match[1] for match in _CALL.finditer(values))
