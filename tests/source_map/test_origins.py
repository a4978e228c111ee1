"""Each visible line of a render has the place in the templates that made it, and the calls to there."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.source_map import trace as source_map

Trace = Callable[..., Any]

HELPERS = """\
{{- define "labels" -}}
app: {{ .Chart.Name }}
part: "of"
{{- end }}
{{- define "inner" }}
{{ . }}: 1
{{- end }}
{{- define "outer" -}}
outer:
  {{- include "inner" "x" | indent 2 }}
{{- end }}
{{- define "name" -}}
web-{{ .Release.Name }}
{{- end }}
"""

ORIGINS = {
    "literal text": (
        "a: 1\nb:\n  - c\n",
        ["a: 1 @ a.yaml:1:1 text", "b: @ a.yaml:2:1 text", "- c @ a.yaml:3:3 text"],
    ),
    "an action": ('{{ "a" }}: 1\n', ["a: 1 @ a.yaml:1:1 action"]),
    "all lines of an action": (
        "a:\n  {{- dict `x` 1 `z` 2 | toYaml | nindent 2 }}\nb: 1\n",
        [
            "a: @ a.yaml:1:1 text",
            "x: 1 @ a.yaml:2:3 action",
            "z: 2 @ a.yaml:2:3 action",
            "b: 1 @ a.yaml:3:1 text",
        ],
    ),
    "an action on several lines": (
        "a:\n{{-\n  printf `%s`\n  `\n  x: 1`\n}}\n",
        ["a: @ a.yaml:1:1 text", "x: 1 @ a.yaml:2:1 action"],
    ),
    "branches and loops": (
        "{{- if true }}\na: 1\n{{- else }}\nb: 1\n{{- end }}\n{{- range list 1 2 }}\n- {{ . }}\n{{- end }}\n",
        ["a: 1 @ a.yaml:2:1 text", "- 1 @ a.yaml:7:1 text", "- 2 @ a.yaml:7:1 text"],
    ),
    "what is included": (
        'labels:\n  {{- include "labels" . | nindent 2 }}\nb: 1\n',
        [
            "labels: @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:2",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:2',
            "b: 1 @ a.yaml:3:1 text",
        ],
    ),
    "what that includes": (
        '{{ include "outer" . | nindent 2 }}\n',
        ["outer: @ _h.tpl:9:1 text < a.yaml:1", "x: 1 @ _h.tpl:6:1 coarse < _h.tpl:10 < a.yaml:1"],
    ),
    "a template action": (
        '{{ template "labels" . }}\n',
        ["app: web @ _h.tpl:2:1 text < a.yaml:1", 'part: "of" @ _h.tpl:3:1 text < a.yaml:1'],
    ),
    "piped into include": (
        'x:\n{{ . | include "labels" | indent 2 }}\n',
        [
            "x: @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:2",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:2',
        ],
    ),
    "around include": (
        'x:\n{{ indent 2 (include "labels" .) }}\n',
        [
            "x: @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:2",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:2',
        ],
    ),
    "a computed name": (
        'x:\n{{ include (printf "%sels" "lab") . | indent 2 }}\n',
        [
            "x: @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:2",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:2',
        ],
    ),
    "with what is included": (
        '{{- with include "labels" . }}\nx:\n  {{- . | nindent 2 }}\nn: {{ len . }}\n{{- end }}\n',
        [
            "x: @ a.yaml:2:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:1",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:1',
            "n: 19 @ a.yaml:4:1 text",
        ],
    ),
    "a variable with what is included": (
        '{{- $x := include "labels" . }}\nx:\n  {{- $x | nindent 2 }}\nn: {{ len $x }}\n',
        [
            "x: @ a.yaml:2:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:1",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:1',
            "n: 19 @ a.yaml:4:1 text",
        ],
    ),
    "through YAML": (
        'x:\n  {{- include "labels" . | fromYaml | toYaml | nindent 2 }}\nb: 1\n',
        [
            "x: @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 yaml < a.yaml:2",
            "part: of @ _h.tpl:3:1 yaml < a.yaml:2",
            "b: 1 @ a.yaml:3:1 text",
        ],
    ),
    "what cannot be followed": (
        'x: {{ include "labels" . | b64enc }}\n{{ include "name" . | trunc 5 }}: 1\n',
        [
            "x: YXBwOiB3ZWIKcGFydDogIm9mIg== @ a.yaml:1:1 text",
            "web-r: 1 @ a.yaml:2:1 coarse",
        ],
    ),
    "raw text": (
        "a: |\n  {{`{{ x }}\n  y`}}\nb: 1\n",
        [
            "a: | @ a.yaml:1:1 text",
            "{{ x }} @ a.yaml:2:6 text",
            "y @ a.yaml:3:3 text",
            "b: 1 @ a.yaml:4:1 text",
        ],
    ),
    "a block": (
        'x:\n{{ block "b" . }}\n  y: {{ .Release.Name }}\n{{ end }}\n{{ include "b" . | nindent 2 }}\n',
        [
            "x: @ a.yaml:1:1 text",
            "y: release-name @ a.yaml:3:3 text < a.yaml:2",
            "y: release-name @ a.yaml:3:3 text < a.yaml:5",
        ],
    ),
    "nested blocks": (
        (
            'x:\n{{ if true }}{{ block "b" . }}\n  y: 1\n'
            '{{ block "c" . }}  z: {{ $.Chart.Name }}{{ end }}\n{{ end }}{{ end }}\n'
        ),
        [
            "x: @ a.yaml:1:1 text",
            "y: 1 @ a.yaml:3:3 text < a.yaml:2",
            "z: web @ a.yaml:4:20 text < a.yaml:4 < a.yaml:2",
        ],
    ),
    "text of tpl": (
        "a: 1\n{{ tpl `b: {{ .Release.Name }}\nc: 2` . }}\n",
        ["a: 1 @ a.yaml:1:1 text", "b: release-name @ a.yaml:2:1 action", "c: 2 @ a.yaml:2:1 action"],
    ),
    "included into tpl": (
        'a: 1\n{{ tpl (include "labels" .) . }}\n',
        [
            "a: 1 @ a.yaml:1:1 text",
            "app: web @ _h.tpl:2:1 text < a.yaml:2",
            'part: "of" @ _h.tpl:3:1 text < a.yaml:2',
        ],
    ),
    "several documents": (
        "kind: A\n---\n# c\nkind: B\n---\n{{ if true }}kind: C\n{{ end }}",
        [
            "kind: A @ a.yaml:1:1 text",
            "# c @ a.yaml:3:1 text",
            "kind: B @ a.yaml:4:1 text",
            "kind: C @ a.yaml:6:14 text",
        ],
    ),
    "other line ends": (
        "a: 1\r\n{{- if true }}\r\nb: 2\r\n{{- end }}\r\nc: 3\r\n",
        ["a: 1 @ a.yaml:1:1 text", "b: 2 @ a.yaml:3:1 text", "c: 3 @ a.yaml:5:1 text"],
    ),
}


@pytest.mark.parametrize("name", ORIGINS)
def test_lines_have_the_origin_of(name: str, trace: Trace) -> None:
    template, wanted = ORIGINS[name]
    traced = trace({"a.yaml": template, "_h.tpl": HELPERS})
    assert (traced.map.untraced, traced.map.degraded) == ("", ())
    assert traced.lines == wanted


def test_key_and_value_of_a_line_have_their_own_origins(trace: Trace) -> None:
    traced = trace(
        {
            "a.yaml": 'key: {{ .Values.v }} {{ include "n" . | quote }}\n',
            "_h.tpl": '{{ define "n" }}inner{{ end }}',
        },
        {"v": "value"},
    )
    assert traced.at("key") == "a.yaml:1:1 text"
    assert traced.at("value") == "a.yaml:1:6 action"
    assert traced.at("inner") == "_h.tpl:1:17 text < a.yaml:1"
    assert traced.at('"inner') == "_h.tpl:1:17 text < a.yaml:1"
    number, text = next((n, t) for n, t in enumerate(traced.render.text.split("\n"), 1) if "key" in t)
    assert traced.map.at(number, text.index("value") + 1) == traced.map.offset(
        traced.render.text.index("value")
    )


def test_columns_are_those_of_the_template_however_it_is_indented(trace: Trace) -> None:
    traced = trace(
        {
            "a.yaml": 'a:\n{{ include "l" . | indent 6 }}\n',
            "_h.tpl": '{{ define "l" }}  one: two\n    three: four{{ end }}',
        }
    )
    assert traced.at("one") == "_h.tpl:1:19 text < a.yaml:2"
    assert traced.at("two") == "_h.tpl:1:24 text < a.yaml:2"
    assert traced.at("four") == "_h.tpl:2:12 text < a.yaml:2"


def test_the_default_and_what_replaces_it_have_their_own_origins(trace: Trace) -> None:
    template = (
        'a: {{ default (include "n" .) .Values.x }}\nb: {{ .Values.y | default (include "n" .) | quote }}\n'
    )
    traced = trace({"a.yaml": template, "_h.tpl": '{{ define "n" }}inner{{ end }}'}, {"y": "given"})
    assert traced.at("inner") == "_h.tpl:1:17 text < a.yaml:1"
    assert traced.at("given") == "a.yaml:2:4 action"


def test_documents_are_found_where_helm_sorts_them(trace: Trace) -> None:
    one = (
        "kind: Service\n---\nkind: Namespace\n---\nkind: Pod\nmetadata: {annotations: {helm.sh/hook: test}}\n"
    )
    traced = trace({"a.yaml": one, "b.yaml": "kind: Secret\n", "crds/c.yaml": "\nkind: C\n---\nkind: D\n"})
    assert traced.lines == [
        "kind: C @ crds/c.yaml:2:1 text",
        "kind: D @ crds/c.yaml:4:1 text",
        "kind: Namespace @ a.yaml:3:1 text",
        "kind: Secret @ b.yaml:1:1 text",
        "kind: Service @ a.yaml:1:1 text",
        "kind: Pod @ a.yaml:5:1 text",
        "metadata: {annotations: {helm.sh/hook: test}} @ a.yaml:6:1 text",
    ]


def subchart(name: str, version: str = "1.0.0", kind: str = "application") -> str:
    return f"apiVersion: v2\nname: {name}\nversion: {version}\ntype: {kind}\n"


def test_templates_of_library_charts_are_named(trace: Trace) -> None:
    files = {
        "a.yaml": 'a:\n  {{- include "lib.x" . | nindent 2 }}\n',
        "charts/lib/Chart.yaml": subchart("lib", kind="library"),
        "charts/lib/templates/_x.tpl": '{{- define "lib.x" -}}\nb: 1\n{{- end }}\n',
    }
    assert trace(files).lines == ["a: @ a.yaml:1:1 text", "b: 1 @ lib/_x.tpl:2:1 text < a.yaml:2"]


def test_under_an_alias_the_file_is_named_that_is_there(trace: Trace) -> None:
    chart = """\
        apiVersion: v2
        name: web
        version: 1.0.0
        dependencies:
          - {name: db, version: 1.0.0, alias: one}
          - {name: db, version: 1.0.0, alias: two}
        """
    files = {
        "Chart.yaml": textwrap.dedent(chart),
        "charts/db/Chart.yaml": subchart("db"),
        "charts/db/templates/a.yaml": (
            'a: {{ .Chart.Name }}\nb: {{ include (print $.Template.BasePath "/b.yaml") . }}\n'
        ),
        "charts/db/templates/b.yaml": "c{{ .Release.Name }}",
    }
    traced = trace(files)
    assert traced.map.degraded == ()
    assert "web/charts/one/templates/a.yaml" in traced.render.text
    assert traced.lines == [
        "a: one @ db/a.yaml:1:1 text",
        "b: crelease-name @ db/a.yaml:2:1 text",
        "crelease-name @ db/b.yaml:1:1 text",
        "a: two @ db/a.yaml:1:1 text",
        "b: crelease-name @ db/a.yaml:2:1 text",
        "crelease-name @ db/b.yaml:1:1 text",
    ]
    assert traced.at("crelease") == "db/b.yaml:1:1 text < db/a.yaml:2"


def test_a_define_that_another_file_replaces_is_not_where_lines_come_from(trace: Trace) -> None:
    files = {
        "a.yaml": 'x:\n  {{- include "d" . | nindent 2 }}\n',
        "_a.tpl": '{{ define "d" }}a: 1{{ end }}',
        "_b.tpl": '{{ define "d" }}b: 1{{ end }}',
    }
    traced = trace(files)
    name = "_a.tpl" if "a: 1" in traced.render.text else "_b.tpl"
    assert traced.lines[1].endswith(f"@ {name}:1:17 text < a.yaml:2")


def test_templates_that_are_no_utf8_are_traced_too(trace: Trace) -> None:
    source = b"a: 1 # \xe4\xff\n{{ if true }}\nb: \xe4{{ .Release.Name }}\n{{ end }}\n"
    traced = trace({"a.yaml": source})
    assert [line.rpartition("@ ")[2] for line in traced.lines] == ["a.yaml:1:1 text", "a.yaml:3:1 text"]


def test_a_byte_order_mark_moves_no_column(trace: Trace) -> None:
    assert trace({"a.yaml": b"\xef\xbb\xbfa: 1\n"}).lines == ["a: 1 @ a.yaml:1:1 text"]


def test_template_text_in_values_has_the_origin_of_the_action_that_runs_it(trace: Trace) -> None:
    values = {"text": "b: {{ .Release.Name }}\nc: 2"}
    traced = trace({"a.yaml": "a: 1\n{{ tpl .Values.text . }}\nd: 1\n"}, values)
    assert traced.lines == [
        "a: 1 @ a.yaml:1:1 text",
        "b: release-name @ a.yaml:2:1 action",
        "c: 2 @ a.yaml:2:1 action",
        "d: 1 @ a.yaml:3:1 text",
    ]


TEXTS = """\
# text
plain: b {{ include "n" . }} c
block: |
  b:
    {{- include "l" . | nindent 2 }}
  c: {{ include "l" . | sha256sum | len }}
