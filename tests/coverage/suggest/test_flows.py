"""The ways by which a value comes to a condition."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.coverage import suggest
from chartkit.coverage.suggest import measuring
from chartkit.model.case import Case, Scenario
from tests.coverage.suggest.conftest import Advise, advise_files, chart_of, embedded
from tests.generated import examples

VALUES = """\
enabled: false
mode: plain
web: {enabled: false, kind: a}
api: {kind: a}
list: []
"""
PARTIALS = """\
{{- define "of dot" }}{{ if eq .kind "b" }}# x{{ end }}{{ end }}
{{- define "of root" }}{{ if .Values.enabled }}# x{{ end }}{{ end }}
{{- define "of dict" }}{{ if and (eq .part.kind "b") .root.Values.enabled }}# x{{ end }}{{ end }}
{{- define "of list" }}{{ if eq (index . 1) "b" }}# x{{ end }}{{ end }}
{{- define "name" }}{{ default "plain" .Values.web.kind }}{{ end }}
{{- define "yes" }}{{ if .Values.enabled }}true{{ end }}{{ end }}
{{- define "either" -}}
{{ if eq .Values.mode "fancy" }}one{{ else }}two{{ end }}
{{- end }}
{{- define "data" }}{{ dict "on" .Values.enabled | toYaml }}{{ end }}
{{- define "outer" }}{{ include "of dot" .Values.web }}{{ end }}
{{- define "again" }}{{ with .next }}{{ include "again" . }}{{ else }}{{ if .last }}# x{{ end }}{{ end }}
{{- end }}
"""

FLOWS: dict[str, tuple[str, dict[str, Any]]] = {
    "a variable": ("{{ $x := .Values.web }}{{ if $x.enabled }}# x{{ end }}", {"web": {"enabled": True}}),
    "a variable of a variable": (
        "{{ $v := $.Values }}{{ $w := $v.web }}{{ if $w.enabled }}# x{{ end }}",
        {"web": {"enabled": True}},
    ),
    "a variable that a branch sets": (
        "{{ $x := false }}{{ if .Values.enabled }}{{ $x = true }}{{ end }}{{ if $x }}# x{{ end }}",
        {"enabled": True},
    ),
    "a variable that one of two branches sets": (
        (
            '{{ $x := "" }}{{ if .Values.enabled }}{{ $x = "a" }}{{ else }}{{ $x = .Values.mode }}{{ end }}'
            '{{ if eq $x "c" }}# x{{ end }}'
        ),
        {"mode": "c"},
    ),
    "with": ('{{ with .Values.web }}{{ if eq .kind "b" }}# x{{ end }}{{ end }}', {"web": {"kind": "b"}}),
    "with and a variable": (
        '{{ with $w := .Values.web }}{{ if eq $w.kind "b" }}# x{{ end }}{{ end }}',
        {"web": {"kind": "b"}},
    ),
    "range": (
        '{{ range .Values.list }}{{ if eq .kind "b" }}# x{{ end }}{{ end }}',
        {"list": [{"kind": "b"}]},
    ),
    "range with variables": (
        "{{ range $i, $one := .Values.list }}{{ if $one.extra }}# x{{ end }}{{ end }}",
        {"list": [{"extra": "example"}]},
    ),
    "range over what is written": (
        (
            '{{ range $name := list "web" "api" }}{{ $c := index $.Values $name }}{{ if eq $c.kind "b" }}'
            "# {{ $name }}"
            "{{ end }}{{ end }}"
        ),
        {"web": {"kind": "b"}},
    ),
    "an include of a part": ('{{ include "of dot" .Values.web }}', {"web": {"kind": "b"}}),
    "an include of the root": ('{{ include "of root" $ }}', {"enabled": True}),
    "an include of a mapping": (
        '{{ include "of dict" (dict "part" .Values.api "root" $) }}',
        {"api": {"kind": "b"}, "enabled": True},
    ),
    "an include of a list": ('{{ include "of list" (list $ .Values.web.kind) }}', {"web": {"kind": "b"}}),
    "an include in an include": ('{{ include "outer" . }}', {"web": {"kind": "b"}}),
    "a template": ('{{ template "of dot" .Values.web }}', {"web": {"kind": "b"}}),
    "a block": (
        '{{ block "local" .Values.web }}{{ if .enabled }}# x{{ end }}{{ end }}',
        {"web": {"enabled": True}},
    ),
    "what an include prints": ('{{ if eq (include "name" .) "b" }}# x{{ end }}', {"web": {"kind": "b"}}),
    "whether an include prints": ('{{ if include "yes" . }}# x{{ end }}', {"enabled": True}),
    "which of two an include prints": (
        '{{ if eq (include "either" .) "one" }}# x{{ end }}',
        {"mode": "fancy"},
    ),
    "what an include writes as YAML": (
        '{{ $d := include "data" . | fromYaml }}{{ if $d.on }}# x{{ end }}',
        {"enabled": True},
    ),
    "a default": (
        '{{ $k := .Values.web.kind | default "z" }}{{ if eq $k "b" }}# x{{ end }}',
        {"web": {"kind": "b"}},
    ),
    "merged mappings": (
        '{{ $m := merge (dict "a" 1) .Values.web }}{{ if $m.enabled }}# x{{ end }}',
        {"web": {"enabled": True}},
    ),
    "a mapping that is set": (
        '{{ $d := dict }}{{ $_ := set $d "k" .Values.mode }}{{ if eq $d.k "b" }}# x{{ end }}',
        {"mode": "b"},
    ),
    "a copy": ("{{ $w := deepCopy .Values.web }}{{ if $w.enabled }}# x{{ end }}", {"web": {"enabled": True}}),
    "the length of a list": (
        "{{ if gt (len .Values.list) 1 }}# x{{ end }}",
        {"list": ["example", "example-2"]},
    ),
    "text that is run": ('{{ if eq (tpl .Values.mode $) "b" }}# x{{ end }}', {"mode": "b"}),
    "a list put together": (
        "{{ range concat (list) .Values.list }}{{ if .extra }}# x{{ end }}{{ end }}",
        {"list": [{"extra": "example"}]},
    ),
}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_condition_is_met_through(flow: str, advise: Advise) -> None:
    template, wanted = FLOWS[flow]
    advised = advise({"_p.tpl": PARTIALS, "a.yaml": f"{template}\n", "values.yaml": VALUES})

    assert any(_holds(wanted, one.get("values", {})) for one in advised.scenarios), advised.scenarios


def _holds(part: Any, whole: Any) -> bool:
    """Whether *whole* says all that *part* says."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(_holds(value, whole.get(name)) for name, value in part.items())
    return bool(part == whole)


