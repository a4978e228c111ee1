"""Kubernetes' YAML: the parser inside Helm is asked about everything that this one reads."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import helm_python
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chartkit.model.errors import FileError
from chartkit.syntax.yaml import kube_yaml, nodes
from tests.generated import examples

SCALARS = """
y n Y N yes no on off On OFF true True TRUE tRue ~ null Null NULL nUll +y -y inf nan 0777 0o777 0O17 08 09.5
00 007 0o 0o8 -0o17 0_8 0_7 0b11 -0b11 +0b1 0B1 0b2 0x1F -0x1f +0x1F 0X1F 0x 0x_1F 0xFFFFFFFFFFFFFFFFFF
0x1p-2 1.5p3 +5 -5 -0 -0.0 0.0 1.0 100.10 0.1 1_000 1_000.5 _1 1__0 1_ -1_000 --1 1-1 1e3 1E5 1e+3 1.5e-3
+1e5 1e400 1e 1e1_0 5_e3 1e20 1e21 1e-7 123456789.123456789 1. .5 . -. +.5 ._5 .1_0 .5e3 .e3
9223372036854775807 9223372036854775808 18446744073709551615 18446744073709551616 -9223372036854775809
99999999999999999999 12:30:45 1:30 2020-01-01 2020-01-01T00:00:00Z = << .inf -.Inf +.INF .nan .NaN !!str
!!int !!float !!null 0777777777777777777777777 1e-400
"""

KEYS = """
1 1.5 true yes 1e3 1e6 0x10 2020-01-01 0.1 123456789.5 1e-7 .5 2.0 .inf -.inf .nan 1e39 1234567.5 999999.5
1e-45 -1.5 ~ null 18446744073709551615 9223372036854775807 99999999999999999999 = 0o17 -0.00001 100000.0
"""

DOCUMENTS = {
    "merge after": "b: &b {a: 2, c: 3}\nx:\n  a: 1\n  <<: *b\n",
    "merge before": "b: &b {a: 2, c: 3}\nx:\n  <<: *b\n  a: 1\n",
    "merge of several": "b: &b {a: 2, c: 3}\nd: &d {a: 5, e: 6}\nx:\n  <<: [*b, *d]\n",
    "merge of a number": "x:\n  <<: 3\n",
    "merge of null": "x:\n  <<: null\n  a: 1",
    "merge quoted": 'x:\n  "<<": {a: 1}\n',
    "merge twice": "x:\n  <<: {a: 1}\n  <<: {a: 2, b: 3}\n",
    "merge by tag": "x:\n  !!merge <<: {a: 1}\n",
    "anchor in itself": "a: &a [*a]",
    "anchor unknown": "a: *b",
    "anchor twice": "a: &x 1\nb: &x 2\nc: *x",
    "alias as key": "a: &k x\n*k : y",
    "alias of a mapping": "a: &a {b: [1]}\nc: *a\nd: [*a, *a]",
    "binary": "a: !!binary aGVsbG8=\n",
    "binary of several lines": "a: !!binary |\n  aGVs\n  bG8=\n",
    "binary broken": 'a: !!binary "***"',
    "binary key": "!!binary aGk=: a",
    "foreign tags": "a: !foo 123\nb: !foo {x: 1}\nc: !foo [1]\nd: !foo yes",
    "text by tag": "a: !!str 123\nb: !!str yes\nc: !!str",
    "type by tag": 'a: !!int "5"\nb: !!float 1\nc: !!bool "yes"\nd: !!null ""\n',
    "type by wrong tag": "a: !!int foo",
    "null by wrong tag": "a: !!null x",
    "date by tag": "a: !!timestamp 2020-01-01",
    "set": "a: !!set {x, y}",
    "ordered map": "a: !!omap [x: 1]",
    "directive 1.1": "%YAML 1.1\n---\na: 1",
    "directive 1.2": "%YAML 1.2\n---\na: 1",
    "directive 1.3": "%YAML 1.3\n---\na: 1",
    "tag directive": "%TAG ! tag:example.com,2000:\n---\na: !x 1",
    "byte order mark": "\ufeffa: 1",
    "tab as indent": "a:\n\tb: 1",
    "tab before a value": "a:\tb",
    "tab in flow": "a: {\tb: 1}",
    "tab after a dash": "a:\n  -\tc",
    "CRLF": "a: 1\r\nb: |\r\n  x\r\n  y\r\n",
    "CR": "a: 1\rb: 2",
    "second document": "a: 1\n---\nb: 2",
    "document end": "a: 1\n...\nb: 2",
    "document start": "--- {a: 1}",
    "same key": "a: 1\na: 2",
    "JSON": '{"a": [1, 2.0, "x", null, true]}',
    "JSON with tabs": '{\n\t"a": 1\n}',
    "empty": "",
    "only a comment": "# x\n",
    "escaped controls": 'a: "\\x01\\e\\0"',
    "raw control": 'a: "\x01"',
    "raw delete": 'a: "\x7f"',
    "next line": "a: x\x85y",
    "line separator": "a: x\u2028y",
    "beyond the plane": 'a: 😀\nb: "\\U0001F600"',
    "surrogates": 'a: "\\ud83d\\ude00"',
    "unknown escape": 'a: "\\q"',
    "escaped slash": 'a: "\\/"',
    "escaped backslash and slash": 'a: "\\\\/"',
    "folded": "a: >\n  x\n  y\n\n  z\n",
    "kept": "a: |+\n  x\n\n\nb: 1",
    "stripped": "a: |-\n  x\n",
    "indented": "a: |2\n   x\n",
    "two colons": "a: b: c",
    "flow key without value": "{a: 1, a: 2, ? b}",
    "question": "? a\n",
    "list as key": "? [a]\n: b",
    "mapping as key": "? {a: 1}\n: b",
    "empty key": ": a",
    "backtick": "a: `x`",
    "at": "a: @x",
    "percent": "a: %x",
    "unclosed list": "a: [1, 2",
    "unclosed quote": 'a: "x',
    "hash in a word": "a: x#y #z",
    "flow without blanks": '{a:1, "b":1}',
    "long key": "a" * 2000 + ": 1",
    "key of two lines": '"a\n b": 1',
    "empty item": "{a: [,]}",
    "trailing commas": "{a: [1,], b: 2,}",
    "list after a colon": "a: - b",
    "list then mapping": "- a\nb: c",
    "wrong indent": "a:\n  b: 1\n c: 2",
    "boolean key": "{on: 1}",
    "alias bomb": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
    "deep": "a: " + "[" * 10_001 + "]" * 10_001,
}

KNOWN_DIFFERENCES = {
    "a NUL ends the text for go-yaml; we refuse it": ("a: x\0y", {"a": "x"}, FileError),
    "the tag '!' alone makes text; libyaml does not tell it from none": ("a: ! 5", {"a": "5"}, {"a": 5}),
    "an alias of a list cannot be merged; libyaml does not tell it from the list": (
        "b: &b [{a: 1}]\nx:\n  <<: *b\n",
        ValueError,
        {"b": [{"a": 1}], "x": {"a": 1}},
    ),
    "10 000 levels are go-yaml's limit, 200 ours": (f"a: {'[' * 300}{']' * 300}", dict, FileError),
}


def theirs(text: str) -> Any:
    """What Helm reads, as Helm's values do: all numbers are float64. Faults are ValueError."""
    try:
        return helm_python.values_from_yaml(text)
    except helm_python.HelmError:
        return ValueError


