"""Items with equal keys are found wherever a schema says that lists are maps or sets, and only there."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chartkit.rules.schemas.compiled import RepeatedItem, find_lists

PORT = {"type": "object", "properties": {"port": {}, "protocol": {"default": "TCP"}}}
KEYED = {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["port", "protocol"]}
SCHEMA: dict[str, Any] = {
    "$ref": "#/$defs/1",
    "$defs": {
        "1": {
            "properties": {
                "ports": {**KEYED, "items": {"$ref": "#/$defs/2"}},
                "inner": {"additionalProperties": {"items": {"$ref": "#/$defs/1"}}},
                "set": {"x-kubernetes-list-type": "set"},
                "none": {"items": {"type": "object"}},
                "odd": {"x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": "port"},
                "any": True,
            }
        },
        "2": PORT,
    },
}
ONE = {
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": ["name"],
    "items": {"properties": {"name": True}},
}


def found(schema: Any, value: Any) -> list[RepeatedItem]:
    lists = find_lists(schema)
    return list(lists.repeated(value)) if lists else []


def test_defaults_count_when_keys_are_compared() -> None:
    value = {
        "ports": [{"port": 1}, {"port": 1, "protocol": "UDP"}, {"port": 1, "protocol": "TCP"}, {"port": 1}]
    }

    keys = (("port", 1), ("protocol", "TCP"))
    assert found(SCHEMA, value) == [
        RepeatedItem(("ports", 2), keys, 0, tolerated=False),
        RepeatedItem(("ports", 3), keys, 0, tolerated=False),
    ]


def test_sets_and_lists_below_maps_are_looked_into() -> None:
    assert [each.path for each in found(SCHEMA, {"set": [1, "1", [2], 1, {"a": [2]}, {"a": [2]}]})] == [
        ("set", 3),
        ("set", 5),
    ]
    schema = {"additionalProperties": {"items": ONE}}
    assert [each.path for each in found(schema, {"a": [[{"name": 1}, {"name": 1}]]})] == [("a", 0, 1)]


def test_true_is_not_one() -> None:
    assert found(ONE, [{"name": 1}, {"name": True}]) == []


def test_items_that_say_too_little_are_left_to_others() -> None:
    assert found(ONE, [{}, {}, None, 5, {"name": None}]) == []
    assert found(SCHEMA, {"ports": "x", "inner": 5, "set": {}, "odd": [{"port": 1}, {"port": 1}]}) == []


def test_a_schema_without_such_lists_has_no_find_lists() -> None:
    assert find_lists({"type": "object", "properties": {"a": {"items": {"type": "string"}}}}) is None


@given(st.lists(st.sampled_from(["a", "b", "c", None, 1, 1.5, True])))
def test_the_quick_look_agrees_with_the_search(names: list[Any]) -> None:
    value = [{"name": name} for name in names]
    known = [(type(name), name) for name in names if name is not None]

    assert len(found(ONE, value)) == len(known) - len(set(known))
