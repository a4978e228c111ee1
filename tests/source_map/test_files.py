"""The files that a map names are those that a person would edit, and what is rendered stands in them."""

from __future__ import annotations

import functools
import pathlib
import textwrap
from collections.abc import Mapping

import pytest

from chartkit.helm import charts, engines, manifests
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.place import Place
from chartkit.model.render import Render
from chartkit.plan import discover
from chartkit.plan.config import configure
from chartkit.source_map import trace as source_map
from chartkit.source_map.trace import SourceMap
from chartkit.source_map.traced_text import Precision

ROOT = pathlib.Path(__file__).parents[2]
CASES = [
    case for case in discover.plan(configure.read(cwd=ROOT, environ={})).cases if case.scenario.fails is None
]
ADDED = ("---", "# Source: ")


def written(folder: pathlib.Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))


def traced(path: pathlib.Path, shown: str) -> tuple[Chart, Render, SourceMap]:
    chart = charts.load(path, shown).chart
    assert chart is not None
    engine = engines.open_engine("embedded")
    case = Case(chart.name, chart.path, Scenario("default"), "1.34.0")
    render = engines.render(engine, chart, case)
    return chart, render, source_map.trace(engine, chart, case, render)


def test_a_local_dependency_is_named_where_it_is(tmp_path: pathlib.Path) -> None:
    written(
        tmp_path,
        {
            "web/Chart.yaml": """\
                apiVersion: v2
                name: web
                version: 1.0.0
                dependencies:
                  - {name: lib, version: 1.x, repository: "file://../lib"}
                """,
            "web/templates/a.yaml": """\
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: a
                  labels:
                    {{- include "lib.labels" . | nindent 4 }}
                """,
            "lib/Chart.yaml": "{apiVersion: v2, name: lib, version: 1.2.0, type: library}\n",
            "lib/templates/_labels.tpl": """\
                {{- define "lib.labels" -}}
                part: {{ .Chart.Name | quote }}
                {{- end }}
                """,
        },
    )
    chart, render, found = traced(tmp_path / "web", "web")
    manifest = manifests.read(render.text)[0][0]
    origin = found.at(*manifests.position(manifest, ("metadata", "labels", "part"), on_key=True))
    assert origin is not None
    assert [chart.line(one.file, one.line, one.column) for one in origin.places] == [
        Place("lib/templates/_labels.tpl", 2, 1),
        Place("web/templates/a.yaml", 6, 9),
    ]
    value = found.at(*manifests.position(manifest, ("metadata", "labels", "part")))
    assert value is not None
    assert (value.line, value.column, value.precision) == (2, 7, Precision.ACTION)


@pytest.mark.parametrize("path", sorted({case.path for case in CASES}))
def test_the_text_of_our_charts_stands_where_it_is_said_to(
    path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    chart = charts.load(pathlib.Path(path), path).chart
    assert chart is not None
    newest = {case.scenario.name: case for case in CASES if case.path == path}
    for case in newest.values():
        check_lines(chart, case)


@functools.cache
def lines_of(path: str) -> list[str]:
    return pathlib.Path(path).read_text().split("\n")


def check_lines(chart: Chart, case: Case) -> None:
    engine = engines.open_engine("embedded")
    render = engines.render(engine, chart, case)
    found = source_map.trace(engine, chart, case, render)
    assert (found.untraced, found.degraded) == ("", ())
    for number, line in enumerate(render.text.split("\n"), start=1):
        if not line.strip() or line.startswith(ADDED):
            continue
        origin = found.line(number)
        assert origin is not None, line
        source = lines_of(chart.origin(origin.file))[origin.line - 1]
        at = source[origin.column - 1 :]
        if origin.precision is Precision.TEXT:
            assert at[0] == line.strip()[0]
        else:
            assert at.startswith("{{")