def ours(text: str) -> Any:
    try:
        value = kube_yaml.parse(text)
    except FileError as error:
        place = error.problem.place
        inside = 1 <= (place.line or 0) <= text.count("\n") + 2 and (place.column or 0) >= 1
        return ValueError if inside else error
    return {} if value is None else value


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-15) and isinstance(one, int) == isinstance(other, int)
    return bool(one == other)


@pytest.mark.parametrize("scalar", SCALARS.split())
def test_a_scalar_means_what_helm_takes_it_for(scalar: str) -> None:
    assert same(ours(f"a: {scalar}"), theirs(f"a: {scalar}"))


@pytest.mark.parametrize("key", KEYS.split())
def test_a_key_is_called_as_helm_calls_it(key: str) -> None:
    assert same(ours(f"{key}: a"), theirs(f"{key}: a"))


@pytest.mark.parametrize("text", DOCUMENTS.values(), ids=DOCUMENTS)
def test_a_document_is_read_as_helm_reads_it(text: str) -> None:
    assert same(ours(text), theirs(text))


@pytest.mark.parametrize(("text", "helm", "here"), KNOWN_DIFFERENCES.values(), ids=KNOWN_DIFFERENCES)
def test_the_known_differences_are_still_there(text: str, helm: Any, here: Any) -> None:
    read = theirs(text)
    assert read == helm or isinstance(read, helm if isinstance(helm, type) else ())
    if here is FileError:
        with pytest.raises(FileError):
            kube_yaml.parse(text)
    else:
        assert kube_yaml.parse(text) == here


