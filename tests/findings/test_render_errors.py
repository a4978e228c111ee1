"""What Go says of a template is told in the words of charts, whichever Helm says it."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit.findings.render_errors import in_words
from chartkit.findings.writer import placeholder_chart
from chartkit.helm import engines
from chartkit.model.case import Case, Chart, Scenario, SetValue
from chartkit.model.render import Failure

VALUES = b"""\
s: text
num: 1
l: [a]
m: {k: v}
nothing: null
deep: {}
averylongname: {inner: {}}
"""
LONG = ".Values.averylongname.inner.missing"
SAID = {
    "{{ .Values.x.y }}": "`.Values.x.y`: nothing sets `.Values.x`",
    "{{ $.Values.x.y }}": "`$.Values.x.y`: nothing sets `$.Values.x`",
    "{{ .Values.x.x.x }}": "`.Values.x.x.x`: nothing sets `.Values.x`",
    "{{ .Values.nothing.y }}": "`.Values.nothing.y`: `.Values.nothing` is null",
    "{{ .Values.deep.b.c }}": "`.Values.deep.b.c`: nothing sets `.Values.deep.b`",
    f'{{{{ "é" }}}}{{{{ {LONG}.key }}}}': f"`{LONG}.key`: nothing sets `{LONG}`",
    "{{ .Values.global.x.y }}": "`.Values.global.x.y`: nothing sets `.Values.global`",
    '{{ tpl "{{ .Values.x.y }}" . }}': "`.Values.x.y`: nothing sets `.Values.x`",
    "{{ with .Values.m }}{{ .foo.bar }}{{ end }}": "`.foo.bar`: `.foo` is null or not set",
    "{{ $x := .Values.m }}{{ $x.foo.bar }}": "`$x.foo.bar`: `$x.foo` is null or not set",
    "{{ .Values.s.y }}": "`.Values.s` is a string, which has no `.y`",
    "{{ .Values.num.y.z }}": "`.Values.num` is a number, which has no `.y`",
    "{{ .Values.l.a }}": "`.Values.l` is a list, which has no `.a`",
    "{{ (index .Values.l 0).foo }}": "what is given is a string, which has no `.foo`",
    "{{ range .Values.num }}{{ end }}": "`range` goes through lists and mappings: `.Values.num` is a number",
    "{{ .Values.m | upper }}": "`upper` is given a mapping, expected a string",
    "{{ .Values.x | upper }}": "`upper` is given null, or what is not set, expected a string",
    "{{ trunc 3 .Values.num }}": "`.Values.num` is a number, expected a string",
    '{{ contains "a" .Values.x }}': "nothing sets `.Values.x`, expected a string",
    '{{ contains "a" .Values.nothing }}': "`.Values.nothing` is null, or what is not set, expected a string",
    '{{ hasKey .Values.x "b" }}': "nothing sets `.Values.x`, expected a mapping",
    "{{ merge .Values.s .Values.m }}": "`.Values.s` is a string, expected a mapping",
    "{{ gt .Values.num 3 }}": "`gt .Values.num 3` compares a number of the values with a whole number",
    "{{ eq .Values.s .Values.m }}": "`eq .Values.s .Values.m` compares a string with a mapping",
    "{{ lt .Values.l 3 }}": "`lt .Values.l 3` compares what has no order: a list, a mapping or null",
    '{{ index .Values.x "b" }}': "`index` finds nothing to look into: `.Values.x` is null or not set",
    '{{ index .Values.l "b" }}': (
        '`index .Values.l "b"`: got a string, expected a number for a list or a string'
    ),
    "{{ index .Values.l 4 }}": "index out of range: 4",
    '{{ include "nope" . }}': "no template 'nope' is defined",
    '{{ template "nope" . }}': "no template 'nope' is defined",
}


def chart_of(template: str) -> Chart:
    files = {
        "web/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/values.yaml": VALUES,
        "web/templates/a.yaml": template.encode(),
    }
    return dataclasses.replace(
        placeholder_chart("web", "web"), version="1.0.0", api_version="v2", files=files
    )


def told(chart: Chart, *given: SetValue) -> Failure:
    case = Case("web", "web", Scenario("default", set_values=given), "1.34.0")
    failure = engines.render(engines.open_engine("embedded"), chart, case).failure
    assert failure is not None
    return in_words(chart, case, failure)


@pytest.mark.parametrize("template", SAID)
def test_a_failure_is_told_in_words(template: str) -> None:
    assert told(chart_of(template)).message == SAID[template]


def test_what_helm_said_is_kept() -> None:
    assert "nil pointer evaluating interface {}.y" in told(chart_of("{{ .Values.x.y }}")).text


HINTS = {
    "{{ .Values.x.y }}": "`(.Values.x).y`, or add `x: {}` to values.yaml",
    "{{ .Values.deep.b.c }}": "`(.Values.deep.b).c`, or add `b: {}` below `deep` in values.yaml",
    "{{ .Values.nothing.y }}": "`(.Values.nothing).y`, or add `nothing: {}` to values.yaml",
    "{{ with .Values.m }}{{ .foo.bar }}{{ end }}": "`(.foo).bar`",
}


@pytest.mark.parametrize("template", HINTS)
def test_what_to_do_works(template: str) -> None:
    found = told(chart_of(template))
    assert found.hint == f"give a default where that may be: {HINTS[template]}"

    path = found.expression
    mended = template.replace(path, found.hint.split("`")[1])
    case = Case("web", "web", Scenario("default"), "1.34.0")
    assert engines.render(engines.open_engine("embedded"), chart_of(mended), case).failure is None


def test_the_values_of_the_case_decide() -> None:
    chart = chart_of("{{ .Values.x.y.z }}")
    assert told(chart, SetValue("set", "x.y=null")).message == "`.Values.x.y.z`: `.Values.x.y` is null"
    assert told(chart, SetValue("set", "x=1")).message == "`.Values.x` is a number, which has no `.y`"


def test_a_subchart_has_its_own_values() -> None:
    chart = chart_of("a: b\n")
    files = {
        **chart.files,
        "web/charts/sub/Chart.yaml": b"apiVersion: v2\nname: sub\nversion: 1.0.0\n",
        "web/charts/sub/values.yaml": b"x: text\n",
        "web/charts/sub/templates/a.yaml": b"{{ .Values.x.y }}",
    }
    found = told(dataclasses.replace(chart, files=files))
    assert found.message == "`.Values.x` is a string, which has no `.y`"


def test_a_helper_of_a_library_reads_the_values_of_its_caller() -> None:
    chart = chart_of('{{ include "lib.x" . }}')
    files = {
        **chart.files,
        "web/charts/lib/Chart.yaml": b"apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
        "web/charts/lib/templates/_x.tpl": b'{{ define "lib.x" }}{{ .Values.s.y }}{{ end }}',
    }
    found = told(dataclasses.replace(chart, files=files))
    assert found.message == "`.Values.s` is a string, which has no `.y`"