quoted: "{{ include \\"n\\" . }} d"
single: '{{ include `n` . | quote }}'
tree:
  k: '{{ include "n" $ }}'
"""


def test_what_template_text_in_values_includes_is_followed(trace: Trace) -> None:
    template = """\
        one: {{ tpl .Values.plain . }}
        {{ tpl .Values.block . }}
        two: {{ tpl .Values.quoted $ }}
        three: {{ tpl .Values.single . | upper }}
        four: {{ tpl .Values.block . | b64enc | len }}
        {{ tpl (toYaml .Values.tree) . }}
        five: {{ tpl .Values.own . }}
        """
    files = {
        "values.yaml": TEXTS,
        "a.yaml": textwrap.dedent(template),
        "_h.tpl": '{{ define "n" }}inner{{ end }}{{ define "l" }}x: 1\ny: {{ .Release.Name }}{{ end }}',
    }
    traced = trace(files, {"own": '{{ include "n" . }} e'}, counts=True)
    assert (traced.map.untraced, traced.map.degraded) == ("", ())
    assert traced.lines == [
        "one: b inner c @ a.yaml:1:1 text",
        "b: @ a.yaml:2:1 action",
        "x: 1 @ _h.tpl:1:47 text < values.yaml:5 < a.yaml:2",
        "y: release-name @ _h.tpl:2:1 text < values.yaml:5 < a.yaml:2",
        "c: 64 @ a.yaml:2:1 action",
        "two: inner d @ a.yaml:3:1 text",
        'three: "INNER" @ a.yaml:4:1 text',
        "four: 48 @ a.yaml:5:1 text",
        "k: 'inner' @ a.yaml:6:1 action",
        "five: inner e @ a.yaml:7:1 text",
    ]
    at = [
        shown_at(traced, word) for word in ("inner c", " c\n", "inner d", "inner'\nfive", "inner e", " e\n")
    ]
    assert at == [
        "_h.tpl:1:17 text < values.yaml:2 < a.yaml:1",
        "a.yaml:1:6 action",
        "_h.tpl:1:17 text < values.yaml:7 < a.yaml:3",
        "_h.tpl:1:17 text < values.yaml:10 < a.yaml:6",
        "_h.tpl:1:17 text < a.yaml:7",
        "a.yaml:7:7 action",
    ]
    blocks = source_map.blocks(traced.chart)
    counts = {block.text: traced.map.counts.get(number) for number, block in enumerate(blocks)}
    assert (counts["n"], counts["l"]) == (5, 4)


def shown_at(traced: Any, word: str) -> str:
    return str(traced.at(word))


def test_what_a_file_includes_that_is_run_as_a_template_is_followed(trace: Trace) -> None:
    files = {
        "files/job.txt": 'a: {{ include "n" . }}\nb:\n  {{- include "n" . | nindent 2 }}\n',
        "a.yaml": '{{ $file := .Files.Get "files/job.txt" }}\nx:\n{{ tpl $file . | indent 2 }}\n',
        "_h.tpl": '{{ define "n" }}inner: 1{{ end }}',
    }
    traced = trace(files)
    assert traced.map.degraded == ()
    assert traced.at("inner") == "_h.tpl:1:17 text < files/job.txt:1 < a.yaml:3"
    assert traced.lines[-1] == "inner: 1 @ _h.tpl:1:17 text < files/job.txt:3 < a.yaml:3"


def test_what_template_text_in_values_includes_on_the_way_to_data_is_made_elsewhere(trace: Trace) -> None:
    template = 'x:\n  {{- merge (tpl .Values.v . | fromYaml) (dict "k" "w") | toYaml | nindent 2 }}\n'
    traced = trace(
        {"a.yaml": template, "_h.tpl": '{{ define "n" }}inner{{ end }}'}, {"v": 'a: {{ include "n" . }}'}
    )
    assert traced.at("inner") == "a.yaml:2:3 coarse"


def test_template_text_in_values_that_is_shown_is_not_followed(trace: Trace) -> None:
    files = {
        "values.yaml": "v: '{{ include `n` . }} x'\n",
        "a.yaml": "a: {{ tpl .Values.v . }}\nb: {{ .Values.v | quote }}\n",
        "_h.tpl": '{{ define "n" }}inner{{ end }}',
    }
    traced = trace(files)
    assert len(traced.map.degraded) == 1
    assert traced.lines == ["a: inner x @ a.yaml:1:1 text", 'b: "{{ include `n` . }} x" @ a.yaml:2:1 text']
    assert traced.at("inner") == "a.yaml:1:4 action"


@pytest.mark.parametrize(
    "dot", ['(dict "x" 1)', "nil", '(dict "Template" "x")', '(dict "Template" $.Template)']
)
def test_template_text_in_values_may_have_any_dot(dot: str, trace: Trace) -> None:
    files = {
        "a.yaml": f"a: {{{{ tpl .Values.v {dot} }}}}\nb: {{{{ tpl `x` {dot} }}}}\n",
        "_h.tpl": '{{ define "n" }}inner{{ end }}',
    }
    traced = trace(files, {"v": '{{ include "n" . }} z'})
    assert traced.map.untraced == ""
    assert [line.rpartition(" @ ")[2] for line in traced.lines] == ["a.yaml:1:1 text", "a.yaml:2:1 text"]


def test_output_that_is_used_again_out_of_order_keeps_its_origins(trace: Trace) -> None:
    template = """\
        {{- define "l" -}}
        k{{ . }}: {{ . }}
        {{- end }}
        {{- define "y" }}
          {{- include "l" . | fromYaml | toYaml }}
        {{- end }}
        {{- define "z" }}
          {{- include "m" . | fromYaml | toYaml }}
        {{- end }}
        {{- define "m" -}}
        {{ if eq . "1" }}
        m1: 1
        {{ else }}
        m2: 1
        {{ end }}
        {{- end }}
        {{- $one := include "z" "1" }}
        {{- $two := include "z" "2" }}
        a:
          {{- $two | nindent 2 }}
        b:
          {{- $one | nindent 2 }}
        c:
          {{- $two | nindent 2 }}
        """
    traced = trace({"a.yaml": textwrap.dedent(template)})
    assert [line for line in traced.lines if "m" in line.partition(" @ ")[0]] == [
        "m2: 1 @ a.yaml:14:1 yaml < a.yaml:8 < a.yaml:18",
        "m1: 1 @ a.yaml:12:1 yaml < a.yaml:8 < a.yaml:17",
        "m2: 1 @ a.yaml:14:1 yaml < a.yaml:8 < a.yaml:18",
    ]
