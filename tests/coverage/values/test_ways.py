"""Every way in which templates get at values: which keys of values.yaml does it read, and which not?

In each values.yaml here the comment after a key says what is to be found out about it; undeclared
keys are named in a last comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

WAYS = {
    "a field": ("a: 1  # read\nb: 2  # unread", "x: {{ .Values.a }}"),
    "a field of a table": ("t:\n  a: x  # read\n  b: y  # unread", "x: {{ .Values.t.a }}"),
    "a field through $": ("a: 1  # read\nb: 2  # unread", "{{ with 1 }}x: {{ $.Values.a }}{{ end }}"),
    "a variable": (
        "t:\n  a: x  # read\n  b: y  # unread",
        "{{ $t := .Values.t }}{{ if true }}x: {{ $t.a }}{{ end }}",
    ),
    "a variable that is set again": (
        "t:\n  a: x  # read\nu:\n  a: y  # read\n  b: y  # unread",
        "{{ $t := .Values.t }}x: {{ $t.a }}{{ $t = .Values.u }}\ny: {{ $t.a }}",
    ),
    "with": ("t:\n  a: x  # read\n  b: y  # unread", "{{ with .Values.t }}x: {{ .a }}{{ end }}"),
    "with and a variable": (
        "t:\n  a: x  # read\n  b: y  # unread",
        "{{ with $t := .Values.t }}x: {{ $t.a }}{{ end }}",
    ),
    "else with": (
        "none: false  # read\nt:\n  a: x  # read\n  b: y  # unread",
        "{{ with .Values.none }}{{ else with .Values.t }}x: {{ .a }}{{ end }}",
    ),
    "if": ("flag: true  # read\nother: false  # unread", "{{ if .Values.flag }}x: 1{{ end }}"),
    "not, in a false if": ("flag: true  # read", "{{ if not .Values.flag }}x: 1{{ end }}"),
    "eq of a word": (
        "kind: A  # read\nother: A  # unread",
        '{{ if eq .Values.kind "B" }}x: 1{{ else if eq .Values.kind "C" }}x: 2{{ end }}',
    ),
    "range over a list": (
        "l: [a, b]  # read\nm: [a]  # unread",
        "x:\n{{ range .Values.l }}\n- {{ . }}\n{{ end }}",
    ),
    "range over a map": (
        "t:\n  a: x  # read\n  b: y  # read\nu: z  # unread",
        "{{ range $k, $v := .Values.t }}\n{{ $k }}: {{ $v }}\n{{ end }}",
    ),
    "range over tables": (
        "t:\n  one:\n    a: x  # read\n    b: y  # unread\n  two:\n    a: x  # read",
        "{{ range $k, $v := .Values.t }}\n{{ $k }}: {{ $v.a }}\n{{ end }}",
    ),
    "toYaml of a table": (
        "t:\n  a: x  # read\n  b:\n    c: y  # read\nu: z  # unread",
        "x: {{ toYaml .Values.t | nindent 2 }}",
    ),
    "an empty table that is printed": (
        "t: {}  # read\nu: {}  # unread\nv:  # unread",
        "x: {{ toYaml .Values.t }}",
    ),
    "null": ("a:  # read\nb:  # unread", "x: {{ .Values.a }}"),
    "index": (
        "a-b:\n  c: x  # read\n  d: y  # unread",
        'x: {{ index .Values "a-b" "c" }}',
    ),
    "index with a computed key": (
        "which: a  # read\nt:\n  a: x  # read\n  b: y  # unreached",
        "x: {{ index .Values.t .Values.which }}",
    ),
    "get": ("t:\n  a: x  # read\n  b: y  # unread", 'x: {{ get .Values.t "a" }}'),
    "dig": (
        "t:\n  a:\n    b: x  # read\n    c: y  # unread\nd: z  # idle",
        'x: {{ dig "a" "b" .Values.d .Values.t }}',
    ),
    "pluck": ("t:\n  a: x  # read\n  b: y  # unread", 'x: {{ pluck "a" .Values.t | first }}'),
    "hasKey": (
        "t:\n  a: x  # read\n  b: y  # unread",
        '{{ if hasKey .Values.t "a" }}x: 1{{ end }}',
    ),
    "default": (
        'a: ""  # read\nb: x  # read\nc: y  # idle\nd: z  # read',
        "x: {{ .Values.a | default .Values.b }}\ny: {{ default .Values.c .Values.d }}",
    ),
    "coalesce": ('a: ""  # read\nb: x  # read', "x: {{ coalesce .Values.a .Values.b }}"),
    "ternary": (
        "flag: true  # read\na: x  # read\nb: y  # idle",
        "x: {{ ternary .Values.a .Values.b .Values.flag }}",
    ),
    "and with or": (
        "a: true  # read\nb: false  # read\nc: x  # unread",
        "{{ if and .Values.a (or .Values.b true) }}x: {{ .Values.b }}{{ end }}",
    ),
    "required": ("a: x  # read\nb: y  # unread", 'x: {{ required "a is needed" .Values.a }}'),
    "a refusal": (
        "k: 3  # read\nm: 3  # unread",
        '{{ if gt (int .Values.k) 5 }}{{ fail "too many" }}{{ end }}x: 1',
    ),
    "text that is taken for a number or a truth": (
        'a: "0"  # read\nb: "false"  # read\nc: ""  # read\nd: ""  # unread',
        'x: {{ int .Values.a }}{{ eq .Values.b "true" }}{{ kindIs "float64" .Values.c }}',
    ),
    "null that is taken for a truth": (
        "a:  # read\nb:  # unread",
        'x: {{ eq (toString .Values.a) "true" }}',
    ),
    "printf": ("a: x  # read\nb: y  # unread", 'x: {{ printf "%s-%d" .Values.a 1 }}'),
    "a checksum of one key": ("a: x  # read\nb: y  # unread", "x: {{ .Values.a | sha256sum }}"),
    "base64": ("a: x  # read\nb: y  # unread", "x: {{ .Values.a | b64enc }}"),
    "tpl": (
        'a: "{{ .Values.b }}"  # read\nb: x  # read\nc: y  # unread',
        "x: {{ tpl .Values.a . }}",
    ),
    "tpl of a table": (
        'a:\n  k: "{{ .Values.b }}"  # read\nb: x  # read\nc: y  # unread',
        "x: {{ tpl (toYaml .Values.a) . | nindent 2 }}",
    ),
    "tpl of a constant": ("b: x  # read\nc: y  # unread", 'x: {{ tpl "{{ .Values.b }}" . }}'),
    "merge": (
        "a:\n  k: x  # read\n  l: y  # unread\nb:\n  k: z  # unreached\n  m: x  # read\n# a.m: undeclared",
        "{{ $t := merge (deepCopy .Values.a) .Values.b }}x: {{ $t.k }}\ny: {{ $t.m }}",
    ),
    "merge in place": (
        "a:\n  k: x  # unread\nb:\n  m: x  # read\n  o: x  # unread\n# a.m: undeclared",
        "{{ $_ := merge .Values.a .Values.b }}x: {{ .Values.a.m }}",
    ),
    "mergeOverwrite of dicts": (
        "a:\n  k: x  # unreached\n  l: y  # read\nb:\n  k: z  # read\n# b.l: undeclared",
        '{{ $t := mergeOverwrite dict .Values.a .Values.b }}x: {{ $t.k }}\ny: {{ get $t "l" }}',
    ),
    "set": (
        "a: x  # read\nb: y  # unreached\nt:\n  k: z  # unread",
        '{{ $_ := set .Values.t "n" .Values.a }}x: {{ .Values.t.n }}{{ if false }}{{ .Values.b }}{{ end }}',
    ),
    "dict": (
        "a:\n  k: x  # read\n  l: y  # unread",
        '{{ $d := dict "one" .Values.a "two" 2 }}x: {{ $d.one.k }}',
    ),
    "a list of tables": (
        "a:\n  k: x  # read\n  l: y  # unread\nb:\n  k: z  # read",
        "{{ range list .Values.a .Values.b }}\n{{ .k }}: 1\n{{ end }}",
    ),
    "omit and pick": (
        "t:\n  a: x  # read\n  b: y  # read\nu:\n  a: x  # read\n  b: y  # unreached",
        'x: {{ omit .Values.t "none" | toJson }}\ny: {{ pick .Values.u "a" | toJson }}',
    ),
    "keys": (
        "t:\n  a: x  # read\n  b: y  # read\nu: z  # unread",
        'x: {{ keys .Values.t | sortAlpha | join "-" }}',
    ),
    "values": (
        "t:\n  a: x  # read\nu: z  # unread",
        'x: {{ values .Values.t | join "-" }}',
    ),
    "fromYaml of toYaml": (
        "t:\n  a: x  # read\n  b: y  # unreached\nu: z  # unread",
        "x: {{ (toYaml .Values.t | fromYaml).a }}",
    ),
    "a parenthesis": ("t:\n  a: x  # read\n  b: y  # unread", "x: {{ (default dict .Values.t).a }}"),
    "a number that is counted to": (
        "k: 3  # read\nm: 3  # unread",
        "x:\n{{ range $i := until (int .Values.k) }}\n- {{ $i }}\n{{ end }}",
    ),
    "lookup": (
        "a: x  # read\nb: y  # unread",
        '{{ with lookup "v1" "Secret" "ns" .Values.a }}x: 1{{ end }}y: 2',
    ),
    "an anchor that an alias repeats": (
        "base: &b\n  a: x  # anchor\nt: *b\nc: z  # unread\n# t.a: read",
        "x: {{ .Values.t.a }}",
    ),
    "a key merged by <<": (
        "base: &b\n  a: x  # anchor\nt:\n  <<: *b\n  c: z  # unread\n# t.a: read",
        "x: {{ .Values.t.a }}",
    ),
    "undeclared": (
        "a: x  # read\n# b: undeclared\n# t: undeclared",
        "x: {{ .Values.a }}\ny: {{ .Values.b }}\n{{ with .Values.t }}z: {{ .k }}{{ end }}",
    ),
    "undeclared below a table": (
        "t:\n  a: x  # read\n# t.b: undeclared",
        'x: {{ .Values.t.a }}{{ .Values.t.b | default "y" }}',
    ),
    "undeclared in some of many tables": (
        "t:\n  one:\n    a: x  # read\n  two:\n    b: x  # unread\n# t.two.a: undeclared",
        "{{ range $k, $v := .Values.t }}\n{{ $k }}: {{ $v.a }}\n{{ end }}",
    ),
    "undeclared by other means": (
        "a: x  # read\n# b: undeclared\n# c: undeclared\n# d: undeclared",
        'x: {{ .Values.a }}{{ get .Values "b" }}{{ dig "c" "" .Values.AsMap }}{{ hasKey .Values "d" }}',
    ),
    "what a template sets itself is not undeclared": (
        "a: x  # read",
        '{{ $_ := set .Values "b" "y" }}x: {{ .Values.a }}{{ .Values.b }}',
    ),
    "a branch that no scenario reaches": (
        "flag: false  # read\na: x  # unreached\nb: y  # unread\n# c: undeclared",
        "{{ if .Values.flag }}x: {{ .Values.a }}{{ .Values.c }}{{ end }}",
    ),
    "read to no effect": (
        "a: x  # idle\nb: y  # unread",
        "{{ $unused := .Values.a }}x: 1",
    ),
    "a dump of all": (
        "a: x  # read\nb: y  # dumped\nt:\n  c: 1  # dumped",
        "x: {{ .Values.a }}\nall: |\n  {{ toYaml .Values | nindent 2 }}",
    ),
    "a checksum of all": (
        "a: x  # read\nb: true  # dumped",
        "x: {{ .Values.a }}\nsum: {{ toJson .Values | sha256sum }}",
    ),
    "a dump in a branch that no scenario reaches": (
        "flag: false  # read\nb: y  # unreached",
        "{{ if .Values.flag }}x: {{ toJson .Values }}{{ end }}",
    ),
    "hidden by a comment": (
        "a: x  # unread\nb: x  # read",
        "{{/* .Values.a */}}# .Values.a\nx: {{ .Values.b }}",
    ),
    "a method of a file": (
        "a: Chart.yaml  # read\nb: y  # unread",
        "x: {{ .Files.Get .Values.a | quote }}",
    ),
    "sorted, first and last": (
        "l: [b, a]  # read\nm: [a, b]  # read\no: [a]  # unread",
        "x: {{ sortAlpha .Values.l | first }}\ny: {{ last .Values.m }}",
    ),
    "the places of a list": (
        "a: x  # read\nb: y  # read\nc: z  # unread\nd: y  # unread",
        '{{define "k"}}{{ (index . 1).Values.a }}{{(last .).b}}{{end}}x: {{include "k" (list 1 . .Values)}}',
    ),
    "the rest of a list": (
        "a: x  # read\nc: z  # unread",
        'x: {{ (first (rest (list "k" .Values))).a }}',
    ),
    "chunks of a list": (
        "a: x  # read\nb: y  # unread",
        "x: {{ range chunk 2 (list .Values.a 1 2) }}{{ join `-` . }}{{ end }}",
    ),
    "lists turned and cleaned": (
        "a: x  # read\nt:\n  b: y  # read\n  c: y  # unread\nd: z  # unread",
        "x: {{ (first (reverse (prepend (list .Values.t) 1))).b }}{{ uniq (list .Values.a) | first }}",
    ),
    "a computed part of a list": (
        "k: 1  # read\na: x  # read\nb: z  # unread",
        "x: {{ slice (list 1 .Values.a) (int .Values.k) | toJson }}",
    ),
    "a computed name": (
        "which: one  # read\na: x  # read\nb: y  # unreached\nc: z  # unread",
        """
        {{ define "k-one" }}{{ .a }}{{ end }}{{ define "k-two" }}{{ .b }}{{ end }}
        x: {{ include (printf "k-%s" .Values.which) .Values }}
        """,
    ),
    "a computed template text": (
        "which: a  # read\na: x  # read\nb: y  # unreached",
        'x: {{ tpl (printf "{{ .Values.%s }}" .Values.which) . }}',
    ),
    "a method of the values": ("a: x  # dumped\nb: y  # dumped", "x: {{ .Values.YAML | nindent 2 }}"),
    "a part of a list": (
        "a: x  # read\nt:\n  c: z  # unread\nd: y  # unread",
        "x: {{ slice (list .Values .Values.t .Values.a) 2 | toJson }}",
    ),
    "append and concat": (
        "l: [b, a]  # read\na: x  # read\no: [a]  # read\nb: x  # unread",
        "x: {{ concat (append .Values.l .Values.a) .Values.o | toJson }}",
    ),
    "template and block": (
        "a: x  # read\nb: y  # read\nc: z  # unread",
        '{{ define "k" }}{{ .a }}{{ end }}x: {{ template "k" .Values }}{{ block "l" .Values }}{{.b}}{{end}}',
    ),
    "a key with a dot": ('"a.b": x  # read\nc: z  # unread', 'x: {{ index .Values "a.b" }}'),
    "the kind of a value": (
        "a: x  # read\nb: y  # unread",
        '{{ if kindIs "string" .Values.a }}x: 1{{ end }}',
    ),
}

_KEY = re.compile(r"""^(\s*)["']?([\w.-]+)["']?:.*?(?:  # ?(\w+))?$""")


def expected_of(text: str) -> dict[str, str]:
    """What the comments of a values.yaml say."""
    found: dict[str, str] = {}
    above: list[tuple[int, str]] = []
    for line in text.splitlines():
        if comment := re.fullmatch(r"# (\S+): (\w+)", line):
            found[comment[1]] = comment[2]
        elif match := _KEY.match(line):
            while above and above[-1][0] >= len(match[1]):
                above.pop()
            name = f'["{match[2]}"]' if "." in match[2] else match[2]
            above.append((len(match[1]), name))
            if match[3]:
                found[".".join(step for _, step in above)] = match[3]
    return found


@pytest.mark.parametrize(("values", "template"), WAYS.values(), ids=list(WAYS))
def test_the_keys_that_a_template_reads_are_told(
    values: str, template: str, status_of: Callable[..., dict[str, str]]
) -> None:
    found = status_of({"values.yaml": values, "templates/x.yaml": template})

    assert found == expected_of(values)
