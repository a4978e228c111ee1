"""Paths lead to what reports name by them, and one that leads nowhere says where it ended."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.diff.steps import Label, steps
from chartkit.golden.diff.values import changes
from chartkit.model.place import dotted, pointer
from chartkit.testing.paths import NotFound, listed, look

BODY: dict[str, Any] = {
    "metadata": {"labels": {"app.kubernetes.io/name": "web", "app": "x"}, "name": "web"},
    "spec": {
        "replicas": 3,
        "containers": [
            {"name": "web", "image": "a:1", "ports": [{"containerPort": 80}, {"containerPort": 81}]},
            {"name": "proxy", "image": "b:2"},
        ],
        "paused": None,
        "0": "zero",
    },
}

FOUND = [
    ("spec.replicas", 3),
    (".spec.replicas", 3),  # as jq and yq write it
    ("/spec/replicas", 3),
    (("spec", "replicas"), 3),
    ("spec.containers[0].image", "a:1"),
    ("spec.containers[-1].image", "b:2"),
    ("spec.containers[proxy].image", "b:2"),
    ("spec.containers[web].ports[81/TCP].containerPort", 81),
    ("spec.containers[web].ports[0].containerPort", 80),
    ("/spec/containers/1/image", "b:2"),
    ('metadata.labels["app.kubernetes.io/name"]', "web"),
    ("metadata.labels['app.kubernetes.io/name']", "web"),
    ("/metadata/labels/app.kubernetes.io~1name", "web"),
    (("metadata", "labels", "app.kubernetes.io/name"), "web"),
    ("metadata.labels[app]", "x"),
    ("spec.paused", None),
    ("spec[0]", "zero"),
    ("", BODY),
]


@pytest.mark.parametrize(("path", "value"), FOUND)
def test_a_path_leads_to_a_value(path: str | tuple[str | int, ...], value: object) -> None:
    assert look(BODY, path, "Deployment/web") == value


LOST = [
    ("spec.replica", "spec of Deployment/web has no 'replica': did you mean 'replicas'?"),
    ("status", "Deployment/web has no 'status': it has metadata, spec"),
    (
        "spec.containers[2]",
        "spec.containers of Deployment/web has no item [2]: it holds 2 items (web, proxy)",
    ),
    (
        "spec.containers[x]",
        "spec.containers of Deployment/web has no item [x]: it holds 2 items (web, proxy)",
    ),
    (
        "/spec/containers/x",
        "spec.containers of Deployment/web has no item [x]: it holds 2 items (web, proxy)",
    ),
    ("spec.replicas.x", "spec.replicas of Deployment/web is 3: there is no 'x' in it"),
    (
        "spec.containers[0].ports[99]",
        "spec.containers[0].ports of Deployment/web has no item [99]: it holds 2 items",
    ),
    (
        "metadata.labels.app.kubernetes.io/name",
        "metadata.labels.app of Deployment/web is \"x\": there is no 'kubernetes' in it",
    ),
]


@pytest.mark.parametrize(("path", "message"), LOST)
def test_a_path_that_leads_nowhere_says_where_it_ends_and_what_is_there(path: str, message: str) -> None:
    with pytest.raises(NotFound) as caught:
        look(BODY, path, "Deployment/web")
    assert str(caught.value) == message


def test_a_key_with_dots_that_was_taken_apart_is_written_out() -> None:
    body = {"metadata": {"labels": {"app.kubernetes.io/name": "web"}}}
    with pytest.raises(NotFound, match=r'write metadata\.labels\["app\.kubernetes\.io/name"\]$'):
        look(body, "metadata.labels.app.kubernetes.io/name", "Deployment/web")


def test_what_is_in_a_chart_cannot_write_on_a_terminal() -> None:
    with pytest.raises(NotFound) as caught:
        look({"\x1b[31m": 1}, "x", "Deployment/web")
    assert "\x1b" not in str(caught.value)


def test_a_name_that_two_items_bear_is_no_place() -> None:
    twins = {"env": [{"name": "A", "value": 1}, {"name": "A", "value": 2}]}
    with pytest.raises(NotFound, match=r"env of it has several items \[A\]"):
        look(twins, "env[A]", "it")


@pytest.mark.parametrize("path", ["spec..replicas", "spec.", "[", "spec[", 'a["b', "a[]"])
def test_what_is_no_path_is_refused_with_an_example(path: str) -> None:
    with pytest.raises(ValueError, match="cannot read the path"):
        steps(path)


KEYS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
STEPS = st.lists(KEYS | st.integers(0, 99), min_size=1, max_size=5).map(tuple)


@given(STEPS)
def test_the_paths_of_differences_and_of_findings_are_read_back(path: tuple[str | int, ...]) -> None:
    assert steps(dotted(path)) == path
    assert steps(pointer(path)) == tuple(map(str, path))


def test_where_a_difference_is_can_be_pasted() -> None:
    new = {"spec": {"containers": [{"name": "web", "ports": [{"containerPort": 80, "hostPort": 1}]}]}}
    old = {"spec": {"containers": [{"name": "web", "ports": [{"containerPort": 80, "hostPort": 2}]}]}}
    [change] = changes(old, new)
    assert change.where == "spec.containers[web].ports[80/TCP].hostPort"
    assert look(new, change.where, "it") == 1


def test_a_label_is_a_step_of_its_own() -> None:
    assert steps("a[b].c[0]") == ("a", Label("b"), "c", 0)


def test_long_lists_are_cut() -> None:
    assert listed(["a", "b", "c"], most=2) == "a, b, and 1 more"
