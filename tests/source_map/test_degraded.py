"""What tracing would change is given up part by part, the rest stays known, and it is said."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.errors import EngineError
from chartkit.model.render import Render
from chartkit.source_map import marker_safe
from chartkit.source_map import trace as source_map
from chartkit.source_map.rewrite_templates import BodyWriter
from chartkit.syntax.gotemplate import nodes

Trace = Callable[..., Any]

HELPER = '{{- define "e" }}abc: 1\nb: 2{{ end }}{{ define "n" }}7{{ end }}'
TWICE = 'x{{ include "e" . | trimPrefix "a" }}\ny:\n{{ include "e" . | indent 2 }}\n'


def test_a_call_whose_marks_are_in_the_way_is_not_followed(trace: Trace) -> None:
    traced = trace({"a.yaml": TWICE, "_h.tpl": HELPER})
    assert traced.map.degraded == (
        "web/templates/a.yaml:1: what 'e' prints here is not traced: marks would change it",
    )
    assert [line.rpartition(" @ ")[2] for line in traced.lines] == [
        "a.yaml:1:1 text",
        "a.yaml:1:2 coarse",
        "a.yaml:2:1 text",
        "_h.tpl:1:18 text < a.yaml:3",
        "_h.tpl:2:1 text < a.yaml:3",
    ]


def test_template_text_that_is_put_together_and_trims_is_not_followed(trace: Trace) -> None:
    helper = '{{ define "t" }}a: 1\n  {{ "{{- .Values.x }}" }}{{ end }}'
    traced = trace({"a.yaml": '{{ tpl (include "t" .) . }}\nb: 2\n', "_h.tpl": helper}, {"x": 5})
    assert traced.lines == ["a: 15 @ a.yaml:1:1 coarse", "b: 2 @ a.yaml:2:1 text"]
    assert len(traced.map.degraded) == 1


def test_one_case_that_is_degraded_does_not_touch_the_next(trace: Trace) -> None:
    files = {"a.yaml": 'x{{ include "e" . | trimPrefix .Values.p }}\n', "_h.tpl": HELPER}
    traced = trace(files, {"p": "a"})
    other = dataclasses.replace(
        traced.case, scenario=dataclasses.replace(traced.case.scenario, values='{"p": "z"}')
    )
    engine = engines.open_engine("embedded")
    render = engines.render(engine, traced.chart, other)
    assert source_map.trace(engine, traced.chart, other, render).degraded == ()


def test_where_a_call_makes_the_chart_fail_unusual_ones_are_switched_off_first(
    trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marker_safe, "MARKER_SAFE", marker_safe.MARKER_SAFE | {"semver", "toString"})
    helper = '{{ define "v" }}1.2.3{{ end }}{{ define "e" }}e: 1{{ end }}'
    template = 'a: {{ include "v" . | semver | toString }}\nb:\n  {{- include "e" . | nindent 2 }}\n'
    traced = trace({"a.yaml": template, "_h.tpl": helper})
    assert traced.map.degraded == ("no unusual call is followed: the chart would fail",)
    assert [line.rpartition(" @ ")[2] for line in traced.lines] == [
        "a.yaml:1:1 text",
        "a.yaml:2:1 text",
        "_h.tpl:1:47 text < a.yaml:3",
    ]
    assert traced.at("1.2.3") == "a.yaml:1:4 coarse"


BROKEN = {
    "a.yaml": 'a: 1\nBROKEN: {{ include "n" . }}\n',
    "b.yaml": 'b: {{ include "n" . | quote }}\n',
    "_h.tpl": HELPER,
}


@pytest.mark.parametrize("instead", ["BROKEN!", '{{ fail "broken" }}'])
def test_a_file_that_is_rewritten_wrongly_is_left_as_it_is(
    instead: str, trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = BodyWriter._text

    def wrong(self: BodyWriter, node: nodes.Text) -> str:
        return write(self, node).replace("BROKEN", instead)

    monkeypatch.setattr(BodyWriter, "_text", wrong)
    traced = trace(BROKEN)
    assert "web/templates/a.yaml is not traced" in " ".join(traced.map.degraded)
    assert [line.rpartition(" @ ")[2] for line in traced.lines] == ["?", "?", "b.yaml:1:1 text"]
    assert traced.map.untraced == ""


def test_a_file_that_cannot_be_rewritten_is_called_all_the_same(trace: Trace) -> None:
    deep = "{{ if true }}" * 300 + "c: 1" + "{{ end }}" * 300
    files = {
        "_d.tpl": f'{{{{ define "d" }}}}d: {{{{ . }}}}{{{{ end }}}}{deep}',
        "a.yaml": 'a: 1\n{{ include "d" 3 }}\n',
    }
    traced = trace(files)
    assert traced.map.degraded == ("web/templates/_d.tpl is not traced: nested too deeply",)
    assert traced.lines == ["a: 1 @ a.yaml:1:1 text", "d: 3 @ a.yaml:2:1 action"]


def test_the_helm_command_is_traced_by_the_embedded_one_and_held_against_its_text(trace: Trace) -> None:
    class Command:
        name, version = "cli", "4.1.0"

    traced = trace({"a.yaml": "a: 1\nb: 2\n"})
    command: Any = Command()
    render = dataclasses.replace(traced.render, engine="cli 4.1.0")
    assert shown_lines(source_map.trace(command, traced.chart, traced.case, render), render) == [1, 2]
    other = Render(traced.render.text.replace("b: 2", "b: 3"), "cli 4.1.0")
    found = source_map.trace(command, traced.chart, traced.case, other)
    assert shown_lines(found, other) == [1, 2]
    assert found.offset(other.text.index("3")) is None
    other = Render(traced.render.text.replace("b: 2", "c: 2"), "cli 4.1.0")
    assert shown_lines(source_map.trace(command, traced.chart, traced.case, other), other) == [1, None]


def shown_lines(found: source_map.SourceMap, render: Render) -> list[int | None]:
    origins = [found.line(number) for number in range(3, render.text.count("\n") + 1)]
    return [origin.line if origin else None for origin in origins]


def test_without_an_embedded_helm_nothing_is_traced(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    class Command:
        name, version = "cli", "4.1.0"

    def absent() -> Embedded:
        raise EngineError("there is none")

    traced = trace({"a.yaml": "a: 1\n"})
    monkeypatch.setattr(source_map, "_other", absent)
    command: Any = Command()
    found = source_map.trace(command, traced.chart, traced.case, traced.render)
    assert found.untraced == "only the embedded Helm can trace: there is none"
