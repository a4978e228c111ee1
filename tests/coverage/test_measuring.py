"""What a worker answers about one case."""

from __future__ import annotations

import json
import pathlib
import pickle

import pytest

from chartkit.model.case import Case, Chart, Scenario
from chartkit.pipeline import coverage_worker
from chartkit.pipeline.records import Settings

SETTINGS = Settings("embedded", None, False, (), (), "", "")
FILES = {
    "web/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "web/values.yaml": b"text: '{{ include \"one\" . }}'\n",
    "web/charts/sub/values.yaml": b"a: {{ b\n",
    "web/templates/_h.tpl": b'{{ define "one" }}1{{ end }}{{ define "two" }}2{{ end }}',
    "web/templates/a.yaml": b"a: {{ tpl .Values.text . }}{{ if .Values.x }}b{{ end }}\n",
    "web/templates/b.yaml": b"{{ template `x` $y := 1 }}",
}


@pytest.fixture
def chart_file(tmp_path: pathlib.Path) -> str:
    file = tmp_path / "web.chart"
    file.write_bytes(pickle.dumps(Chart("web", "web", "1.0.0", "", "v2", "", "", (), FILES, {}, "")))
    return str(file)


def case(values: object = None, *files: str) -> Case:
    return Case("web", "web", Scenario("x", files, json.dumps(values) if values else ""), "1.33.0")


def test_the_blocks_of_a_chart_come_with_the_files_that_have_none(chart_file: str) -> None:
    found = coverage_worker.list_blocks(SETTINGS, chart_file)

    assert [block.kind for block in found.blocks if block.file == "web/templates/a.yaml"] == [
        "file",
        "if",
        "else",
    ]
    assert [name for name, _ in found.untraced] == ["web/templates/b.yaml"]


def test_a_case_tells_what_it_ran_and_whom_its_values_may_call(chart_file: str) -> None:
    found = coverage_worker.measure_case(
        SETTINGS, chart_file, case({"y": "{{ template `two` . }}", "z": "include"})
    )

    assert found.unseen == ("one", "two")
    assert found.ended.startswith("no template was run: cannot load values.yaml")


def test_values_that_cannot_be_read_are_told(chart_file: str) -> None:
    found = coverage_worker.measure_case(SETTINGS, chart_file, case(None, "nowhere.yaml"))

    assert found.ended.startswith("no template was run: ")
    assert found.unseen == ("one",)