def test_recursion_ends(advise: Advise) -> None:
    files = {"_p.tpl": PARTIALS, "a.yaml": '{{ include "again" .Values.web }}\n', "values.yaml": VALUES}

    assert advise(files).scenarios == [{"values": {"web": {"next": {"last": "example"}}}}]


SUB = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"
    "dependencies: [{name: sub, version: 1.0.0, repository: ''}]\n",
    "values.yaml": "sub: {kind: a}\nglobal: {deep: false}\n",
    "a.yaml": "# a\n",
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/values.yaml": "kind: z\nown: false\n",
    "charts/sub/templates/s.yaml": '{{ if eq .Values.kind "b" }}# x{{ end }}{{ if .Values.own }}# y{{ end }}'
    "{{ if .Values.global.deep }}# z{{ end }}\n",
}


def test_values_of_subcharts_are_set_below_their_name_and_global_ones_are_not(advise: Advise) -> None:
    advised = advise(SUB)

    assert advised.left == []
    assert advised.scenarios == [{"values": {"sub": {"kind": "b", "own": True}, "global": {"deep": True}}}]


def test_what_a_scenario_sets_already_may_be_where_a_better_one_begins() -> None:
    """A condition that cannot be read is met by a known scenario, which is built upon."""
    files = {
        "a.yaml": '{{ if eq (.Values.key | sha1sum) "2aae6c35c94fcfb415dbe95f408b9ce91ee846ed" }}'
        "{{ if .Values.enabled }}# x{{ end }}{{ end }}\n",
        "values.yaml": "key: ''\nenabled: false\n",
    }
    chart = chart_of(files)
    cases = [
        Case("web", "web", Scenario("default"), "1.33.0"),
        Case("web", "web", Scenario("hello", values=json.dumps({"key": "hello world"})), "1.33.0"),
    ]
    advice = suggest.suggest(embedded(), chart, cases)

    assert [one.scenario for one in advice.suggestions] == [
        {"values": {"key": "hello world", "enabled": True}}
    ]
    assert advice.unreached == ()


