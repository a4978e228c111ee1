"""How often each block ran: operands one by one, and cases that Helm refuses as far as they go."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.coverage import counting
from chartkit.coverage.counting import Counts
from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Render
from chartkit.source_map import instrument

CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
VALUES = {"yes": "y", "no": "", "on": True, "off": False, "nil": None, "list": [1, 2], "map": {"a": {"b": 0}}}


@functools.cache
def embedded() -> Embedded:
    return Embedded()


def chart_of(files: Mapping[str, str | bytes]) -> Chart:
    full = {"web/Chart.yaml": CHART_YAML.encode()}
    full |= {
        f"web/{name if '/' in name or 'schema' in name else f'templates/{name}'}": (
            text if isinstance(text, bytes) else text.encode()
        )
        for name, text in files.items()
    }
    return Chart("web", "web", "1.0.0", "", "v2", "application", "", (), full, {}, "")


def counted(files: Mapping[str, str | bytes], values: Any = None) -> tuple[Chart, Render, Counts]:
    chart = chart_of(files)
    case = Case(
        "web", "web", Scenario("x", values=json.dumps(VALUES if values is None else values)), "1.33.0"
    )
    render = engines.render(embedded(), chart, case)
    return chart, render, counting.count(embedded(), chart, case, render)


def said(files: Mapping[str, str | bytes], values: Any = None) -> list[str]:
    """What ran, as ``if .Values.a x1``; files are left out."""
    chart, _, counts = counted(files, values)
    blocks = instrument.instrument_chart(chart).blocks
    return [
        f"{blocks[number].kind} {blocks[number].text} x{times}"
        for number, times in sorted(counts.counts.items())
        if blocks[number].kind != "file"
    ]


OPERANDS = {
    '{{ default "d" .Values.yes }}': ["default given .Values.yes x1"],
    '{{ default "d" .Values.no }}': ["default empty .Values.no x1"],
    '{{ .Values.nil | default "d" | quote }}': ["default empty .Values.nil x1"],
    '{{ .Values.none | default .Values.no | default "e" }}': [
        "default empty .Values.none x1",
        "default empty .Values.none | default .Values.no x1",
    ],
    '{{ ternary "a" "b" .Values.on }}': ["ternary true .Values.on x1"],
    '{{ .Values.off | ternary "a" "b" }}': ["ternary false .Values.off x1"],
    '{{ ternary "a" "b" (and .Values.on .Values.off) }}': [
        "and true .Values.on x1",
        "and false .Values.off x1",
        "ternary false (and .Values.on .Values.off) x1",
    ],
    "{{ or .Values.no .Values.yes .Values.list }}": [
        "or false .Values.no x1",
        "or true .Values.yes x1",
    ],
    "{{ and .Values.no .Values.yes 3 }}": ["and false .Values.no x1"],
    "{{ .Values.yes | or .Values.no | quote }}": ["or false .Values.no x1"],
    "{{ if or .Values.no .Values.off }}1{{ end }}": [
        "or false .Values.no x1",
        "or false .Values.off x1",
        "else or .Values.no .Values.off x1",
    ],
    "{{ if not (and .Values.yes .Values.list) }}1{{ else }}2{{ end }}": [
        "and true .Values.yes x1",
        "and true .Values.list x1",
        "else not (and .Values.yes .Values.list) x1",
    ],
    "{{ with and .Values.yes .Values.map }}{{ .a.b }}{{ end }}": [
        "and true .Values.yes x1",
        "with and .Values.yes .Values.map x1",
    ],
    "{{ coalesce .Values.no .Values.yes .Values.list .Values.none }}": [
        "coalesce empty .Values.no x1",
        "coalesce given .Values.yes x1",
    ],
    "{{ range .Values.list }}{{ or (eq (int .) 1) $.Values.yes }}{{ end }}": [
        "range .Values.list x2",
        "or true (eq (int .) 1) x1",
        "or false (eq (int .) 1) x1",
        "many .Values.list x1",
    ],
    '{{ $x := .Values.yes | default "d" }}{{ $x = default "e" .Values.no }}{{ $x }}': [
        "default given .Values.yes x1",
        "default empty .Values.no x1",
    ],
    "{{ if eq (default 1 .Values.map.a.b) 1 }}a{{ end }}": [
        "default empty .Values.map.a.b x1",
        "if eq (default 1 .Values.map.a.b) 1 x1",
    ],
}


@pytest.mark.parametrize("template", OPERANDS)
def test_an_operand_is_counted_by_what_it_was(template: str) -> None:
    assert said({"a.yaml": f"a: {template}\n"}) == OPERANDS[template]


@pytest.mark.parametrize(
    "template",
    [
        '{{ default "d" "x" }}{{ or true false "x" }}{{ ternary 1 2 true }}{{ coalesce nil "a" }}',
        '{{ default "only" }}{{ .Values.yes | coalesce .Values.no }}{{ (dict "or" 1).or }}',
    ],
)
def test_constants_and_what_cannot_be_told_are_no_branches(template: str) -> None:
    assert said({"a.yaml": f"a: {template}\n"}) == []


def test_an_operand_is_evaluated_once() -> None:
    template = (
        '{{- $seen := dict "n" 0 -}}{{- define "x" }}{{ $_ := set . "n" (add1 .n) }}{{ .n }}{{ end -}}'
        'a: {{ default "d" (include "x" $seen) }}{{ or (include "x" $seen) "e" }} {{ $seen.n }}\n'
    )
    _, render, counts = counted({"a.yaml": template})

    assert "a: 12 2" in render.text
    assert not counts.uncounted


def test_a_template_that_calls_itself_keeps_its_operands_apart() -> None:
    define = '{{ define "x" }}{{ or (and . (include "x" (rest .))) "end" }}{{ end }}'
    found = said({"_h.tpl": define, "a.yaml": 'a: {{ include "x" (list 1 2) }}\n'})

    assert "and true . x2" in found
    assert "and false . x1" in found
    assert 'or true (and . (include "x" (rest .))) x2' in found
    assert 'or false (and . (include "x" (rest .))) x1' in found


FAILING = {
    "fail": '{{ if .Values.yes }}{{ fail "no" }}{{ end }}',
    "fail, piped": '{{ if .Values.yes }}{{ printf "%s!" "no" | fail }}{{ end }}',
    "required": '{{ if .Values.yes }}{{ required "no" .Values.none }}{{ end }}',
    "required, piped": '{{ if .Values.yes }}{{ .Values.none | required (print "n" "o") }}{{ end }}',
}


@pytest.mark.parametrize("how", FAILING)
def test_what_ran_before_a_refusal_is_known(how: str) -> None:
    files = {
        "_h.tpl": f'{{{{ define "x" }}}}{FAILING[how]}{{{{ end }}}}',
        "a.yaml": '{{ if .Values.no }}{{ else if .Values.on }}{{ range .Values.list }}{{ include "x" $ }}'
        "{{ end }}{{ end }}",
    }
    _, render, counts = counted(files)

    assert render.failure is not None
    assert "it ends early" in counts.partly
    assert said(files) == [
        "define x x1",
        "if .Values.yes x1",
        "else if .Values.on x1",
        "range .Values.list x1",
    ]


def test_what_a_message_asks_is_counted_too() -> None:
    template = '{{ fail (printf "%s is set" (ternary "a" "b" (or .Values.no .Values.on))) }}'

    assert said({"a.yaml": template}) == [
        "or false .Values.no x1",
        "or true .Values.on x1",
        "ternary true (or .Values.no .Values.on) x1",
    ]


def test_of_other_faults_what_is_around_their_places_ran() -> None:
    files = {
        "_h.tpl": '{{ define "x" }}\n{{ if .Values.on }}\n{{ .Values.nil.a.b }}\n{{ end }}\n{{ end }}',
        "a.yaml": '{{ if .Values.yes }}\n{{ include "x" . }}\n{{ end }}{{ if .Values.on }}1{{ end }}',
    }

    assert said(files) == ["define x x1", "if .Values.on x1", "if .Values.yes x1"]


def test_of_an_action_that_fails_beside_others_only_its_own_branch_ran() -> None:
    template = "{{ if .Values.no }}a{{ end }}{{ if .Values.on }}é{{ .Values.nil.a.b }}{{ end }}"

    assert said({"a.yaml": template}) == ["if .Values.on x1"]


def test_values_that_the_schema_refuses_run_nothing() -> None:
    schema = '{"properties": {"yes": {"type": "integer"}}}'
    _, _, counts = counted({"values.schema.json": schema, "a.yaml": "a: {{ .Values.yes }}\n"})

    assert counts.counts == {}
    assert counts.partly.startswith("no template was run: ")


def test_values_that_cannot_be_read_run_nothing() -> None:
    chart = chart_of({"a.yaml": "a: 1\n"})
    case = Case("web", "web", Scenario("x", values_files=("nowhere.yaml",)), "1.33.0")

    assert counting.count(embedded(), chart, case, Render("", "")).partly.startswith("no template was run: ")


def test_a_chart_that_renders_to_nothing_has_run_all_the_same() -> None:
    assert said({"a.yaml": "{{ if .Values.no }}a: 1{{ end }}"}) == ["else .Values.no x1"]


def test_a_render_that_is_no_yaml_has_run_to_its_end() -> None:
    _, render, counts = counted({"a.yaml": "a: {{ if .Values.yes }}b: c{{ end }}\n"})

    assert render.failure is not None
    assert render.failure.kind == "yaml"
    assert counts.partly == ""
    assert len(counts.counts) == 2


def test_a_random_refusal_tells_what_it_ran() -> None:
    template = "{{ if .Values.yes }}{{ fail (randAlphaNum 5) }}{{ end }}"

    assert said({"a.yaml": template}) == ["if .Values.yes x1"]


def test_a_chart_that_uses_all_marks_is_not_measured() -> None:
    template = "a: ⟦ ⦗ ⦇ ⦋\n"

    assert counted({"a.yaml": template})[2].partly.startswith("it cannot be measured: ")


def test_files_that_cannot_be_rewritten_are_told() -> None:
    files = {"a.yaml": "a: 1\n", "b.yaml": '{{ template "x" $y := 1 }}'}
    chart = chart_of(files)

    assert instrument.instrument_chart(chart).unreadable


WORDS = st.sampled_from(
    [".Values.yes", ".Values.no", ".Values.on", ".Values.nil", ".Values.none", ".Values.list",
     ".Values.map.a", "$.Values.yes", '"x"', "3", "true", "nil"]
)  # fmt: skip


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operand = st.one_of(WORDS, inner.map(lambda text: f"({text})"))
    return st.one_of(
        st.builds("default {} {}".format, operand, operand),
        st.builds("{} | default {}".format, inner, operand),
        st.builds("ternary {} {} (not {})".format, operand, operand, operand),
        st.builds("not {} | ternary {} {}".format, operand, operand, operand),
        st.lists(operand, min_size=1, max_size=4).map(lambda each: f"or {' '.join(each)}"),
        st.lists(operand, min_size=1, max_size=4).map(lambda each: f"and {' '.join(each)}"),
        st.lists(operand, min_size=1, max_size=4).map(lambda each: f"coalesce {' '.join(each)}"),
        st.builds("{} | or {}".format, inner, operand),
        st.builds("{} | coalesce {}".format, inner, operand),
    )


PIPELINES = st.recursive(st.sampled_from([".Values.yes", ".Values.no", ".Values.list"]), _calls, max_leaves=8)
ACTIONS = st.one_of(
    PIPELINES.map("{{{{ {} }}}}".format),
    PIPELINES.map("{{{{ {} | toJson | quote }}}}".format),
    PIPELINES.map("{{{{ if {} }}}}a{{{{ else }}}}b{{{{ end }}}}".format),
    PIPELINES.map("{{{{ with {} }}}}{{{{ . }}}}{{{{ else }}}}b{{{{ end }}}}".format),
    PIPELINES.map("{{{{ $v := {} }}}}{{{{ $v }}}}".format),
)


@given(st.lists(ACTIONS, min_size=1, max_size=4))
def test_counting_operands_changes_nothing_of_what_is_rendered(actions: list[str]) -> None:
    template = "".join(f"a{number}: {action}\n" for number, action in enumerate(actions))
    _, render, counts = counted({"a.yaml": template})

    if render.failure is None or render.failure.kind == "yaml":
        assert not counts.uncounted
        assert not counts.partly
    elif render.failure.kind == "template":
        assert counts.counts
