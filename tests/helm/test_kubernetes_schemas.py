"""What ships is what its source gives, and only what a kind needs is read."""

from __future__ import annotations

import importlib.util
import json
import pathlib
from types import ModuleType
from typing import Any

import pytest

from chartkit import schemas_folder
from chartkit.helm import kubernetes_schemas
from chartkit.helm.kubernetes_schemas import known_versions

pytest.importorskip("kubernetes_validate", reason="the source of the schemas is a development dependency")
FOLDER = schemas_folder() / "kubernetes"
FILES = ["definitions.jsonl", "index.json", "names.json"]


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("kubernetes_build", FOLDER / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_shipped_schemas_are_what_the_generator_makes(build: ModuleType) -> None:
    shipped = {name: (FOLDER / name).read_text("utf-8") for name in FILES}

    assert build.build() == shipped, "run make schemas"


def test_the_generator_writes_into_a_folder(build: ModuleType, tmp_path: pathlib.Path) -> None:
    build.main(tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_a_mend_of_an_unknown_field_stops_the_build(
    build: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(build.mends._KEYWORDS, "core.v1.Container.imagination", {"minimum": 0})

    with pytest.raises(SystemExit, match="imagination"):
        build.build()


def test_no_two_definitions_are_equal() -> None:
    lines = kubernetes_schemas._lines()

    assert len(set(lines)) == len(lines)


def test_every_line_is_reachable_from_a_kind() -> None:
    index = kubernetes_schemas._index()
    roots = {line for kinds in index.kinds.values() for row in kinds.values() for line in row if line}
    roots |= {line for row in index.parts.values() for line in row}

    assert len(kubernetes_schemas.of(roots)) == len(kubernetes_schemas._lines())


def _items(version: str, name: str, field: str) -> dict[str, Any]:
    found = kubernetes_schemas.of([kubernetes_schemas.line_of(version, "apps/v1", "Deployment")])
    return next(part["properties"][field] for part in found.values() if part.get("title") == name)


@pytest.mark.parametrize("version", known_versions())
@pytest.mark.parametrize(
    ("name", "field", "keys"),
    [
        ("Container", "env", ["name"]),
        ("Container", "ports", ["containerPort", "protocol"]),
        ("Container", "volumeMounts", ["mountPath"]),
        ("PodSpec", "containers", ["name"]),
        ("PodSpec", "initContainers", ["name"]),
        ("PodSpec", "volumes", ["name"]),
    ],
)
def test_every_version_has_the_keys_of_lists(version: str, name: str, field: str, keys: list[str]) -> None:
    assert _items(version, name, field)["x-kubernetes-list-map-keys"] == keys


@pytest.mark.parametrize("version", known_versions())
def test_every_version_has_the_kinds_that_charts_are_made_of(version: str) -> None:
    kinds = [
        ("v1", "Service"),
        ("v1", "Pod"),
        ("apps/v1", "Deployment"),
        ("batch/v1", "CronJob"),
        ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ("rbac.authorization.k8s.io/v1", "ClusterRole"),
    ]

    assert all(kubernetes_schemas.line_of(version, *kind) for kind in kinds)
    assert kubernetes_schemas.line_of(version, "rbac/v1", "ClusterRole") == 0


def test_nothing_but_json_schema_and_our_own_words_is_left() -> None:
    known = {
        *(
            "$ref",
            "additionalProperties",
            "default",
            "enum",
            "if",
            "items",
            "maxLength",
            "maximum",
            "minLength",
        ),
        *("minimum", "pattern", "properties", "propertyNames", "required", "then", "title", "type"),
        *(
            "x-chartkit-expected",
            "x-chartkit-tolerated",
            "x-kubernetes-list-map-keys",
            "x-kubernetes-list-type",
        ),
    }

    def keywords(schema: Any) -> set[str]:
        if not isinstance(schema, dict):
            return set()
        inner = [*schema.get("properties", {}).values()]
        inner += [schema.get(key) for key in ("items", "additionalProperties", "then", "if", "propertyNames")]
        return set(schema).union(*map(keywords, inner))

    assert set().union(*(keywords(json.loads(line)) for line in kubernetes_schemas._lines())) == known