def test_what_was_measured_is_not_measured_again() -> None:
    chart = chart_of(
        {"a.yaml": "{{ if .Values.a }}#{{ end }}{{ if .Values.b }}#{{ end }}\n", "values.yaml": "a: false\n"}
    )
    case = Case("web", "web", Scenario("default"), "1.33.0")
    meter = measuring.Meter(embedded(), chart)
    everything = frozenset(range(len(meter.blocks)))
    nothing = suggest.suggest(embedded(), chart, [case], runs=[(case, everything)])
    some = suggest.suggest(embedded(), chart, [case], wanted=[1])

    assert (nothing.suggestions, nothing.renders) == ((), 0)
    assert [one.scenario for one in some.suggestions] == [{"values": {"a": True}}]
    assert suggest.suggest(embedded(), chart, []).suggestions == ()


def test_the_blocks_of_all_cases_are_measured() -> None:
    chart = chart_of({"a.yaml": "{{ if .Values.a }}#{{ else }}#{{ end }}\n", "values.yaml": "a: false\n"})
    case = Case("web", "web", Scenario("default"), "1.33.0")
    other = dataclasses.replace(case, scenario=Scenario("a", values='{"a": true}'))

    assert measuring.reached(embedded(), chart, [case]) == {0, 2}
    assert measuring.reached(embedded(), chart, [case, other]) == {0, 1, 2}


NAMES = ("flag", "other", "word", "number")
ATOMS = st.sampled_from(
    [
        "{v}.flag",
        "not {v}.flag",
        "{v}.other",
        'eq {v}.word "a"',
        'ne {v}.word "a"',
        'eq {v}.word "b"',
        "gt (int {v}.number) 2",
        "eq (int {v}.number) 0",
        "and {v}.flag {v}.other",
        "or {v}.flag (not {v}.other)",
        'and (eq {v}.word "a") (not {v}.flag)',
    ]
)
TREES = st.recursive(
    st.just("#"),
    lambda below: st.builds(
        lambda test, then, other: f"{{{{ if {test} }}}}{then}{{{{ else }}}}{other}{{{{ end }}}}",
        ATOMS,
        below,
        below,
    ),
    max_leaves=8,
)


@examples(30)
@given(TREES, st.booleans(), st.sampled_from(["", "a", "b"]), st.integers(0, 4))
def test_what_some_values_reach_is_suggested(tree: str, flag: bool, word: str, number: int) -> None:
    template = tree.replace("{v}", ".Values")
    defaults = {"flag": flag, "other": False, "word": word, "number": number}
    advised = advise_files({"a.yaml": f"{template}\n", "values.yaml": json.dumps(defaults)})

    chart = advised.chart
    meter = measuring.Meter(embedded(), chart)
    possible: set[int] = set()
    for one in (False, True):
        for two in (False, True):
            for three in ("a", "b", "c"):
                for four in (0, 1, 3):
                    values = dict(zip(NAMES, (one, two, three, four), strict=True))
                    scenario = Scenario("x", values=json.dumps(values))
                    possible |= meter.measure(Case("web", "web", scenario, "1.33.0")).reached
    assert {one.block for one in advised.advice.unreached} & possible == set()
    assert advised.reached() | meter.measure(advised.case).reached >= possible
