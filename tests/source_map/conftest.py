"""Charts made of text, and what their maps say in one line for each line."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Render
from chartkit.source_map import trace as source_map
from chartkit.source_map.trace import SourceMap
from chartkit.source_map.traced_text import Origin

ROOT = {"Chart.yaml", "values.yaml", "values.schema.json"}
CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@functools.cache
def embedded() -> Embedded:
    return Embedded()


def shown(origin: Origin | None) -> str:
    """A place as ``a.yaml:3:1 text < b.yaml:4``; files of subcharts with the subchart."""
    if origin is None:
        return "?"
    calls = "".join(f" < {_short(call.file)}:{call.line}" for call in origin.includes)
    return f"{_short(origin.file)}:{origin.line}:{origin.column} {origin.precision}{calls}"


def _short(file: str) -> str:
    return file.removeprefix("web/").replace("templates/", "").replace("charts/", "")


@dataclass(frozen=True)
class Traced:
    chart: Chart
    case: Case
    render: Render
    map: SourceMap

    @property
    def lines(self) -> list[str]:
        """Each visible line with its origin, but for those that Helm adds."""
        texts = enumerate(self.render.text.split("\n"), start=1)
        return [
            f"{text.strip()} @ {shown(self.map.line(number))}"
            for number, text in texts
            if text.strip() and text != "---" and not text.startswith("# Source: ")
        ]

    def at(self, word: str) -> str:
        """The origin of *word*, where it stands first in the render."""
        return self.shown(self.render.text.index(word))

    def shown(self, offset: int) -> str:
        """The origin of the character at *offset* of the render."""
        return shown(self.map.offset(offset))


Trace = Callable[..., Traced]


def trace_files(files: Mapping[str, str | bytes], values: Any = None, *, counts: bool = False) -> Traced:
    """Render and trace a chart of *files*, named from its root; a bare ``a.yaml`` is a template."""
    texts = {"Chart.yaml": CHART_YAML, **files}
    full = {
        f"web/{name if '/' in name or name in ROOT else f'templates/{name}'}": (
            text if isinstance(text, bytes) else text.encode()
        )
        for name, text in texts.items()
    }
    chart = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), full, {}, "")
    given = json.dumps(values) if values is not None else ""
    case = Case("web", "web", Scenario("x", values=given), "1.33.0")
    render = engines.render(embedded(), chart, case)
    return Traced(chart, case, render, source_map.trace(embedded(), chart, case, render, counts=counts))


@pytest.fixture
def trace() -> Trace:
    return trace_files
