"""Custom resources whose definitions are broken, hostile or say more than is evaluated."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from chartkit.helm import manifests
from chartkit.model.render import Manifest
from chartkit.rules.schemas.validator import Validator


def resource(text: str) -> Manifest:
    (manifest,) = manifests.read(f"kind: Ship\nmetadata: {{name: a}}\n{text}")[0]
    return manifest


def crd(schema: Any, **version: Any) -> dict[str, Any]:
    one = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}, **version}
    return {"spec": {"group": "example.com", "names": {"kind": "Ship"}, "versions": [one]}}


def test_cel_rules_are_told_where_the_object_has_what_they_are_about() -> None:
    rule = {"rule": "self.a\n  > 0"}
    inner = {"type": "object", "x-kubernetes-validations": [rule], "properties": {"a": {"type": "integer"}}}
    schema = {
        "type": "object",
        "properties": {
            "spec": inner,
            "list": {"type": "array", "items": inner},
            "map": {"type": "object", "additionalProperties": inner},
            "other": inner,
        },
        "x-kubernetes-validations": [{"rule": "has(self.spec)"}, {"message": "no rule"}, 5],
    }
    validator = Validator("1.34.0", [crd(schema)])
    manifest = resource(
        "apiVersion: example.com/v1\nspec: {a: 1}\nlist: [{a: 1}, {a: 2}]\nmap: {x: {}, y: {}}\nother:\n"
    )

    assert validator.judge(manifest) == ()
    assert validator.unevaluated(manifest) == (
        "CEL rule of the object: has(self.spec)",
        "CEL rule of spec: self.a > 0",
        "CEL rule of list.*: self.a > 0",
        "CEL rule of map.*: self.a > 0",
    )


def test_a_pattern_that_no_engine_takes_is_not_evaluated_and_the_rest_is() -> None:
    properties = {"a": {"type": "string", "pattern": "(?=x)y"}, "b": {"type": "string", "pattern": "^x$"}}
    validator = Validator("1.34.0", [crd({"type": "object", "properties": properties})])
    manifest = resource("apiVersion: example.com/v1\na: z\nb: z\n")

    assert [hit.path for hit in validator.judge(manifest) or ()] == [("b",)]
    assert validator.unevaluated(manifest) == ("pattern '(?=x)y', which cannot be compiled",)


@pytest.mark.parametrize(
    "schema",
    [
        None,
        5,
        {"type": "object", "properties": {"a": {"type": "objekt"}}},
        {"type": "object", "properties": {"a": 5}},
        {"type": "object", "properties": [1]},
        {"type": "array", "items": [{"type": "string"}]},
        {"minimum": "one"},
        {"required": "a"},
        {"type": "object", "properties": {"a": {"type": {}}}},
        {"anyOf": [5]},
    ],
)
def test_a_definition_that_cannot_be_used_is_said_to_be_so(schema: Any) -> None:
    validator = Validator("1.34.0", [crd(schema)])
    manifest = resource("apiVersion: example.com/v1\n")

    assert validator.judge(manifest) is None
    assert validator.unevaluated(manifest)[0].startswith("its definition has ")


@pytest.mark.parametrize(
    "definition",
    [None, 5, [], {}, {"spec": 5}, {"spec": {"group": 5}}, {"spec": {"group": "example.com", "names": []}}],
)
def test_what_is_no_definition_is_ignored(definition: Any) -> None:
    assert Validator("1.34.0", [definition]).judge(resource("apiVersion: example.com/v1\n")) is None


def test_of_two_definitions_the_one_that_serves_the_version_judges() -> None:
    old = crd({"type": "object"}, name="v1alpha1")
    broken = {"spec": {**old["spec"], "versions": [5, {"name": "v1", "served": False}]}}
    validator = Validator(
        "1.34.0", [broken, old, crd({"type": "object", "properties": {"a": {"type": "string"}}})]
    )

    assert [hit.rule for hit in validator.judge(resource("apiVersion: example.com/v1\na: 1\n")) or ()] == [
        "field-invalid"
    ]
    assert [
        hit.rule for hit in validator.judge(resource("apiVersion: example.com/v1alpha1\na: 1\n")) or ()
    ] == ["field-unknown"]


@pytest.mark.parametrize("versions", [None, []])
def test_a_definition_without_versions_serves_none(versions: Any) -> None:
    spec = {**crd({})["spec"], "versions": versions}
    manifest = resource("apiVersion: example.com/v1\n")
    validator = Validator("1.34.0", [{"spec": spec}])
    (hit,) = validator.judge(manifest) or ()

    assert hit.message == "version 'v1' of Ship (example.com) is unknown: its definition serves none"
    assert validator.unevaluated(manifest) == ()


def test_definitions_of_the_old_form_are_understood() -> None:
    spec = {
        "group": "example.com",
        "names": {"kind": "Ship"},
        "version": "v1",
        "subresources": {"status": {}},
        "validation": {"openAPIV3Schema": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }
    validator = Validator("1.34.0", [{"spec": spec}])

    assert [
        hit.path for hit in validator.judge(resource("apiVersion: example.com/v1\na: 1\nstatus: {}\n")) or ()
    ] == [("a",)]


def test_judging_changes_neither_object_nor_definition() -> None:
    properties = {
        "a": {
            "type": "object",
            "default": {"b": {}},
            "properties": {
                "b": {
                    "type": "object",
                    "properties": {"c": {"type": "array", "default": [], "items": {"type": "string"}}},
                }
            },
        }
    }
    definition = crd({"type": "object", "properties": properties})
    before = copy.deepcopy(definition)
    manifest = resource("apiVersion: example.com/v1\na:\n")
    body = copy.deepcopy(manifest.body)

    assert Validator("1.34.0", [definition]).judge(manifest) == ()
    assert (definition, manifest.body) == (before, body)


def test_a_deep_definition_is_no_trouble() -> None:
    schema: dict[str, Any] = {"type": "string"}
    for _ in range(90):
        schema = {"type": "object", "properties": {"a": schema}}
    text = "{a: " * 90 + "5" + "}" * 90

    (hit,) = (
        Validator("1.34.0", [crd(schema)]).judge(resource(f"apiVersion: example.com/v1\na: {text[4:-1]}\n"))
        or ()
    )
    assert hit.path == ("a",) * 90
