"""Schemas of values that lead out of their chart are left out, and no others are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chartkit import helm
from chartkit.helm import value_schemas

ALONE: list[Any] = [
    {},
    True,
    {"properties": {"a": {"$ref": "#/definitions/a"}}, "definitions": {"a": {"type": "string"}}},
    {"$id": "https://example.com/web.json", "$ref": "#/$defs/a", "$defs": {"a": {}}},
    {
        "$id": "https://example.com/web.json",
        "$ref": "https://example.com/web.json#/$defs/a",
        "$defs": {"a": {}},
    },
    {"$id": "https://example.com/web.json", "$ref": "part.json", "$defs": {"a": {"$id": "part.json"}}},
    {"properties": {"$ref": {"type": "string"}, "id": {"type": "string"}}},
    {"$schema": "http://json-schema.org/draft-07/schema#"},
    {"$schema": "https://json-schema.org/draft-07/schema"},
    {"$schema": "https://json-schema.org/draft/2020-12/schema"},
    {"$ref": "https://json-schema.org/draft/2019-09/meta/core"},
]
OUTSIDE = [
    "https://example.com/definitions.json#/a",
    "definitions.json",
    "../values.schema.json",
    "file:///etc/hostname",
    "http://[bad/x",
]


@pytest.mark.parametrize("schema", ALONE, ids=str)
def test_a_schema_that_says_all_itself_is_kept(schema: Any) -> None:
    files = {"web/values.schema.json": json.dumps(schema).encode()}
    assert value_schemas.external(files) == {}
    assert value_schemas.without_external(files) is files


@pytest.mark.parametrize("reference", OUTSIDE)
def test_a_schema_that_refers_to_another_is_left_out(reference: str) -> None:
    schema = json.dumps({"properties": {"a": {"items": [{"$ref": reference}]}}}).encode()
    others = {"web/x.json": schema, "web/files/values.schema.json": schema}
    files = {"web/charts/sub/values.schema.json": schema, **others}
    assert value_schemas.external(files) == {"web/charts/sub/values.schema.json": reference}
    assert value_schemas.without_external(files) == others


@pytest.mark.parametrize("address", ["http://[bad", "http://[bad#x", "https://example.com/a"])
def test_an_address_that_is_none_stops_nothing(address: str) -> None:
    schema = {"$id": address, "$ref": "http://[worse/x#y", "$defs": {"a": {"$id": "http://[bad/y"}}}
    files = {"web/values.schema.json": json.dumps(schema).encode()}
    assert list(value_schemas.external(files).values()) == ["http://[worse/x#y"]


def test_a_dialect_that_is_an_address_counts_and_an_escaped_key_does_not_hide_it() -> None:
    files = {"web/values.schema.json": b'{"\\u0024schema": "https://example.com/dialect"}'}
    assert value_schemas.external(files) == {"web/values.schema.json": "https://example.com/dialect"}


@pytest.mark.parametrize("content", [b"{", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_left_to_helm(content: bytes) -> None:
    assert value_schemas.external({"web/values.schema.json": content}) == {}


def test_a_chart_is_rendered_without_such_a_schema_and_a_neighbour_keeps_its_own(
    embedded: helm.Engine, make_chart: Any, make_case: Any
) -> None:
    sub = {"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n"}
    chart = make_chart({"values.schema.json": '{"$ref": "file:///nowhere/x.json"}', **sub})
    for _ in range(2):
        assert helm.render(embedded, chart, make_case(chart)).failure is None
    own = '{"required": ["q"]}'
    chart = make_chart(
        {"values.schema.json": '{"$ref": "https://x.invalid/"}', **sub, "charts/sub/values.schema.json": own}
    )
    failure = helm.render(embedded, chart, make_case(chart)).failure
    assert failure is not None
    assert failure.kind == "values-schema"
