"""Conditions that hold with the defaults, and what it takes that they do not; and forms that are rarer."""

from __future__ import annotations

import pytest

from tests.coverage.suggest.conftest import Advise

VALUES = """\
active: true
name: web
mode: plain
count: 5
words: "a,b"
flag: "true"
list: [a, b]
objects: [{name: a, kind: x}]
map: {k: v, l: w}
version: 1.2.3
nothing: null
web: {enabled: true, kind: a, service: {type: ClusterIP}}
"""
PARTIALS = """\
{{- define "yes" }}{{ if .Values.active }}true{{ end }}{{ end }}
{{- define "texts" }}{{ .Values.name }}-{{ .Values.mode }}{{ end }}
{{- define "loop" }}{{ range .Values.list }}{{ . }}{{ end }}{{ end }}
{{- define "data" }}
{{ toJson .Values.web }}
{{ end }}
"""

HOLDING = [
    "if .Values.active",
    "if and .Values.active .Values.web.enabled",
    "if or .Values.active .Values.web.enabled",
    'if eq .Values.name "web"',
    'if ne .Values.name "api"',
    "if eq .Values.count 5.0",
    "if gt .Values.count 4.0",
    "if ge (int .Values.count) 5",
    "if lt (int .Values.count) 6",
    "if le 5 (int .Values.count)",
    'if eq .Values.flag "true"',
    'if eq (toString .Values.active) "true"',
    "if eq .Values.active true",
    'if hasKey .Values.map "k"',
    'if kindIs "map" .Values.map',
    'if kindIs "string" .Values.name',
    'if ne (kindOf .Values.list) "string"',
    'if has "a" .Values.list',
    'if has .Values.mode (list "plain" "fancy")',
    'if contains "eb" .Values.name',
    'if hasPrefix "w" .Values.name',
    'if not (regexMatch "^x" .Values.name)',
    "if len .Values.list",
    "if eq (len .Values.list) 2",
    "if ne (len .Values.list) 3",
    "if lt (len .Values.list) 3",
    "if le (len .Values.list) 2",
    "if ge (len .Values.list) 2",
    'if semverCompare ">=1.0.0" .Values.version',
    'if include "yes" .',
    'if eq (include "texts" .) "web-plain"',
    'if ne (include "texts" .) "x-y"',
    'if include "loop" .',
    'if (include "data" . | fromJson).enabled',
    'if eq (default "x" .Values.name) "web"',
    "if default .Values.nothing .Values.active",
    "if coalesce .Values.nothing .Values.active",
    'if eq (coalesce .Values.nothing .Values.name) "web"',
    "if ternary .Values.active false .Values.web.enabled",
    'if join "," .Values.list',
    'if eq (join "," .Values.list) "a,b"',
    "if concat .Values.list .Values.objects",
    "if gt (len (concat .Values.list .Values.objects)) 2",
    "if merge (dict) .Values.map",
    'if (merge (dict "x" 1) .Values.web).enabled',
    'if not (empty (dict "a" .Values.active).a)',
    'if eq (upper .Values.mode) "PLAIN"',
    "if gt (add .Values.count 1 | int) 3",
    "if not .Values.nothing",
    'if eq (.Values.name | quote) "\\"web\\""',
    'if eq .Release.Name "release-name"',
    'if hasPrefix "release" .Release.Name',
    'if not (regexMatch "^mesh$" .Release.Namespace)',
    'if not (hasPrefix "kube-" .Release.Namespace)',
    "if .Release.IsInstall",
    "if eq .Release.IsUpgrade false",
    'if not (.Capabilities.APIVersions.Has "example.com/v1")',
    'if semverCompare ">=1.30-0" .Capabilities.KubeVersion.Version',
    'if eq .Capabilities.KubeVersion.Major "1" | and (eq .Values.name "web")',
    'if eq (index .Values.objects 0).kind "x"',
    'if eq (first .Values.objects).kind "x"',
    'if eq (index .Values .Values.mode | default "x") "x" | and .Values.active',
    "with .Values.web.service",
    "with .Values.name",
    "range keys .Values.map",
    "range values .Values.map",
]


