"""Each way to write a condition, and the scenario that meets it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coverage.suggest.conftest import Advise

VALUES = """\
enabled: false
active: true
name: ""
mode: plain
count: 1
size: "10"
list: []
pair: [{name: a, kind: x}]
map: {}
web:
  enabled: false
  port: 80
  service: {type: ClusterIP, annotations: {}}
global: {registry: ""}
version: 1.2.3
nothing: null
"""


def values(**given: Any) -> dict[str, Any]:
    return {"values": given}


CONDITIONS: dict[str, dict[str, Any]] = {
    "if .Values.enabled": values(enabled=True),
    "if not .Values.active": values(active=False),
    'if eq .Values.mode "fancy"': values(mode="fancy"),
    'if eq "fancy" .Values.mode': values(mode="fancy"),
    'if eq .Values.mode "fancy" "odd"': values(mode="fancy"),
    'if ne .Values.mode "plain"': values(mode="example"),
    "if gt (int .Values.count) 3": values(count=4),
    "if lt (int .Values.count) 1": values(count=0),
    "if ge .Values.count 5.0": values(count=5),
    "if gt (.Values.size | int) 10": values(size=11),
    "if and .Values.enabled .Values.web.enabled": values(enabled=True, web={"enabled": True}),
    "if or .Values.enabled .Values.web.enabled": values(enabled=True),
    "if and .Values.enabled (not .Values.active)": values(enabled=True, active=False),
    'if hasKey .Values.map "key"': values(map={"key": "example"}),
    'if hasKey .Values "absent"': values(absent="example"),
    'if kindIs "map" .Values.nothing': values(nothing={"example": "example"}),
    'if kindIs "string" .Values.nothing': values(nothing="example"),
    'if eq (kindOf .Values.nothing) "slice"': values(nothing=["example"]),
    "if empty .Values.mode": values(mode=""),
    "if (.Values.web.service).loadBalancer": values(web={"service": {"loadBalancer": "example"}}),
    'if eq (default "a" .Values.name) "b"': values(name="b"),
    'if eq (.Values.name | default .Values.mode) "b"': values(name="b"),
    'if eq (coalesce .Values.name .Values.global.registry "x") "y"': values(name="y"),
    'if eq (ternary "a" "b" .Values.enabled) "a"': values(enabled=True),
    'if contains "snap" .Values.version': values(version="snap"),
    'if hasPrefix "v" .Values.version': values(version="v"),
    'if hasSuffix "-dev" .Values.mode': values(mode="-dev"),
    'if regexMatch "^[a-z]+/[a-z]+$" .Values.mode': None,  # type: ignore[dict-item]
    'if has "x" .Values.list': values(list=["x"]),
    'if has .Values.mode (list "a" "b")': values(mode="a"),
    "if gt (len .Values.list) 1": None,  # type: ignore[dict-item]
    'if semverCompare ">=2.0.0" .Values.version': values(version="2.0.0"),
    'if eq (index .Values "web" "service" "type") "NodePort"': values(web={"service": {"type": "NodePort"}}),
    'if eq (dig "service" "type" "" .Values.web) "NodePort"': values(web={"service": {"type": "NodePort"}}),
    'if eq (get .Values.web.service "type") "NodePort"': values(web={"service": {"type": "NodePort"}}),
    'if eq (lower .Values.mode) "fancy"': values(mode="fancy"),
    'if eq (printf "%s-x" .Values.mode) "b-x"': values(mode="b"),
    'if eq (toString .Values.enabled) "true"': values(enabled=True),
    'if eq (tpl .Values.mode .) "fancy"': values(mode="fancy"),
    'if eq (join "," .Values.list) "a"': None,  # type: ignore[dict-item]
    "if .Release.IsUpgrade": {"upgrade": True},
    "if not .Release.IsInstall": {"upgrade": True},
    'if eq .Release.Namespace "kube-system"': {"namespace": "kube-system"},
    'if ne .Release.Namespace "default"': {"namespace": "example"},
    'if contains "web" .Release.Name': {"release": "web"},
    'if .Capabilities.APIVersions.Has "monitoring.coreos.com/v1"': {
        "api-versions": ["monitoring.coreos.com/v1"]
    },
    'if semverCompare "<1.25-0" .Capabilities.KubeVersion.Version': {"kube-versions": ["1.24"]},
    'if semverCompare "<1.21-0" .Capabilities.KubeVersion.GitVersion': {"kube-versions": ["1.20"]},
    "if lt (int .Capabilities.KubeVersion.Minor) 22": {"kube-versions": ["1.21"]},
    "with .Values.web.service.annotations": values(
        web={"service": {"annotations": {"example.com/note": "example"}}}
    ),
    "with .Values.name": values(name="example"),
    "range .Values.list": values(list=["example"]),
    "range $key, $value := .Values.map": values(map={"example": "example"}),
    "range until (int .Values.count)": None,  # type: ignore[dict-item]
    "range until 2": None,  # type: ignore[dict-item]
    "if .Values.tolerations": values(
        tolerations=[{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}]
    ),
}
"""Conditions that do not hold with the defaults (None: whatever meets them), and what is suggested first."""


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_scenario_meets_the_condition(condition: str, advise: Advise) -> None:
    advised = advise({"a.yaml": f"{{{{ {condition} }}}}# yes{{{{ end }}}}\n", "values.yaml": VALUES})

    wanted = CONDITIONS[condition]
    if wanted is not None:
        assert wanted in advised.scenarios
    kinds = {"else", "one", "many"} if "until" in condition else {"many"} if "range" in condition else set()
    assert {kind for kind, _ in advised.left} <= kinds
    assert advised.advice.suggestions or "until 2" in condition


def test_a_loop_is_run_never_once_and_many_times(advise: Advise) -> None:
    advised = advise(
        {"a.yaml": "{{ range .Values.pair }}# {{ .name }}\n{{ end }}\n", "values.yaml": "pair: [{name: a}]\n"}
    )

    assert advised.left == []
    assert values(pair=[]) in advised.scenarios
    assert values(pair=[{"name": "a"}, {"name": "a-2"}]) in advised.scenarios


def test_a_loop_over_a_mapping_is_run_never_once_and_many_times(advise: Advise) -> None:
    files = {
        "a.yaml": "{{ range $k, $v := .Values.map }}# {{ $k }}\n{{ end }}\n",
        "values.yaml": "map: {a: 1, b: 2}\n",
    }
    advised = advise(files)

    assert advised.left == []
    assert values(map={"b": None}) in advised.scenarios
    assert values(map=None) in advised.scenarios


def test_both_sides_of_a_condition_are_asked_for(advise: Advise) -> None:
    advised = advise(
        {"a.yaml": "{{ if .Values.active }}# a{{ else }}# b{{ end }}\n", "values.yaml": "active: true\n"}
    )

    assert advised.scenarios == [values(active=False)]


def test_every_way_through_a_chain_is_reached(advise: Advise) -> None:
    chain = (
        '{{ if eq .Values.mode "a" }}# a{{ else if eq .Values.mode "b" }}# b'
        "{{ else if .Values.enabled }}# c{{ else }}# d{{ end }}"
        "{{ with .Values.name }}# {{ . }}{{ else with .Values.web.host }}# {{ . }}{{ end }}\n"
    )
    advised = advise({"a.yaml": chain, "values.yaml": VALUES})

    assert advised.left == []
    assert {"a", "b"} <= {one["values"].get("mode") for one in advised.scenarios}


def test_what_surrounds_a_condition_is_met_too(advise: Advise) -> None:
    nested = (
        "{{ if .Values.web.enabled }}{{ with .Values.web.service }}"
        '{{ if eq .type "NodePort" }}{{ if gt (int $.Values.count) 2 }}# x{{ end }}{{ end }}'
        "{{ end }}{{ end }}\n"
    )
    advised = advise({"a.yaml": nested, "values.yaml": VALUES})

    assert values(web={"enabled": True, "service": {"type": "NodePort"}}, count=3) in advised.scenarios
    assert {kind for kind, _ in advised.left} <= {"else"}


def test_one_scenario_serves_many_conditions(advise: Advise) -> None:
    conditions = "".join(f"{{{{ if .Values.a{number} }}}}# {number}\n{{{{ end }}}}" for number in range(12))
    advised = advise({"a.yaml": conditions, "values.yaml": "".join(f"a{n}: false\n" for n in range(12))})

    assert [len(one.blocks) for one in advised.advice.suggestions] == [12]


def test_a_branch_that_fails_gets_a_scenario_that_must_fail(advise: Advise) -> None:
    refusing = (
        '{{ if .Values.enablePSP }}{{ fail "enablePSP (a [bad] idea) is refused: take it out" }}{{ end }}\n'
    )
    advised = advise({"a.yaml": refusing, "values.yaml": "enablePSP: false\n"})

    assert advised.scenarios == [
        {"values": {"enablePSP": True}, "fails": r"enablePSP \(a \[bad\] idea\) is refused: take it out"}
    ]
    assert [one.name for one in advised.advice.suggestions] == ["enable-psp-refused"]


def test_a_failure_in_a_partial_with_a_computed_message_is_found(advise: Advise) -> None:
    files = {
        "_p.tpl": '{{ define "p" }}{{ if eq .kind "bad" }}'
        '{{ printf "kind %s is bad" .kind | fail }}{{ end }}{{ end }}',
        "a.yaml": '{{ include "p" .Values.web }}\n',
        "values.yaml": "web: {kind: good}\n",
    }

    assert advise(files).scenarios == [{"values": {"web": {"kind": "bad"}}, "fails": "kind bad is bad"}]


def test_what_is_required_beside_is_given(advise: Advise) -> None:
    needy = '{{ if .Values.active }}# host: {{ required "host is needed" .Values.host }}{{ end }}\n'
    advised = advise({"a.yaml": needy, "values.yaml": "active: false\nhost: ''\n"})

    assert advised.scenarios == [values(active=True, host="example.com")]


def test_what_a_condition_elsewhere_refuses_is_avoided(advise: Advise) -> None:
    files = {
        "a.yaml": '{{ if and .Values.a .Values.b }}{{ fail "both" }}{{ end }}'
        "{{ if .Values.b }}# b{{ end }}\n",
        "values.yaml": "a: true\nb: false\n",
    }
    advised = advise(files)

    assert advised.left == []
    assert values(b=True, a=False) in advised.scenarios


SCHEMA = """{"type": "object", "additionalProperties": false, "properties": {
 "mode": {"enum": ["plain", "fancy"]}, "port": {"type": "integer", "minimum": 1000},
 "rules": {"type": "array", "items": {"type": "object", "required": ["host", "path"],
   "additionalProperties": false,
   "properties": {"host": {"type": "string"}, "path": {"type": "string", "pattern": "^/"}}}},
 "level": {"$ref": "#/$defs/level"}},
 "$defs": {"level": {"type": ["string", "null"], "enum": ["high", null]}}}"""


@pytest.mark.parametrize(
    ("condition", "scenario"),
    [
        ('if ne .Values.mode "plain"', values(mode="fancy")),
        ("if .Values.port", values(port=8080)),
        ("if .Values.rules", values(rules=[{"host": "example.com", "path": "/example"}])),
        ("if .Values.level", values(level="high")),
    ],
)
def test_values_keep_to_the_schema(condition: str, scenario: dict[str, Any], advise: Advise) -> None:
    files = {
        "a.yaml": f"{{{{ {condition} }}}}# yes{{{{ end }}}}\n",
        "values.yaml": "mode: plain\n",
        "values.schema.json": SCHEMA,
    }

    assert advise(files).scenarios == [scenario]


def test_values_are_taken_from_examples_in_comments(advise: Advise) -> None:
    files = {
        "a.yaml": "{{ with .Values.extra }}# {{ . }}{{ end }}{{ with .Values.other }}# {{ . }}{{ end }}\n",
        "values.yaml": "# what comes on top\nextra: []\n# - name: tls\n#   path: /tls\n"
        "#other: {deep: {x: 1}}\n",
    }

    assert advise(files).scenarios == [
        values(extra=[{"name": "tls", "path": "/tls"}], other={"deep": {"x": 1}})
    ]


UNREACHABLE = {
    'if lookup "v1" "Secret" "a" "b"': "depends on lookup, which finds nothing outside of a cluster",
    'if eq "a" "b"': "its condition is constant in this chart",
    "range list": "its condition is constant in this chart",
    'if .Files.Get "x"': "reads files of the chart",
    "if (index .Values (.Values.mode | sha256sum))": "reads a key whose name is computed",
}


@pytest.mark.parametrize("condition", UNREACHABLE)
def test_it_is_said_why_nothing_is_suggested(condition: str, advise: Advise) -> None:
    advised = advise({"a.yaml": f"{{{{ {condition} }}}}# x{{{{ end }}}}\n", "values.yaml": VALUES})

    assert advised.scenarios == []
    assert UNREACHABLE[condition] in advised.reasons


def test_a_template_that_nothing_calls_is_said_to_be_so(advise: Advise) -> None:
    files = {"_p.tpl": '{{ define "p" }}{{ if .x }}x{{ end }}{{ end }}', "a.yaml": "# a\n"}

    assert set(advise(files).reasons) == {"nothing calls the template 'p'"}


def test_what_the_schema_forbids_is_said(advise: Advise) -> None:
    files = {
        "a.yaml": "{{ with .Values.web }}# x{{ else }}# y{{ end }}\n",
        "values.yaml": "web: {a: 1}\n",
        "values.schema.json": '{"type": "object", "required": ["web"], '
        '"properties": {"web": {"type": "object", "minProperties": 1}}}',
    }

    assert "the values schema does not allow what it needs" in advise(files).reasons[0]


def test_the_budget_ends_the_search(advise: Advise) -> None:
    conditions = "".join(f'{{{{ if eq .Values.a "{number}" }}}}#{{{{ end }}}}\n' for number in range(30))
    advised = advise({"a.yaml": conditions, "values.yaml": "a: ''\n"}, budget=8)

    assert advised.advice.renders <= 9
    assert f"not tried to the end: {advised.advice.renders} renders were made" in advised.reasons


def test_a_chart_that_cannot_be_rendered_is_not_searched(advise: Advise) -> None:
    files = {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "a.yaml": "{{ if .Values.a }}{{ end }}",
        "values.yaml": "a: false\n",
    }
    import dataclasses

    from chartkit.coverage import suggest
    from tests.coverage.suggest.conftest import advise_files, chart_of, embedded

    chart = dataclasses.replace(chart_of(files), kube_version=">=99.0.0")
    case = advise_files(files).case
    advice = suggest.suggest(embedded(), chart, [case])

    assert {one.reason for one in advice.unreached} == {
        (
            "the chart cannot be rendered: chart requires kubeVersion: >=99.0.0 which is incompatible with "
            "Kubernetes v1.33.0"
        )
    }
