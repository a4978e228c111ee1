from __future__ import annotations

import pathlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.plan.config.scenario_entries import escape, read_scenario
from chartkit.plan.config.source import ConfigReading, ConfigSource
from chartkit.plan.kube_versions import full_version
from chartkit.syntax.yaml.yaml_file import loads


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.34", "1.34.0"),
        ("v1.34", "1.34.0"),
        ("1.34.2", "1.34.2"),
        ("1.034", "1.34.0"),
        ("1.34.2-gke.100", "1.34.2-gke.100"),
        ("v1.29.0-eks-abc123", "1.29.0-eks-abc123"),
        ("1.31.2+k3s1", "1.31.2+k3s1"),
        ("v1.28+", "1.28+"),
    ],
)
def test_versions_are_completed_as_helm_does(text: str, version: str) -> None:
    assert full_version(text) == version


@pytest.mark.parametrize("text", ["1", "1.x", "1.34.1.2", "1.34.0-/../x", "1.34 ", "1.34.1-a\n", "1.34~1"])
def test_what_is_no_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        full_version(text)


@given(st.text("a,\\{}=[ ]\n\"'"))
def test_an_escaped_value_is_one_value_again(text: str) -> None:
    """Helm takes the character after a backslash as it is; an unescaped comma ends the value."""
    escaped = escape(text)
    assert re.sub(r"\\(.)", r"\1", escaped) == text
    assert not re.search(r"(?<!\\)(\\\\)*,", escaped)
    assert not escaped.startswith("{")


@pytest.mark.parametrize(
    ("written", "flag", "expression"),
    # each was compared with what `helm template` 3.17 and 4.1 make of it
    [
        ("set: {a: true}", "set", "a=true"),
        ("set: {a: null}", "set", "a=null"),
        ("set: {a: 0x10}", "set", "a=16"),
        ("set: {a: 'true'}", "set-string", "a=true"),
        ("set: {a: '1,2'}", "set-string", r"a=1\,2"),
        ("set: {a: '{x,y}'}", "set-string", r"a=\{x\,y}"),
        ("set: {a: 'C:\\x'}", "set-string", r"a=C:\\x"),
        ("set: {a: ''}", "set-string", "a="),
        ("set: {a: 1.5}", "set-json", "a=1.5"),
        ("set: {a: 18446744073709551615}", "set-json", "a=18446744073709551615"),
        ("set: {a: [1, {b: 'x,y'}]}", "set-json", 'a=[1, {"b": "x,y"}]'),
        ("set: ['a={1,2}']", "set", "a={1,2}"),
        ("set-string: {a: 1.30}", "set-string", "a=1.30"),
        ("set-string: {a: yes}", "set-string", "a=yes"),
        ("set-literal: {a: 'b,{c}'}", "set-literal", "a=b,{c}"),
        ("set-json: {a: text}", "set-json", 'a="text"'),
    ],
)
def test_values_keep_their_yaml_type(written: str, flag: str, expression: str) -> None:
    file = loads(f"x: {{{written}}}", "f")
    reading = ConfigReading(pathlib.Path(), pathlib.Path())
    source = ConfigSource(pathlib.Path("f"), file, file.data, reading)
    (found,) = read_scenario(source, ("x",), file.data["x"]).set_values
    assert reading.mistakes == []
    assert (found.flag, found.expression) == (flag, expression)
