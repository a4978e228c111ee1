"""The limit is that of Kubernetes: 256 KiB of keys and values, counted in bytes."""

from __future__ import annotations

import pytest

from chartkit.model.place import ResourceId
from chartkit.model.render import Hit, Manifest
from chartkit.rules import load

LIMIT = 256 * 1024


def judge(annotations: object, kind: str = "ConfigMap", **body: object) -> list[Hit]:
    version = "apps/v1" if kind == "Deployment" else "v1"
    of = {"metadata": {"annotations": annotations}, **body}
    check = load()["annotations-too-large"].check
    assert check
    return list(check(Manifest("x", "", 1, ResourceId(version, kind, "", "web"), of)))


@pytest.mark.parametrize(
    ("annotations", "too_large"),
    [
        ({"key": "x" * (LIMIT - 3)}, False),
        ({"key": "x" * (LIMIT - 2)}, True),
        ({"key": "ä" * (LIMIT // 2 - 1)}, True),
        ({"a": "x" * (LIMIT // 2), "b": "x" * (LIMIT // 2)}, True),
        ({"a": ["x" * LIMIT]}, False),
        ({"a": "\ud800" * LIMIT}, True),
        ("x" * LIMIT * 2, False),
        (None, False),
    ],
)
def test_the_bytes_of_all_annotations_count(annotations: object, too_large: bool) -> None:
    assert [hit.path for hit in judge(annotations)] == [("metadata", "annotations")] * too_large


def test_the_message_counts_and_the_hint_names_the_largest() -> None:
    (hit,) = judge({"small": "x", "large": "x" * LIMIT})

    assert hit.message == f"annotations take {LIMIT + 11} bytes, {LIMIT} are allowed"
    assert hit.hint == f"move 'large' ({LIMIT} bytes) into a ConfigMap"


def test_pod_templates_are_judged_and_pods_once() -> None:
    large = {"metadata": {"annotations": {"a": "x" * LIMIT}}}

    in_template = judge(None, "Deployment", spec={"template": large})
    in_pod = judge(large["metadata"]["annotations"], "Pod")

    assert [hit.path for hit in in_template] == [("spec", "template", "metadata", "annotations")]
    assert len(in_pod) == 1
