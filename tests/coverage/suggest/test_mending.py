"""What is wrong with values that were made up is mended, and told where it cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from chartkit.coverage.suggest.mending import mended
from chartkit.coverage.suggest.trials import Trial
from chartkit.coverage.suggest.validity import Fault

from .conftest import Advise

SERVICE = "apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec:\n  ports: [{port: 80}]\n"
INTEGER = "got string 'x', expected an integer"

MENDED: dict[str, tuple[str, dict[str, Any], list[dict[str, Any]]]] = {
    "a value": (INTEGER, {"a": "x", "b": "y"}, [{"a": 8080, "b": "y"}]),
    "a value below": (INTEGER, {"a": {"nodePort": "x"}}, [{"a": {"nodePort": 30080}}]),
    "an item": (INTEGER, {"runAsUser": ["x", "y"]}, [{"runAsUser": [1000, "y"]}]),
    "a key": (INTEGER, {"tcp": {"x": "y"}}, [{"tcp": {"8080": "y"}}] * 2),
    "a key and its value": (
        INTEGER,
        {"tcp": {"x": "x"}},
        [{"tcp": {"x": 8080}}, {"tcp": {"8080": "x"}}, {"tcp": {"8080": 8080}}],
    ),
    "a word": ("'x' is none of 'A', 'B'", {"type": "x"}, [{"type": "A"}] * 2),
    "a text": ("'x' is not base64", {"key": "x"}, [{"key": "ZXhhbXBsZQ=="}] * 2),
    "a table": (
        "got string 'x', expected a mapping",
        {"a": {"x": "x"}},
        [{"a": {"x": {"example": "example"}}}],
    ),
    "a list": (
        "got a list, expected a mapping",
        {"a": ["x", "y"]},
        [{"a": {"x": "example", "y": "example"}}] * 2,
    ),
    "a switch": ("got string 'x', expected true or false", {"a": "x"}, [{"a": True}]),
    "nothing": ("something else", {"a": "x"}, []),
    "what is not there": (INTEGER, {"a": "y"}, []),
    "a kind of its own": ("got string 'x', expected a quantity", {"a": "x"}, []),
}


@pytest.mark.parametrize("name", MENDED)
def test_other_values_take_the_place_of_those_that_are_wrong(name: str) -> None:
    words, given, expected = MENDED[name]
    found = [dict(one.given) for one in mended(Trial(given), [Fault("k", f"Service/web: {words}")])]

    unique = [one for index, one in enumerate(found) if one not in found[:index]]
    assert unique == [one for index, one in enumerate(expected) if one not in expected[:index]]


def test_the_wrong_word_gives_way_to_one_that_is_right(advise: Advise) -> None:
    template = SERVICE + "{{- with .Values.affinityOfSessions }}\n  sessionAffinity: {{ . }}\n{{- end }}\n"
    advised = advise({"a.yaml": template, "values.yaml": "affinityOfSessions: ''\n"})

    assert advised.scenarios == [{"values": {"affinityOfSessions": "ClientIP"}}]
    assert [one.but for one in advised.advice.suggestions] == [""]


def test_one_thing_after_the_other_is_mended(advise: Advise) -> None:
    ports = "  - {port: {{ $port }}, name: web, targetPort: 1, protocol: {{ $word }}}\n"
    template = (
        SERVICE.replace("  ports: [{port: 80}]\n", "  ports:\n  - {port: 80, name: main}\n")
        + "{{- range $port, $word := .Values.tcp }}\n" + ports.rstrip() + "\n{{- end }}\n"
    )  # fmt: skip
    advised = advise({"a.yaml": template, "values.yaml": "tcp: {}\n"}, wanted={1})

    assert advised.scenarios == [{"values": {"tcp": {"8080": "TCP"}}}]


def test_what_cannot_be_mended_is_suggested_with_what_is_wrong(advise: Advise) -> None:
    template = SERVICE + "{{- if .Values.wrong }}\n  type: [1]\n{{- end }}\n"
    advised = advise({"a.yaml": template, "values.yaml": "wrong: false\n"})

    assert advised.scenarios == [{"values": {"wrong": True}}]
    (only,) = advised.advice.suggestions
    assert "Service/web would not be valid: got a list" in only.but
