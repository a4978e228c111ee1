"""What must not be changed by tracing: each of these once was, or could be."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines
from chartkit.model.render import Failure, Render
from chartkit.source_map import trace as source_map

Trace = Callable[..., Any]

PARTS = {
    "b.yaml": 'kind: B\n{{- include "zz" . | nindent 0 }}\n',
    "_p.yaml": "p: 1\n{{ .Values.x }}: 2\n",
    "_h.tpl": '{{ define "zz" }}zz: 1{{ end }}{{- define "empty" }}  {{/* c */}} {{ end }}\n',
}
VALUES = {"x": 5, "l": [7]}
TEXT = {"t": '{{ include "zz" . }} {{ .Values.x }}'}

SAME = {
    "braces that would open an action": '{ {{- "x" }}: 1}\na: {{ "{" }}\nb: { {{- /* c */ -}} {x: 2}\nc: {\n',
    "delimiters in strings": 'a: {{ `}} {{ "` | quote }}\nb: {{ "}}" }}\nc: {{ \'}\' }}\n',
    "trimming of text, by actions and comments": (
        'a:\n  {{- "\\n  b: 1" }}\n\n\n{{- /* c */}}\n  c: {{- "" -}}   \n   2\n{{ "" -}}\n\n'
        " d: {{- 3 }} {{-3}}\n"
    ),
    "comments": "{{/* a }} b */}}x: 1 {{- /* c\nd */ -}}\n y\n{{- /* z */}}\n",
    "the dollar of a define": (
        '{{- define "d" }}{{ $.x }}-{{ .x }}-{{ $ | toJson }}-{{ with .x }}{{ $.y }}{{ end }}{{ end }}'
        'a: {{ include "d" (dict "x" 1 "y" 2) }}\n'
    ),
    "a dot that is nil": (
        '{{- define "d" }}[{{ . }}]{{ if . }}x{{ else }}y{{ end }}{{ end }}'
        'a: {{ include "d" nil }}\nb: {{ template "d" }}\nc: {{ include "d" .Values.nope }}\n'
    ),
    "fields of a dot that is nil": (
        '{{- define "d" }}[{{ .a.b.c }}{{ $.x }}{{ with .q }}{{ . }}{{ end }}{{ default "z" .y }}]{{ end }}'
        'a: {{ include "d" .Values.nope }}{{ include "d" nil }}{{ template "d" }}\n'
    ),
    "dots of all kinds": (
        '{{- define "d" }}{{ . }}{{ printf "%T" . }}{{ end }}a: {{ include "d" 3 }} {{ 3 | include "d" }} '
        '{{ list 1 2 | len | include "d" }} {{ include "d" (list "x") | quote | upper }}'
        ' {{ include "d" true }}\n'
    ),
    "methods and fields of parentheses": (
        '{{- define "d" }}{{ (.a).b }}{{ (.zz).b }}{{ .f.Get "x" }}{{ range .l }}{{ .n }}{{ $.a.b }}{{ end }}'
        "{{ (index .l 0).n }}{{ end }}"
        'a: {{ include "d" (dict "a" (dict "b" 1) "f" .Files "l" (list (dict "n" 3))) }}\n'
    ),
    "tests for emptiness": (
        '{{- define "e" }}\n{{- if .x }}\ny\n{{- end }}\n{{- end }}'
        '{{ if include "e" (dict) }}BAD{{ else }}ok{{ end }}\n{{ with include "e" (dict) }}'
        "BAD{{ else }}ok{{ end }}\n"
        '{{ include "e" (dict "x" 1) | trim | eq "y" }}{{ include "e" (dict) | default "other" }}'
        '{{ empty (include "e" (dict)) }}{{ or (include "e" (dict)) "o" }}{{ and (include "e" (dict)) "a" }}'
        '{{ coalesce (include "e" (dict)) "c" }}{{ ternary (include "e" (dict)) "n" true }}\n'
    ),
    "trimming of what is included": (
        '{{- define "e" }}\n\n  {{ "\\n  a: 1" }}\n  b: 2\n  {{ "" }}\n\n{{- end }}x:\n'
        '{{ include "e" . | trim | indent 2 }}\ny: {{ trim (include "e" .) | nindent 4 }}\n'
        'z: {{ include "e" . | trim | quote }}\nw: {{ include "e" . | trimPrefix "\\n\\n'
        '" | trimSuffix "z" }}\n'
    ),
    "digests and lengths of what is included": (
        '{{- define "e" }}a: 1\nb: {{ .Values.x }}{{ end }}h: {{ include "e" . | sha256sum }}\n'
        'b: {{ include "e" . | b64enc }}\nl: {{ include "e" . | len }}\n'
        'j: {{ include "e" . | fromYaml | toJson }}\n'
        'r: {{ include "e" . | replace "a" "z" | trunc 4 | quote }}\n'
        'y: {{ dict "k" (include "e" .) | toYaml | nindent 2 }}\nu: {{ include "e" . | upper | quote }}\n'
    ),
    "recursion": (
        '{{- define "r" }}{{ if gt (int .n) 0 }}n{{ .n }}: '
        '{{ include "r" (dict "n" (sub .n 1)) | nindent 2 }}{{ else }}end: 1{{ end }}{{ end }}'
        '{{ include "r" (dict "n" 4) }}\n'
    ),
    "loops with break, continue and else": (
        "{{- range $i, $e := until 5 }}\n{{- if eq $i 1 }}{{ continue }}{{ end }}\n"
        "{{- if eq $i 3 }}{{ break }}{{ end }}\ni{{ $i }}: {{ $e }}\n{{- end }}\n"
        '{{ range (list) }}x{{ else }}none: 1{{ end }}\n{{ range $k, $v := dict "a" 1 }}{{ $k }}'
        ": {{ $v }}{{ end }}\n"
    ),
    "the dot of else, and of the header of else with": (
        "{{ with .Values.no }}a{{ else with .Values.x }}b: {{ . }}{{ else }}c{{ end }}\n"
        "{{ with .Values.no }}a{{ else }}{{ .Values.x }}{{ end }}{{ range .Values.no }}{{ else }}"
        "{{ .Values.x }}{{ end }}\n"
        "{{ with $z := .Values.x }}{{ $z }}{{ . }}{{ end }}\n{{ if $q := .Values.x }}{{ $q }}"
        "{{ else if eq 1 1 }}z{{ end }}\n"
    ),
    "variables that hold what is included": (
        '{{- define "e" }}a: 1\nb: 2{{ end }}{{ $x := include "e" . }}{{ $x | nindent 2 }}\n'
        'l: {{ len $x }} {{ eq $x "a: 1\\nb: 2" }} {{ $x | sha256sum }}\n'
        '{{ $y := include "e" . | fromYaml }}{{ $y.a }}\n'
        '{{ if contains "a" $x }}{{ $x | indent 1 }}{{ end }}{{ $z := $x }}{{ $z }}{{ len $z }}'
        "{{ range list $x }}{{ len . }}{{ end }}\n"
    ),
    "names that are computed, and piped dots": (
        '{{- define "web.e" }}a: 1\nb: {{ .Chart.Name }}{{ end }}'
        '{{ include (printf "%s.e" .Chart.Name) . | nindent 2 }}\n'
        '{{ include (print "web" ".e") . | sha256sum }}\n{{ . | include "web.e" | nindent 2 }}\n'
    ),
    "edits that meet": (
        '{{- define "e" }}{{ . }}{{ end }}{{include "e" .Values.x}}{{include (print "e").Values.x}}'.replace(
            '(print "e").Values.x', '(print "e") .Values.x'
        )
        + "{{$x:=.}}{{(include `e` $).Values | len}}".replace(".Values | len", " | len | print")
        + '{{.Values.x|include "e"}}{{keys .Values|len}}{{include "e" (keys (dict "a" .)|first)}}\n'
    ),
    "template text in values, and made while rendering": (
        '{{- define "e" }}a: 1\nb: {{ .Values.x }}{{ end }}{{ tpl "{{ include \\"e\\" . }}" . }}\n'
        '{{ tpl (include "e" .) . | nindent 2 }}\n{{ tpl .Values.t . }}\n'
        '{{ tpl "{{ define \\"own\\" }}o{{ end }}{{ include \\"own\\" . }}{{ template \\"zz\\" }}" . }}\n'
    ),
    "values that templates change": (
        '{{- define "e" }}{{ $_ := set . "k" (add1 (default 0 .k)) }}{{ end }}{{ $d := dict }}'
        '{{ include "e" $d }}{{ include "e" $d }}{{ $d.k }}{{ $_ := set .Values "new" 1 }}'
        "{{ .Values | toJson }}\n"
    ),
    "whole files, by path": (
        '{{ include (print $.Template.BasePath "/b.yaml") . | sha256sum }}\n'
        '{{ include (print $.Template.BasePath "/_p.yaml") . | nindent 2 }}\n'
        '{{ include "web/templates/b.yaml" . | indent 2 }}\n'
    ),
    "whole files, by path, in template text": (
        '{{ tpl "{{ include \\"web/templates/b.yaml\\" . | sha256sum }}" . }}\n'
    ),
    "letters beyond ASCII": 'a: "é ⚠"\n{{ "ü" | upper }}: 中\n',
    "numbers, and fields of everything": (
        "a: {{ 1.5 }} {{ .Values.l | first }} {{ (index .Values.l 0) }}"
        ' {{ (dict "a" (dict "b" 3)).a.b }} {{ 0x1F }} {{ -3 }}\n'
    ),
    "a pipeline that ends in a bar": 'a: {{ (include "zz" .) | trunc 2 | }}\n',
    "blocks in blocks": (
        '{{ define "o" }}{{ block "i" . }}i{{ block "j" . }}j{{ end }}{{ end }}{{ end }}{{ include "o" . }}'
        '{{ block "p" . }}p{{ template "i" . }}{{ block "q" 3 }}{{ . }}{{ end }}{{ end }}'
        '{{ include "j" . }}\n'
    ),
    "everything that dot is": (
        "{{ . | toJson | sha256sum }} {{ $ | toYaml | len }} {{ typeOf . }} {{ .Template.Name }}\n"
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_rendered_as_without_a_trace_are(name: str, trace: Trace) -> None:
    traced = trace({"a.yaml": SAME[name], **PARTS}, VALUES | (TEXT if ".Values.t" in SAME[name] else {}))
    assert traced.render.text.strip()
    assert (traced.map.untraced, traced.map.degraded) == ("", ())
    assert [line for line in traced.lines if line.endswith("@ ?")] == []


@pytest.mark.parametrize("name", SAME)
def test_the_ways_through_a_branch_are_counted_as_often_as_what_is_around_it(name: str, trace: Trace) -> None:
    traced = trace({"a.yaml": SAME[name], **PARTS}, VALUES | TEXT, counts=True)
    blocks = source_map.blocks(traced.chart)
    counts = [traced.map.counts.get(number, 0) for number in range(len(blocks))]
    leaves_early = re.search("break|continue", SAME[name])
    for number, block in enumerate(blocks):
        chain = [index for index, other in enumerate(blocks) if other.chain == number]
        if block.kind in {"if", "with"} and not leaves_early and block.parent is not None:
            assert sum(counts[index] for index in chain) == counts[block.parent], block
        if block.kind == "range" and block.parent is not None:
            ways = sum(counts[index] for index in chain if blocks[index].kind in {"one", "many", "else"})
            assert ways == counts[block.parent] or leaves_early, block


def test_an_empty_define_does_not_replace_another(trace: Trace) -> None:
    files = {"_a.tpl": '{{ define "x" }}real{{ end }}', "_b.tpl": '{{ define "x" }} {{/* */}} {{ end }}'}
    traced = trace({**files, "a.yaml": 'a: {{ include "x" . }}\n'})
    assert "a: real" in traced.render.text
    assert traced.map.degraded == ()
    assert traced.at("real") == "_a.tpl:1:17 text < a.yaml:1"


def test_a_define_may_be_empty_twice_in_one_file(trace: Trace) -> None:
    traced = trace(
        {"a.yaml": '{{ define "x" }}{{ end }}{{ define "x" }}real{{ end }}a: {{ include "x" . }}\n'}
    )
    assert traced.at("real") == "a.yaml:1:42 text < a.yaml:1"


def test_random_functions_are_frozen_in_both_renders_and_move_no_column(trace: Trace) -> None:
    traced = trace({"a.yaml": "a: {{ randAlphaNum 5 }} one {{ uuidv4 }} two\n"})
    assert traced.render.frozen
    assert traced.at("one") == "a.yaml:1:25 text"
    assert traced.at("two") == "a.yaml:1:42 text"


def test_template_text_with_random_functions_in_values_is_frozen_in_both(trace: Trace) -> None:
    run = "a: {{ tpl .Values.v . }}\n"
    shown = "b: {{ .Values.v | quote }}\n{{ range until (len .Values.v) }}\n# x\n{{ end }}"
    for template in (run, run + shown):
        traced = trace(
            {"a.yaml": template, "b.yaml": "c: {{ uuidv4 }}\n"}, {"v": "x{{ randAlphaNum 5 | len }}"}
        )
        assert (traced.map.untraced, traced.map.degraded) == ("", ())
        assert traced.at("x5") == "a.yaml:1:4 action"


def test_of_what_is_random_all_the_same_only_what_stays_is_known_and_who_printed_the_rest(
    trace: Trace,
) -> None:
    """Helm refuses the frozen chart, because its stand-in is told from the real thing."""
    guard = '{{ if contains "frozen" (randAlpha 30) }}{{ fail "x" }}{{ end }}'
    files = {
        "a.yaml": "a: 1\nb: {{ randNumeric 9 }} # {{ .Chart.Name }}\n{{ uuidv4 }}: 1\nc: 1\n" + guard,
        "b.yaml": 'd: "{{ uuidv4 }}-{{ uuidv4 }}-end"\ne: x{{ uuidv4 | quote }}\n',
    }
    traced = trace(files)
    assert traced.render.not_frozen_because
    assert traced.map.untraced == ""
    origins = [line.rpartition(" @ ")[2] for line in traced.lines]
    # one time in sixteen both identifiers begin alike, and what begins is known after all
    assert origins.pop(2) in {"?", "a.yaml:3:1 action"}
    assert origins == [
        *("a.yaml:1:1 text", "a.yaml:2:1 text", "a.yaml:4:1 text", "b.yaml:1:1 text", "b.yaml:2:1 text")
    ]
    text, end = traced.render.text, len(traced.render.text) - 2
    assert traced.at("b: ") == "a.yaml:2:1 text"
    assert traced.shown(text.index("b: ") + 3) == traced.shown(text.index("# web") - 2) == "a.yaml:2:4 action"
    assert traced.at("# web") == "a.yaml:2:24 text"
    assert traced.shown(text.index('d: "') + 14) == "?"
    assert traced.at("-end") == "b.yaml:1:30 text"
    assert traced.shown(end) == traced.shown(end - 10) == "b.yaml:2:5 action"


def test_what_changes_its_number_of_lines_each_time_is_not_known(trace: Trace) -> None:
    template = 'a: {{ randNumeric 9 }}{{ if contains "frozen" (randAlpha 30) }}{{ fail "x" }}{{ end }}\n'
    template += "{{ range until (int (randNumeric 3)) }}\n- x\n{{ end }}"
    assert trace({"a.yaml": template}).map.untraced == "the chart renders to something else each time"


@pytest.mark.parametrize(
    "template", ['{{ fail "no" }}', "{{ if }}", "{{ .Values.a.b.c }}", '{{ include "none" . }}']
)
def test_a_case_that_helm_refuses_has_no_map_and_the_message_is_the_plain_one(
    template: str, trace: Trace
) -> None:
    traced = trace({"a.yaml": f"a: 1\n{template}", "b.yaml": "b: 1\n"})
    assert traced.map.untraced == "Helm refuses the case"
    assert "$ck" not in traced.render.failure.text
    assert traced.map.line(1) is None


def test_a_render_that_is_no_yaml_has_a_map(trace: Trace) -> None:
    traced = trace({"a.yaml": "a: b: c\n", "b.yaml": "b: 1\n"})
    assert traced.render.failure.kind == "yaml"
    assert traced.lines == ["a: b: c @ a.yaml:1:1 text", "b: 1 @ b.yaml:1:1 text"]


def test_a_schema_for_values_judges_the_same_values(trace: Trace) -> None:
    schema = '{"type": "object", "additionalProperties": false, "properties": {"x": {"maxLength": 2}}}'
    traced = trace({"a.yaml": "a: {{ .Values.x }}\n", "values.schema.json": schema}, {"x": "ab"})
    assert traced.lines == ["a: ab @ a.yaml:1:1 text"]


def test_warnings_are_not_said_a_second_time(trace: Trace, capfd: pytest.CaptureFixture[str]) -> None:
    trace({"values.yaml": "t: {u: {v: 1}}\n", "a.yaml": "a: 1\n"}, {"t": {"u": 3}})
    assert capfd.readouterr().err == ""


def test_separators_come_before_marks(trace: Trace) -> None:
    traced = trace({"a.yaml": "{{ if true }}\n---\na: 1\n{{ end }}--- # c\nb: 1\n{{ `---` }}\nc: 1\n"})
    origins = [line.rpartition(" @ ")[2] for line in traced.lines]
    assert origins == ["a.yaml:3:1 text", "a.yaml:4:14 text", "a.yaml:5:1 text", "a.yaml:7:1 text"]


def test_every_line_of_a_long_render_is_found_in_no_time(trace: Trace) -> None:
    body = "".join(f"k{number}: v\n" for number in range(30_000))
    traced = trace({"a.yaml": f"{body}{{{{ range until 3000 }}}}\nx{{{{ . }}}}: 1\n{{{{- end }}}}\n"})
    begun = time.perf_counter()
    lines = traced.lines
    assert time.perf_counter() - begun < 5
    assert lines[20_000] == "k20000: v @ a.yaml:20001:1 text"
    assert lines[-1] == "x2999: 1 @ a.yaml:30002:1 text"


def test_where_lines_are_joined_or_split_no_wrong_line_is_named(trace: Trace) -> None:
    files = {"_h.tpl": '{{ define "e" }}one: 1\ntwo: 2\nthree: 3{{ end }}'}
    template = 'a: {{ include "e" . | replace "\\n" " " }}\nb:\n{{ include "e" . | replace ": " "\\n" }}\n'
    traced = trace({**files, "a.yaml": template})
    assert traced.at("one") == "_h.tpl:1:17 text < a.yaml:1"
    assert traced.at("two") == "a.yaml:1:7 coarse"
    assert traced.at("three") == "a.yaml:1:7 coarse"
    lines = {line.partition(" @ ")[0]: line.rpartition(" @ ")[2] for line in traced.lines}
    assert lines["one"] == "_h.tpl:1:17 text < a.yaml:3"
    assert all("_h.tpl" not in lines[key] or key in {"one", "two"} for key in ("1", "2", "3", "two", "three"))


@pytest.mark.parametrize("characters", ["⟦⟧", "⟪ ⟂", "$ckR", "⟦一一⟧"])
def test_a_chart_may_use_the_characters_of_marks(characters: str, trace: Trace) -> None:
    template = f'# {characters}\na: {{{{ .Values.x }}}}\nb: {{{{ include "e" . }}}}\n'
    files = {"a.yaml": template, "_h.tpl": '{{ define "e" }}q{{ end }}'}
    for values in ({"x": 1}, {"x": characters}):
        traced = trace(files, values)
        assert (traced.map.untraced, traced.map.degraded) == ("", ())
        assert traced.at("q") == "_h.tpl:1:17 text < a.yaml:3"


def test_characters_of_marks_that_only_the_render_shows_are_seen(trace: Trace) -> None:
    traced = trace({"a.yaml": 'a: {{ "\\u27e6x\\u27e7" }}\nnext: 1\n'})
    assert (traced.map.untraced, traced.map.degraded) == ("", ())
    assert traced.at("next") == "a.yaml:2:1 text"


def test_a_chart_that_uses_all_of_them_is_not_traced(trace: Trace) -> None:
    traced = trace({"a.yaml": "# ⟦⦗⦇⦋\na: 1\n"})
    assert traced.map.untraced == "the chart uses all characters that marks could be made of"


def test_whatever_a_render_is_a_map_can_be_asked_for(trace: Trace) -> None:
    traced = trace({"a.yaml": "a: 1\n"})
    for render in (Render("", ""), Render("x\ny\n", ""), Render("", "", failure=Failure("crash", "", ""))):
        found = source_map.trace(engines.open_engine("embedded"), traced.chart, traced.case, render)
        assert found.untraced
        assert found.line(1) is None
        assert found.at(0, 0) is None


def test_what_runs_is_counted_where_nothing_is_rendered(trace: Trace) -> None:
    files = {"a.yaml": "{{ if .Values.on }}\na: 1\n{{ end }}\n"}
    traced = trace(files, {"on": False}, counts=True)
    counts = {
        block.kind: traced.map.counts.get(number, 0)
        for number, block in enumerate(source_map.blocks(traced.chart))
    }
    assert counts == {"file": 1, "if": 0, "else": 1}
    assert trace(files, {"on": False}).map.untraced == "the render is empty"


def test_counts_are_of_the_same_blocks_in_every_case(trace: Trace) -> None:
    files = {
        "a.yaml": "{{ range .Values.l }}\n- {{ . }}\n{{ end }}\n# ⟦\n",
        "_h.tpl": '{{ define "e" }}abc{{ end }}',
        "b.yaml": 'x{{ include "e" . | trimPrefix .Values.p }}: {{ uuidv4 }}\n',
    }
    for values, kind in (
        ({"l": [], "p": "z"}, "else"),
        ({"l": [1], "p": "a"}, "one"),
        ({"l": [1, 2], "p": "⦗"}, "many"),
    ):
        traced = trace(files, values, counts=True)
        blocks = source_map.blocks(traced.chart)
        ran = {blocks[number].kind for number in traced.map.counts if blocks[number].file.endswith("a.yaml")}
        assert ran == {"file", kind, *(["range"] if kind != "else" else [])}


def test_braces_without_end_in_values_take_no_time(trace: Trace) -> None:
    begun = time.perf_counter()
    traced = trace({"a.yaml": "a: 1\n"}, {"v": "{{ include " * 20_000})
    assert time.perf_counter() - begun < 10
    assert traced.lines == ["a: 1 @ a.yaml:1:1 text"]
