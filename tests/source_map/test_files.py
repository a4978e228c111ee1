"""The files that a map names are those that a person would edit, and what is rendered stands in them."""

from __future__ import annotations

import pathlib
import textwrap
from collections.abc import Mapping

import pytest

from chartkit import charts, helm, manifests, source_map
from chartkit.charts import chart_yaml
from chartkit.judging import places
from chartkit.model import Case, Chart, Place, Render, Scenario
from chartkit.source_map import Precision, SourceMap

OURS = pathlib.Path(__file__).parents[2] / "charts"
ADDED = ("---", "# Source: ")


def written(folder: pathlib.Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(textwrap.dedent(text))


def traced(path: pathlib.Path, shown: str) -> tuple[Chart, Render, SourceMap]:
    chart = charts.load(path, shown).chart
    assert chart is not None
    engine = helm.open_engine("embedded")
    case = Case(chart.name, chart.path, Scenario("default"), "1.34.0")
    render = helm.render(engine, chart, case)
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
    assert [places.of_line(chart, one.file, one.line, one.column) for one in origin.places] == [
        Place("lib/templates/_labels.tpl", 2, 1),
        Place("web/templates/a.yaml", 6, 9),
    ]
    value = found.at(*manifests.position(manifest, ("metadata", "labels", "part")))
    assert value is not None
    assert (value.line, value.column, value.precision) == (2, 7, Precision.ACTION)


@pytest.mark.parametrize("path", sorted(charts.find(OURS)), ids=lambda path: path.name)
def test_the_text_of_our_charts_stands_where_it_is_said_to(path: pathlib.Path) -> None:
    metadata, _ = chart_yaml.read((path / "Chart.yaml").read_bytes())
    if metadata is None or metadata.type == "library":
        return
    chart, render, found = traced(path, str(path))
    assert (found.untraced, found.degraded) == ("", ())
    for number, line in enumerate(render.text.split("\n"), start=1):
        if not line.strip() or line.startswith(ADDED):
            continue
        origin = found.line(number)
        assert origin is not None, line
        source = pathlib.Path(chart.origin(origin.file)).read_text().split("\n")[origin.line - 1]
        at = source[origin.column - 1 :]
        if origin.precision is Precision.TEXT:
            assert at[0] == line.strip()[0]
        else:
            assert at.startswith("{{")
