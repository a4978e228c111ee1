"""``--set`` and its kin do what Helm's own parser does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chartkit.helm import set_values
from tests.generated import examples

ORACLES = {
    "set": "helm_strvals_parse",
    "set-string": "helm_strvals_parse_string",
    "set-json": "helm_strvals_parse_json",
    "set-literal": "helm_strvals_parse_literal",
}


def oracle(flag: str, expression: str) -> Any:
    """What Helm makes of *expression*; None where it refuses it."""
    from helm_python import _native, errors

    try:
        return json.loads(_native.call_string(ORACLES[flag], expression))
    except errors.HelmError:
        return None


def ours(flag: str, expression: str, values: dict[str, Any] | None = None) -> Any:
    values = {} if values is None else values
    try:
        set_values.apply(flag, expression, values, lambda name: f"<{name}>")
    except set_values.SetSyntax:
        return None
    return values


words = st.text(alphabet='ab.=,[]{}\\01-"tn: é', max_size=14)
keys = st.sampled_from(["a", "b", "a.b", "a[0]", "b[1].c", "a[0][1]", "a\\.b", "", "a[2]", "b.c.d", "a b"])
some = st.sampled_from(
    ["1", "", "null", "true", "{1,2}", "{}", "x\\,y", "007", "-5", "[1]", '{"k": [1, null]}', "1.5", "0"]
)
likely = st.lists(st.tuples(keys, some).map("=".join), max_size=4).map(",".join)


@pytest.mark.parametrize("flag", ORACLES)
@examples(400)
@given(expression=st.one_of(words, likely))
@example("a=1,")
@example("a,")
@example("a")
@example("a.")
@example("a[0]")
@example("a[0].")
@example("a[0]=")
@example("a={")
@example("a={1,2")
@example("a={1,2}x=3")
@example("a[-1]=1")
@example("a[70000]=1")
@example("a[x]=1")
@example("a[0]x=1")
@example("a=1,a.b=2")
@example("a=1,a[0]=2")
@example("=1")
@example("a\\")
@example("a=\\")
@example("a=True,b=NULL,c=FALSE,d=0,e=00,f=+5,g=-0,h=9223372036854775808")
@example("a=1.0,b=1e3,c= 1,d=0x1f")
@example(".".join("a" * 40) + "=1")
@example('a={"b":1}, c=[1,2] ,d=')
@example("a=NaN")
def test_expressions_give_what_helm_gives(flag: str, expression: str) -> None:
    try:
        set_values.apply(flag, expression, {}, str)
    except set_values.SetSyntax as error:
        assume("EOF" not in str(error))  # Helm 3 and 4.1 refuse an index without its end, 4.2 forgets it
    assume(flag != "set-json" or not expression.strip().startswith("{"))
    assert ours(flag, expression) == oracle(flag, expression)


EDITS: list[tuple[str, str, dict[str, Any], Any]] = [
    ("set", "a[1]=x", {"a": [1, 2, 3]}, {"a": [1, "x", 3]}),
    ("set", "a[4]=x", {"a": [1]}, {"a": [1, None, None, None, "x"]}),
    ("set", "a[0].b=x", {"a": [{"b": 1, "c": 2}]}, {"a": [{"b": "x", "c": 2}]}),
    ("set", "a[0].b=x", {"a": ["text"]}, {"a": [{"b": "x"}]}),
    ("set", "a[0][1]=x", {"a": [None]}, {"a": [[None, "x"]]}),
    ("set", "a[0][1]=x", {"a": ["text"]}, None),
    ("set", "a[0]=x", {"a": None}, None),
    ("set", "a.b=x", {"a": None}, None),
    ("set", "a.b=null", {"a": {"b": 1, "c": 2}}, {"a": {"b": None, "c": 2}}),
    ("set", "a.b=x", {"a": "text"}, None),
    ("set-file", "a.b=x y.txt,c=z", {}, {"a": {"b": "<x y.txt>"}, "c": "<z>"}),
    ("set-json", '{"a": {"b": null}}', {"a": {"c": 1}}, {"a": {"b": None, "c": 1}}),
    ("set-json", ' {"a": ', {}, None),
    ("set-json", '{"a": Infinity}', {}, None),
    ("set-json", "a[1].b=[1]", {"a": [1]}, {"a": [1, {"b": [1]}]}),
    ("set-literal", "a.b=x,c=\\d", {}, {"a": {"b": "x,c=\\d"}}),
    ("set-literal", "a[0].b=,", {}, {"a": [{"b": ","}]}),
    ("set", "a" + "[0]" * 5000 + "=1", {}, None),
]


@pytest.mark.parametrize(("flag", "expression", "values", "wanted"), EDITS)
def test_expressions_edit_values_that_are_there(
    flag: str, expression: str, values: dict[str, Any], wanted: Any
) -> None:
    assert ours(flag, expression, values) == wanted


def test_only_numbers_of_set_are_integers() -> None:
    values = ours("set", "a=10,b={1,x}")
    assert isinstance(values["a"], set_values.Integer)
    assert isinstance(values["b"][0], set_values.Integer)
    assert not isinstance(ours("set-json", "a=10")["a"], set_values.Integer)


tables = st.recursive(
    st.one_of(st.none(), st.integers(0, 3), st.text("xy", max_size=2)),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
).filter(lambda value: isinstance(value, dict))


@given(tables, tables)
def test_merging_keeps_what_is_not_replaced(base: dict[str, Any], over: dict[str, Any]) -> None:
    merged = set_values.merge(base, over)
    assert set(merged) == {*base, *over}
    for key, value in over.items():
        both = isinstance(value, dict) and isinstance(base.get(key), dict)
        assert merged[key] == (set_values.merge(base[key], value) if both else value)