WORDS = st.text(st.sampled_from("0123456789+-._eEobxXyYnNtrufalsOFinN~ :'\"#,[]{}&*!|>%@\n\t"), max_size=12)


@examples(400)
@given(WORDS)
@example("1_e5")
@example("-.5e+_1")
@example("{0:}")
def test_any_scalar_means_what_helm_takes_it_for(word: str) -> None:
    text = f"a: {word}"
    odd = (
        "!",
        "*",
        "\t",
        "%",
    )  # tags and aliases have known differences; tabs and directives are tested above
    # libyaml refuses ``{a:}`` and its like, which newer go-yaml takes for a key with nothing
    closed = re.search(r":[,\[\]{}]", word)
    if closed or any(sign in word for sign in odd):
        assert not isinstance(ours(text), Exception)
    else:
        assert same(ours(text), theirs(text))


@examples(200)
@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    assert not isinstance(ours(text), Exception)


TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "Zs"]), max_size=20)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


@examples(150)
@given(st.dictionaries(TEXTS, VALUES, max_size=5))
def test_json_is_read_as_it_is(value: dict[str, Any]) -> None:
    assert kube_yaml.parse(json.dumps(value, ensure_ascii=False)) == value


def test_both_places_of_a_key_that_stands_twice_are_told() -> None:
    document = kube_yaml.read('a:\n- b: 1\n  c: 2\n  "b": 3\nx: {z: 1, z: 2, z: 3}\n')

    assert document.value == {"a": [{"b": 3, "c": 2}], "x": {"z": 3}}
    assert document.duplicates == (
        kube_yaml.Duplicate(("a", 0), "b", 4, 3, (2, 3)),
        kube_yaml.Duplicate(("x",), "z", 5, 11, (5, 5)),
        kube_yaml.Duplicate(("x",), "z", 5, 17, (5, 5)),
    )


def test_keys_that_become_equal_stand_twice() -> None:
    (duplicate,) = kube_yaml.read("yes: 1\non: 2\n").duplicates

    assert (duplicate.key, duplicate.line) == ("true", 2)


def test_what_a_merge_brings_may_be_overridden() -> None:
    assert kube_yaml.read("b: &b {a: 2}\nx:\n  <<: *b\n  a: 1\n").duplicates == ()


HOSTILE = {
    "brackets": ("a: " + "[" * 50_000, "more than 200 levels deep"),
    "brackets in brackets": ("[" * 201 + "]" * 201, "more than 200 levels deep"),
    "brackets where a key may be": ("[" * 1_001 + "a", "more than 200 levels deep"),
    "braces": ("{a: " * 50_000, "more than 200 levels deep"),
    "braces where a key may be": ("{" * 50_000, "more than 200 levels deep"),
    "dashes": ("- " * 50_000 + "a", "more than 200 levels deep"),
    "questions": ("? " * 50_000 + "a", "more than 200 levels deep"),
    "indents": ("".join(" " * depth + "a:\n" for depth in range(300)), "levels deep"),
    "aliases": (DOCUMENTS["alias bomb"], "aliases expand"),
    "merges": (
        "a: &a {x: 1}\n"
        + "".join(
            f"{b}: &{b} {{<<: [{','.join([f'*{a}'] * 9)}], {b}: 1}}\n"
            for a, b in zip("abcdefg", "bcdefgh", strict=True)
        ),
        "",
    ),
    "many values": ("a: [" + "1," * 300_001 + "]", "more than 300000 values"),
    "large": ("a: " + "x" * nodes.MAX_LENGTH, "characters, expected at most"),
    "half a surrogate": ("a: \ud800", "surrogate"),
    "undefined character": ("a: 1\nb: \ufffe", "U+FFFE"),
    "long number": ("a: " + "9" * 100_000, ""),
    "long float": ("a: 1e" + "9" * 100_000, ""),
}


