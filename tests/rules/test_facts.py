"""Values merge as Helm merges them; files that cannot be read are empty."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.helm.values import coalesce
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.render import Objects
from chartkit.rules import facts


def objects(**files: str) -> Objects:
    named = {f"web/{name}.yaml": text.encode() for name, text in files.items()}
    chart = Chart("web", "web", "1", "", "v2", "application", "", (), named, {}, "")
    return Objects(Case("web", "web", Scenario("default"), "1.34.0"), chart, ())


def test_facts_hold_what_the_files_say() -> None:
    found = facts(objects(Chart="name: web", values="a: {b: 1, c: 2}\nd: 3"), {"a": {"b": 2}, "d": None})

    assert found.metadata == {"name": "web"}
    assert found.defaults == {"a": {"b": 1, "c": 2}, "d": 3}
    assert found.values == {"a": {"b": 2, "c": 2}}
    assert found.created_by == "helm"


@pytest.mark.parametrize("text", ["", "a: [", "text", "[1]", "\x00"])
def test_a_file_without_a_mapping_is_empty(text: str) -> None:
    found = facts(objects(values=text), {"a": 1})

    assert (found.metadata, found.defaults, found.values) == ({}, {}, {"a": 1})


@pytest.mark.parametrize(
    ("defaults", "given", "expected"),
    [
        ({"a": {"b": 1}}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": {"b": 2}}, {"a": {"b": 2}}),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"b": 1}}, {"a": {"b": None}}, {"a": {}}),
        ({"a": 1}, {"b": None}, {"a": 1}),
        ({"a": False}, {"a": True}, {"a": True}),
    ],
)
def test_given_values_stand_over_defaults(defaults: Any, given: Any, expected: Any) -> None:
    assert coalesce(defaults, given) == expected


VALUES = st.dictionaries(
    st.sampled_from("abc"),
    st.recursive(
        st.integers(), lambda each: st.dictionaries(st.sampled_from("abc"), each, max_size=2), max_leaves=6
    ),
    max_size=3,
)


@given(VALUES, VALUES)
def test_nothing_that_is_given_is_lost_and_nothing_is_changed_in_place(low: Any, high: Any) -> None:
    before = copy.deepcopy((low, high))

    merged = coalesce(low, high)

    assert coalesce(merged, high) == merged
    assert coalesce(low, {}) == low
    assert (low, high) == before