@pytest.mark.parametrize("condition", HOLDING)
def test_the_other_side_is_reached(condition: str, advise: Advise) -> None:
    template = f"{{{{ {condition} }}}}# yes{{{{ else }}}}# no{{{{ end }}}}\n"
    advised = advise({"_p.tpl": PARTIALS, "a.yaml": template, "values.yaml": VALUES})

    own = {one.reason for one in advised.advice.unreached if not one.reason.startswith("nothing calls")}
    some = "range" in condition or "loop" in condition  # once and many times is too much to ask of each
    some = some or ".Values .Values" in condition  # what is left to its default has a computed name
    assert some or own == set()
    assert advised.advice.suggestions


NESTED = {
    "a key in a loop": (
        '{{ range $k, $v := .Values.map }}{{ if eq $k "z" }}# x{{ end }}{{ end }}',
        {"map": {"z": "v"}},
    ),
    "an item of an item": (
        '{{ range .Values.objects }}{{ range .ports }}{{ if eq .kind "b" }}# x{{ end }}{{ end }}{{ end }}',
        {"objects": [{"name": "a", "kind": "x", "ports": [{"kind": "b"}]}]},
    ),
    "a key that a mapping lacks": (
        '{{ range .Values.objects }}{{ if hasKey . "extra" }}# x{{ end }}{{ end }}',
        {"objects": [{"name": "a", "kind": "x", "extra": "example"}]},
    ),
    "what is set on the root": (
        '{{ $_ := set . "own" .Values.nothing }}{{ if .own }}# x{{ end }}',
        {"nothing": "example"},
    ),
    "what a template sets on the root": (
        (
            '{{ template "mode" . }}{{ if eq .own "b" }}# x{{ end }}'
            '{{ define "mode" }}{{ if eq .Values.mode "fancy" }}{{ $_ := set . "own" "b" }}{{ else }}'
            '{{ $_ := set . "own" "a" }}{{ end }}{{ end }}'
        ),
        {"mode": "fancy"},
    ),
}


@pytest.mark.parametrize("name", NESTED)
def test_what_is_nested_is_reached(name: str, advise: Advise) -> None:
    template, wanted = NESTED[name]
    advised = advise({"a.yaml": f"{template}\n", "values.yaml": VALUES})

    assert {"values": wanted} in advised.scenarios


def test_the_last_of_two_templates_of_a_name_is_the_one_that_is_run(advise: Advise) -> None:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"
        "dependencies: [{name: sub, version: 1.0.0, repository: '', alias: other}]\n",
        "values.yaml": "other: {a: false}\n",
        "_p.tpl": '{{ define "p" }}{{ if .Values.a }}# own{{ end }}{{ end }}',
        "a.yaml": '{{ include "p" (dict "Values" .Values.other) }}\n',
        "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "charts/sub/values.yaml": "b: false\n",
        "charts/sub/templates/_p.tpl": '{{ define "p" }}{{ if .Values.b }}# sub{{ end }}{{ end }}',
        "charts/sub/templates/s.yaml": "{{ if .Values.b }}# b{{ end }}\n",
    }
    advised = advise(files)

    assert [one["values"]["other"].keys() for one in advised.scenarios] == [{"a", "b"}]
    assert set(advised.reasons) == {"nothing calls the template 'p'"}


def test_templates_that_cannot_be_read_are_left_alone(advise: Advise) -> None:
    files = {
        "a.yaml": "{{ if .Values.a }}# a{{ end }}\n",
        "b.yaml": "{{ if }}\n",
        "values.yaml": "a: false\n",
    }

    assert advise(files).scenarios == []


SCHEMA = """{"type": "object", "properties": {
 "a": {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/many"}]},
 "b": {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "integer"}}},
 "c": {"const": "only"}, "d": {"type": "string", "examples": ["shown"]},
 "e": {"type": "number", "minimum": 7},
 "f": {"type": "string", "default": "usual"}},
 "definitions": {"many": {"type": "array", "minItems": 1, "items": {"type": "boolean"}}}}"""


def test_values_are_made_as_their_schema_says(advise: Advise) -> None:
    template = "".join(f"{{{{ if .Values.{name} }}}}# {name}\n{{{{ end }}}}" for name in "abcdef")
    advised = advise({"a.yaml": template, "values.yaml": "", "values.schema.json": SCHEMA})

    assert advised.scenarios == [
        {"values": {"a": [True], "b": {"example": [1]}, "c": "only", "d": "shown", "e": 7, "f": "usual"}}
    ]