@pytest.mark.parametrize(("text", "message"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_documents_end_at_a_limit(text: str, message: str) -> None:
    if not message:
        kube_yaml.parse(text)
        return
    with pytest.raises(FileError, match=message.replace("+", r"\+")):
        kube_yaml.parse(text)


FAULTS = {
    "a: [1, 2": (1, 4, "did not find expected ',' or ']' while parsing a flow sequence"),
    "a:\n  - [b, c\n  - d": (2, 5, "did not find expected ',' or ']' while parsing a flow sequence"),
    "a: {b: [c],\n": (1, 4, "did not find expected node content while parsing a flow node"),
    "a:\n  - [b,\n  - c": (2, 5, "did not find expected node content while parsing a flow node"),
    "a: [\n  b, ,\n]": (
        2,
        6,
        "did not find expected node content while parsing a flow node that begins 1 line above",
    ),
    "a: {b: c\nd: e": (1, 4, "did not find expected ',' or '}' while parsing a flow mapping"),
    "a: {\n  b: 1\n  c: 2\n}": (
        3,
        4,
        "did not find expected ',' or '}' while parsing a flow mapping that begins 2 lines above",
    ),
    'a: "b\nc: d': (1, 4, "found unexpected end of stream while scanning a quoted scalar"),
    "a: |\n  it's\nb: 'c\nd: e": (3, 4, "found unexpected end of stream while scanning a quoted scalar"),
    "a: 'b\n...\n": (1, 4, "found unexpected document indicator while scanning a quoted scalar"),
    'a: "b\nc: d\ne: "f"': (
        1,
        4,
        "quoted text does not end on this line: the next quotation mark, 2 lines below, ends it",
    ),
    'a: ["b\n c", d]\ne: "f" g': (
        3,
        8,
        "did not find expected key while parsing a block mapping that begins 2 lines above",
    ),
    'a: "b\n  c" d': (
        2,
        6,
        "did not find expected key while parsing a block mapping that begins 1 line above",
    ),
    "a: b\nc\nd: e": (2, 1, "could not find expected ':' while scanning a simple key"),
    "a:\n- b: c\n  d\n- e": (3, 3, "could not find expected ':' while scanning a simple key"),
    "a:\n  b: 1\n c: 2": (
        3,
        2,
        "did not find expected key while parsing a block mapping that begins 2 lines above",
    ),
    "a:\n\tb: 1": (2, 1, "found a tab where YAML wants spaces"),
    "a: .inf": (1, 4, "'.inf' is no number that JSON can hold"),
    "a: 1\n~: 2": (2, 1, "'~' cannot be a key, expected a string"),
    "a: 1\nb: \x01": (2, 4, "control characters are not allowed, found U+0001"),
    'a: "\\/"': (1, 4, "found unknown escape character '\\/'"),
    "a: *b": (1, 4, "found undefined alias"),
}


@pytest.mark.parametrize("text", FAULTS)
def test_a_fault_says_where_and_what(text: str) -> None:
    with pytest.raises(FileError) as raised:
        kube_yaml.parse(text)

    problem = raised.value.problem
    assert (problem.place.line, problem.place.column, problem.message) == FAULTS[text]


def test_an_escaped_slash_is_found_in_shared_and_nested_values() -> None:
    text = 'a: &a ["x"]\nb: [*a, *a, {c: "\\/"}]\n'

    with pytest.raises(FileError, match="escape"):
        kube_yaml.parse(text)


def test_key_text_is_only_that_of_scalars() -> None:
    node = kube_yaml.compose("yes: 1\n<<: {}\n? [a]\n: 1\n")
    assert node

    assert [kube_yaml.key_text(key) for key, _ in node.value] == ["true", None, None]


def test_an_empty_document_has_no_place() -> None:
    assert kube_yaml.find("", ("a",)) is None
