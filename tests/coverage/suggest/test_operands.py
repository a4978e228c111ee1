"""Scenarios for what operands of ``default``, ``ternary``, ``and``, ``or`` and ``coalesce`` may be."""

from __future__ import annotations

from typing import Any

import pytest

from chartkit.source_map.trace import blocks

from .conftest import Advise, Advised

VALUES = "a: \nb: \nc: \nname: web\nactive: true\nold: false\nlist: []\nweb: {image: {tag: ''}}\n"

REACHED: dict[str, list[dict[str, Any]]] = {
    '{{ .Values.name | default "x" }}': [{"name": ""}],
    '{{ default "x" .Values.name }}': [{"name": ""}],
    '{{ default "x" .Values.a }}': [{"a": "example"}],
    '{{ .Values.a | default "x" | quote }}': [{"a": "example"}],
    "{{ .Values.web.image.tag | default .Chart.AppVersion }}": [{"web": {"image": {"tag": "1.0.0"}}}],
    '{{ .Values.active | ternary "x" "y" }}': [{"active": False}],
    '{{ ternary "x" "y" .Values.old }}': [{"old": True}],
    '{{ ternary "x" "y" (eq .Values.name "big") }}': [{"name": "big"}],
    "{{ if and .Values.active .Values.name }}x{{ end }}": [{"active": False}, {"name": ""}],
    "{{ if or .Values.a .Values.b }}x{{ end }}": [{"a": "example"}, {"b": "example"}],
    "{{ if or .Values.old (and .Values.a .Values.b) }}x{{ end }}": [
        {"a": "example", "b": "example"},
        {"old": True},
        {"a": "example"},
    ],
    '{{ coalesce .Values.a .Values.b "x" }}': [{"a": "example"}, {"b": "example"}],
    '{{ coalesce .Values.a .Values.name "x" }}': [{"a": "example"}, {"name": ""}],
    '{{ if .Values.old }}{{ .Values.a | default "x" }}{{ end }}': [
        {"old": True},
        {"a": "example", "old": True},
    ],
    '{{ with .Values.a | default .Values.b | default "x" }}{{ . }}{{ end }}': [
        {"a": "example"},
    ],
    '{{ range .Values.list }}{{ .name | default "x" }}{{ end }}': [{"list": [{"name": "example"}]}],
    '{{ $x := default "x" .Values.a }}{{ $x }}': [{"a": "example"}],
    '{{ include "p" (default "x" .Values.a) }}': [{"a": "example"}],
    '{{ if and .Values.old (include "p" .Values.a) }}x{{ end }}': [{"old": True}],
}


@pytest.mark.parametrize("template", REACHED)
def test_a_scenario_reaches_what_an_operand_never_is(template: str, advise: Advise) -> None:
    advised = advise(
        {"_p.tpl": '{{ define "p" }}{{ . }}{{ end }}', "a.yaml": f"# {template}\n", "values.yaml": VALUES}
    )

    assert missing(advised) <= advised.reached()
    for wanted in REACHED[template]:
        assert any(wanted.items() <= one.get("values", {}).items() for one in advised.scenarios), (
            advised.scenarios
        )


def missing(advised: Advised) -> set[int]:
    """The numbers of the outcomes of operands that the defaults do not have."""
    from chartkit.coverage.suggest.measuring import reached

    from .conftest import embedded

    known = blocks(advised.chart)
    covered = reached(embedded(), advised.chart, [advised.case])
    return {number for number, one in enumerate(known) if one.is_operand and number not in covered}


UNREACHED = {
    '{{ .Chart.Name | default "x" }}': "its condition is constant in this chart",
    '{{ (lookup "v1" "Secret" "a" "b") | default "x" }}': (
        "depends on lookup, which finds nothing outside of a cluster"
    ),
}


@pytest.mark.parametrize("template", UNREACHED)
def test_it_is_told_why_nothing_reaches_an_operand(template: str, advise: Advise) -> None:
    advised = advise({"a.yaml": f"# {template}\n"})

    assert set(advised.reasons) == {UNREACHED[template]}
    assert advised.scenarios == []


def test_an_operand_that_decides_in_two_places_is_one_in_each(advise: Advise) -> None:
    template = '# {{ .Values.a | default "" | default "x" }}\n'
    advised = advise({"a.yaml": template, "values.yaml": VALUES})

    assert advised.reasons == []
    assert len(advised.scenarios) == 1


def test_what_is_found_too_late_is_not_confirmed(advise: Advise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chartkit.coverage.suggest.measuring.OVERTIME", 0)
    advised = advise({"a.yaml": "{{ if .Values.a }}# x{{ end }}\n", "values.yaml": VALUES}, seconds=60)

    assert advised.scenarios == []
    assert advised.left == [("if", 1)]
    assert advised.reasons == ["not tried to the end: 60 seconds were up"]
    assert advised.advice.ended == "60 seconds were up"
