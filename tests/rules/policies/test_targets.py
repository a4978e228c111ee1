"""Targets name parts of objects, and lead back to them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.place import Path, ResourceId
from chartkit.model.render import Manifest
from chartkit.rules.policies._policy import parse_targets, parts

BODY: dict[str, Any] = {
    "metadata": {"labels": {"a/b~c": "1"}, "name": None},
    "spec": {
        "template": {"metadata": {"labels": {"app": "web"}}},
        "ports": [{"name": "http", "port": 80}, {"port": 81}, "text", {"name": "http", "port": 82}],
    },
}
DEPLOYMENT = Manifest("x", "", 1, ResourceId("apps/v1", "Deployment", "", "web"), BODY)


def found(*targets: str, manifest: Manifest = DEPLOYMENT) -> list[tuple[Path, Any]]:
    return [(part.path, part.value) for part in parts(parse_targets(targets), manifest)]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("", [((), BODY)]),
        ("/metadata/labels/a~1b~0c", [(("metadata", "labels", "a/b~c"), "1")]),
        ("/metadata/*", [(("metadata", "labels"), {"a/b~c": "1"})]),
        ("/spec/ports/0/port", [(("spec", "ports", 0, "port"), 80)]),
        (
            "/spec/ports/*/port",
            [(("spec", "ports", index, "port"), 80 + index - (index > 1)) for index in (0, 1, 3)],
        ),
        ("/**/app", [(("spec", "template", "metadata", "labels", "app"), "web")]),
        ("{pod}/metadata/labels", [(("spec", "template", "metadata", "labels"), {"app": "web"})]),
        ("{pod}", [(("spec", "template"), BODY["spec"]["template"])]),
        ("/nothing/here", []),
        ("/metadata/name", []),
    ],
)
def test_a_target_names_parts(target: str, expected: list[tuple[Path, Any]]) -> None:
    assert found(target) == expected


def test_a_part_that_two_targets_name_comes_once() -> None:
    assert len(found("/metadata/labels", "/*/labels", "/**/labels")) == 2


def test_a_pod_is_its_own_template_and_other_kinds_have_none() -> None:
    pod = Manifest("x", "", 1, ResourceId("v1", "Pod", "", "web"), {"metadata": {"labels": {"a": "b"}}})
    secret = Manifest("x", "", 1, ResourceId("v1", "Secret", "", "web"), BODY)

    assert found("/metadata/labels", "{pod}/metadata/labels", manifest=pod) == [
        (("metadata", "labels"), {"a": "b"})
    ]
    assert found("{pod}/metadata/labels", manifest=secret) == []


def test_a_list_may_be_taken_as_a_mapping() -> None:
    (part,) = parts(parse_targets(["/spec/ports[name]"]), DEPLOYMENT)

    assert part.value == {"http": {"name": "http", "port": 80}}
    assert part.full(("http", "port")) == ("spec", "ports", 0, "port")
    assert part.full(("https",)) == ("spec", "ports", "https")
    assert part.full(()) == ("spec", "ports")


def test_what_is_no_list_is_an_empty_mapping() -> None:
    (part,) = parts(parse_targets(["/metadata/labels[name]"]), DEPLOYMENT)

    assert part.value == {}


VALUES = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text("ab/~", max_size=2), each, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(st.text("ab", min_size=1, max_size=1), VALUES, max_size=3))
def test_any_depth_finds_every_part_where_it_is(body: dict[str, Any]) -> None:
    manifest = Manifest("x", "", 1, ResourceId("v1", "X", "", "x"), body)

    for path, value in found("/**", manifest=manifest):
        reached: Any = body
        for step in path:
            reached = reached[step]
        assert reached is value
