"""Strings say what Go says they do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm import engines
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Render
from chartkit.syntax.gotemplate import lexer


def rendered(source: str) -> Render:
    """What Helm makes of the string *source*, as JSON."""
    files = {
        "web/Chart.yaml": b"apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "web/templates/x.yaml": f"said: {{{{ {source} | toJson }}}}\n".encode(),
    }
    chart = Chart("web", "web", "1.0.0", "", "v2", "", "", (), files, {name: name for name in files}, "")
    case = Case("web", "web", Scenario("x"), "1.33.0")
    return engines.render(engines.open_engine("embedded"), chart, case)


SAID = [
    (r'""', ""),
    (r'"a b"', "a b"),
    (r'"a\"b\\c"', 'a"b\\c'),
    (r'"\a\b\f\n\r\t\v"', "\a\b\f\n\r\t\v"),
    (r'"\x41\102\u0043\U00000044"', "ABCD"),
    (r'"\xc3\xa9 \303\251 \u00e9 é"', "é é é é"),
    (r'`a\n"b`', r'a\n"b'),
    ("`a\nb`", "a\nb"),
    (r'"\U0001F600"', "😀"),
]
REFUSED = [r'"\q"', r'"\'"', r'"\x4"', r'"\400"', r'"\u12"', r'"\ud800"', r'"\U00110000"', r'"\8"']


@pytest.mark.parametrize(("source", "wanted"), SAID)
def test_a_string_says_what_it_says_to_helm(source: str, wanted: str) -> None:
    assert lexer.string_value(source) == wanted
    assert json.loads(rendered(source).text.partition("said: ")[2]) == wanted


@pytest.mark.parametrize("source", REFUSED)
def test_what_helm_refuses_is_no_string(source: str) -> None:
    assert lexer.string_value(source) is None
    assert rendered(source).failure is not None


def test_raw_strings_lose_their_carriage_returns() -> None:
    assert lexer.string_value("`a\r\n\rb\\x41`") == "a\nb\\x41"


def test_bytes_that_are_no_text_become_surrogates() -> None:
    assert lexer.string_value(r'"\xff\303\251"') == "\udcffé"


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_json_writes_is_read_back(text: str) -> None:
    assert lexer.string_value(json.dumps(text, ensure_ascii=False)) == text
