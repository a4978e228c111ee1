from __future__ import annotations

import copy
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.changing_lines import MARKER
from chartkit.golden.diff.values import changes, similarity
from chartkit.model.place import dotted

SCALARS = st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(), st.text("ab\n", max_size=4))
KEYS = st.sampled_from(["name", "key", "port", "a", "b/c"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=5), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=20,
)


def told(old: Any, new: Any) -> list[tuple[str, str, Any, Any]]:
    return [(change.where, change.kind, change.old, change.new) for change in changes(old, new)]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param({"a": 1}, {"a": 2}, [("a", "changed", 1, 2)], id="a value"),
        pytest.param({"a": 1}, {"a": "1"}, [("a", "changed", 1, "1")], id="its type"),
        pytest.param({"a": 1}, {"a": True}, [("a", "changed", 1, True)], id="one is not true"),
        pytest.param({"a": 1}, {"b": 1}, [("a", "removed", 1, None), ("b", "added", None, 1)], id="a key"),
        pytest.param({"a": 1, "b": 2}, {"b": 2, "a": 1}, [], id="the order of keys is nothing"),
        pytest.param({"a": {}}, {"a": []}, [("a", "changed", {}, [])], id="a mapping is not a list"),
        pytest.param({"a": math.nan}, {"a": math.nan}, [], id="not a number equals itself"),
        pytest.param(
            {"labels": {"app.kubernetes.io/name": "x"}},
            {"labels": {"app.kubernetes.io/name": "y"}},
            [('labels["app.kubernetes.io/name"]', "changed", "x", "y")],
            id="a key that is no word is quoted",
        ),
        pytest.param(
            [{"name": "a", "v": 1}, {"name": "b"}],
            [{"name": "x"}, {"name": "a", "v": 2}, {"name": "b"}],
            [("[a].v", "changed", 1, 2), ("[x]", "added", None, {"name": "x"})],
            id="an inserted item does not shift its neighbours",
        ),
        pytest.param(
            [{"name": "a"}, {"name": "b"}],
            [{"name": "b"}, {"name": "a"}],
            [("", "moved", ["a", "b"], ["b", "a"])],
            id="named items that only move",
        ),
        pytest.param(
            [{"name": "a", "image": "x", "tty": True}],
            [{"name": "b", "image": "x", "tty": True}],
            [("[b].name", "changed", "a", "b")],
            id="a renamed item",
        ),
        pytest.param(
            [{"containerPort": 80}, {"containerPort": 80, "protocol": "UDP"}],
            [
                {"containerPort": 80, "protocol": "TCP", "hostPort": 1},
                {"containerPort": 80, "protocol": "UDP"},
            ],
            [("[80/TCP].protocol", "added", None, "TCP"), ("[80/TCP].hostPort", "added", None, 1)],
            id="ports by number and protocol, whose default is TCP",
        ),
        pytest.param(
            [{"mountPath": "/a", "name": "v"}, {"mountPath": "/b", "name": "v"}],
            [{"mountPath": "/b", "name": "v"}],
            [("[/a]", "removed", {"mountPath": "/a", "name": "v"}, None)],
            id="mounts of one volume by path",
        ),
        pytest.param(
            [{"kind": "A", "name": "x"}, {"kind": "B", "name": "x"}],
            [{"kind": "B", "name": "x"}],
            [("[A/x]", "removed", {"kind": "A", "name": "x"}, None)],
            id="subjects by kind and name",
        ),
        pytest.param(["a", "b"], ["x", "a", "b"], [("[0]", "added", None, "x")], id="an inserted argument"),
        pytest.param(
            ["a", "b", "c"], ["a", "x", "c"], [("[1]", "changed", "b", "x")], id="a changed argument"
        ),
        pytest.param(
            ["a", "b", "z"],
            ["c", "d", "z"],
            [("[0]", "changed", "a", "c"), ("[1]", "changed", "b", "d")],
            id="changed arguments one by one",
        ),
        pytest.param(["a", "b", "c"], ["a", "c"], [("[1]", "removed", "b", None)], id="a removed argument"),
        pytest.param(
            ["a", "b", "c"],
            ["c", "a", "b"],
            [("", "moved", ["a", "b", "c"], ["c", "a", "b"])],
            id="moved arguments",
        ),
        pytest.param(
            [{"apiGroups": ["a"], "verbs": ["get", "list", "watch"]}, {"apiGroups": ["b"]}],
            [{"apiGroups": ["a"], "verbs": ["get", "list", "watch", "patch"]}, {"apiGroups": ["b"]}],
            [("[0].verbs[3]", "added", None, "patch")],
            id="items without a name by likeness",
        ),
        pytest.param(
            [{"x": {"deep": 1}}, 1],
            [{"x": {"deep": 2}}, 1],
            [("[0].x.deep", "changed", 1, 2)],
            id="mixed items",
        ),
        pytest.param(
            [{"name": {"a": 1}}],
            [{"name": {"a": 2}}],
            [("[0].name.a", "changed", 1, 2)],
            id="a name that is no scalar names nothing",
        ),
        pytest.param({"p": f"{MARKER}"}, {"p": 123}, [], id="a masked value equals any"),
        pytest.param(
            {"p": f"a {MARKER}"}, {"p": "b"}, [("p", "changed", f"a {MARKER}", "b")], id="but not another"
        ),
    ],
)
def test_differences_are_told_by_path(old: Any, new: Any, expected: list[Any]) -> None:
    assert told(old, new) == expected


def test_paths_count_in_the_new_list_and_of_what_is_gone_in_the_old() -> None:
    old, new = [{"name": "gone"}, {"name": "a", "v": 1}], [{"name": "a", "v": 2}]
    assert [change.path for change in changes(old, new)] == [(0, "v"), (0,)]


def test_long_lists_are_compared_position_by_position() -> None:
    old = [[number] for number in range(600)]
    new = [[number + 1000] for number in range(600)]
    assert len(told(old, new)) == 600


def test_one_old_item_is_likened_to_one_new_item() -> None:
    old = [{"v": 1, "w": 1, "x": 1, "y": 1}, {"v": 2, "w": 1, "x": 1, "y": 1}]
    assert told(old, [{"v": 3, "w": 1, "x": 1, "y": 1}, *({"z": n} for n in range(2))])[:2] == [
        ("[1]", "removed", old[1], None),
        ("[0].v", "changed", 1, 3),
    ]


def test_many_items_without_names_are_not_all_compared_with_all() -> None:
    old = [{"v": number, "same": 1} for number in range(30)]
    new = [{"v": number + 100, "same": 1} for number in range(30)]
    assert {change.kind for change in changes(old, new)} == {"removed", "added"}


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value: Any) -> None:
    assert told(value, copy.deepcopy(value)) == []


@given(VALUES, VALUES)
def test_values_without_differences_read_the_same(old: Any, new: Any) -> None:
    if not told(old, new):
        assert repr(_sorted(old)) == repr(_sorted(new))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    return [*map(_sorted, value)] if isinstance(value, list) else value


def test_likeness_is_the_share_of_common_leaves() -> None:
    assert similarity({"a": 1, "b": 2}, {"a": 1, "b": 3}) == 0.5
    assert similarity({"a": {}}, {"a": {}}) == 1.0
    assert similarity([1, [2]], [[2], 1]) == 1.0


def test_a_path_reads_like_code() -> None:
    assert dotted(("spec", "containers", 0, "a.b/c", "x-y")) == 'spec.containers[0]["a.b/c"].x-y'
