"""Schemas of values that lead out of their chart are left out, and no others are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chartkit.helm import engines, value_schemas

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


DIALECT = "https://json-schema.org/draft/2020-12/schema"
SHARED: dict[str, Any] = {
    "$schema": DIALECT,
    "type": "object",
    "additionalProperties": False,
    "$defs": {
        "text": {"type": "string", "minLength": 1},
        "image": {
            "type": ["object", "null"],
            "additionalProperties": False,
            "required": ["name"],
            "properties": {"name": {"$ref": "#/$defs/text"}, "tag": {"$ref": "#/$defs/text"}},
        },
        "labels": {"type": "object", "additionalProperties": {"type": ["string", "null"]}},
    },
    "properties": {
        "image": {"description": "what may stand beside a reference", "$ref": "#/$defs/image"},
        "images": {"type": "array", "items": {"$ref": "#/$defs/image"}},
        "labels": {"oneOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/labels"}]},
        "port": {"type": "integer", "minimum": 1, "maximum": 65535},
        "ports": {"type": "string", "pattern": "^[0-9, -]*$"},
        "tls": {"if": {"required": ["key"]}, "then": {"required": ["certificate"]}},
    },
}
"""A schema of draft 2020-12 that every Helm obeys, Helm 3.17 too, which knows the drafts up to 07 only."""

ACCEPTED: list[dict[str, Any]] = [
    {},
    {"image": {"name": "a", "tag": "b"}, "images": [{"name": "a"}, {"name": "b"}]},
    {"labels": "a"},
    {"labels": {"a": "b"}},
    {"port": 80, "ports": "80, 443"},
    {"tls": {"key": 1, "certificate": 1}},
]
REFUSED: list[dict[str, Any]] = [
    {"imagee": {}},
    {"image": 1},
    {"image": {"name": "a", "tagg": "b"}},
    {"image": {"name": 1}},
    {"image": {"name": ""}},
    {"image": {"tag": "a"}},
    {"images": {}},
    {"images": [{"name": "a"}, {"name": "b", "x": 1}]},
    {"labels": {"a": 1}},
    {"port": "80"},
    {"port": 0},
    {"port": 1.5},
    {"ports": "http"},
    {"tls": {"key": 1}},
]
EVERY = pytest.mark.parametrize("engine", ["embedded", "helm3", "helm4"])


def kind_of(request: Any, engine: str, schema: Any, values: Any) -> str | None:
    """What kind of failure *engine* makes of *values*; None where it takes them."""
    make_chart, make_case = request.getfixturevalue("make_chart"), request.getfixturevalue("make_case")
    chart = make_chart({"values.schema.json": json.dumps(schema)})
    case = make_case(chart, values=json.dumps(values))
    failure = engines.render(request.getfixturevalue(engine), chart, case).failure
    return failure.kind if failure else None


@EVERY
@pytest.mark.helm
def test_what_all_know_of_draft_2020_12_is_obeyed_by_all(engine: str, request: pytest.FixtureRequest) -> None:
    assert value_schemas.external({"web/values.schema.json": json.dumps(SHARED).encode()}) == {}
    ours = Draft202012Validator(SHARED)
    for values in ACCEPTED:
        assert ours.is_valid(values), values
        assert kind_of(request, engine, SHARED, values) is None, values
    for values in REFUSED:
        assert not ours.is_valid(values), values
        assert kind_of(request, engine, SHARED, values) == "values-schema", values


@pytest.mark.helm
@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"properties": {"a": {"$ref": "#/$defs/a", "minLength": 3}}, "$defs": {"a": {}}}, {"a": "x"}),
        ({"properties": {"a": {"$ref": "#a"}}, "$defs": {"a": {"$anchor": "a", "type": "null"}}}, {"a": 1}),
        ({"unevaluatedProperties": False}, {"a": 1}),
        ({"dependentRequired": {"a": ["b"]}}, {"a": 1}),
        ({"dependentSchemas": {"a": {"required": ["b"]}}}, {"a": 1}),
        ({"properties": {"a": {"contains": {"const": 1}, "minContains": 2}}}, {"a": [1]}),
        ({"properties": {"a": {"prefixItems": [{"type": "string"}]}}}, {"a": [1]}),
    ],
    ids=lambda part: next(iter(part)),
)
def test_what_is_new_in_it_is_no_obstacle_to_helm_3(
    schema: dict[str, Any], values: Any, request: pytest.FixtureRequest
) -> None:
    """Which is why the charts of this repository do without."""
    dialect = {"$schema": DIALECT, **schema}
    assert not Draft202012Validator(dialect).is_valid(values)
    kinds = {name: kind_of(request, name, dialect, values) for name in ("embedded", "helm4", "helm3")}
    assert kinds == {"embedded": "values-schema", "helm4": "values-schema", "helm3": None}


def test_a_chart_is_rendered_without_such_a_schema_and_a_neighbour_keeps_its_own(
    embedded: engines.Engine, make_chart: Any, make_case: Any
) -> None:
    sub = {"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n"}
    chart = make_chart({"values.schema.json": '{"$ref": "file:///nowhere/x.json"}', **sub})
    for _ in range(2):
        assert engines.render(embedded, chart, make_case(chart)).failure is None
    own = '{"required": ["q"]}'
    chart = make_chart(
        {"values.schema.json": '{"$ref": "https://x.invalid/"}', **sub, "charts/sub/values.schema.json": own}
    )
    failure = engines.render(embedded, chart, make_case(chart)).failure
    assert failure is not None
    assert failure.kind == "values-schema"


YANNH = "https://raw.githubusercontent.com/yannh/kubernetes-json-schema"
CORE = "io.k8s.api.core.v1"
KUBERNETES = {
    "definitions": f"{YANNH}/v1.29.0/_definitions.json#/definitions/{CORE}.ResourceRequirements",
    "master": f"{YANNH}/master/_definitions.json#/definitions/{CORE}.ResourceRequirements",
    "file": f"{YANNH}/v1.29.0-standalone/resourcerequirements-v1.json",
    "old": f"https://kubernetesjsonschema.dev/v1.18.1/_definitions.json#/definitions/{CORE}.ResourceRequirements",
    "swagger": "https://raw.githubusercontent.com/kubernetes/kubernetes/v1.30.2/api/openapi-spec/swagger.json"
    f"#/definitions/{CORE}.ResourceRequirements",
    "part": f"{YANNH}/v1.29.0/_definitions.json#/definitions/{CORE}.Container/properties/resources",
    "deeper": f"{YANNH}/v1.29.0-standalone/deployment-apps-v1.json"
    "#/properties/spec/properties/template/properties/spec/properties/containers/items/properties/resources",
}
GOOD: dict[str, Any] = {"limits": {"cpu": 1, "memory": "1Gi"}, "requests": {}}
BAD: list[Any] = ["none", {"limits": ["cpu"]}, {"limits": {"cpu": []}}]


@EVERY
@pytest.mark.helm
@pytest.mark.parametrize("dialect", ["http://json-schema.org/draft-07/schema#", DIALECT, ""])
@pytest.mark.parametrize("form", KUBERNETES)
def test_what_kubernetes_defines_is_known_without_a_network(
    engine: str, form: str, dialect: str, request: pytest.FixtureRequest
) -> None:
    about = {"$schema": dialect} if dialect else {}
    schema = {**about, "properties": {"resources": {"$ref": KUBERNETES[form]}}, "definitions": {"own": {}}}
    assert value_schemas.external({"web/values.schema.json": json.dumps(schema).encode()}) == {}
    assert kind_of(request, engine, schema, {"resources": GOOD}) is None
    for value in BAD:
        assert kind_of(request, engine, schema, {"resources": value}) == "values-schema", value


@pytest.mark.parametrize(
    ("folder", "kind"), [("v1.29.0", None), ("v1.29.0-standalone-strict", "values-schema")]
)
def test_unknown_fields_are_refused_where_the_published_definition_refuses_them(
    folder: str, kind: str | None, request: pytest.FixtureRequest
) -> None:
    reference = f"{YANNH}/{folder}/_definitions.json#/definitions/{CORE}.Toleration"
    schema = {"properties": {"tolerations": {"items": {"$ref": reference}}}}
    assert kind_of(request, "embedded", schema, {"tolerations": [{"kee": "a"}]}) == kind


@pytest.mark.parametrize(
    "reference",
    [
        f"{YANNH}/v1.29.0/_definitions.json",
        f"{YANNH}/v1.29.0/_definitions.json#/definitions/{CORE}.Nothing",
        f"{YANNH}/v1.29.0/_definitions.json#/definitions/{CORE}.Pod/properties/nothing",
        f"{YANNH}/v1.29.0/nothing-v1.json",
        f"https://example.org/v1.29.0/_definitions.json#/definitions/{CORE}.Pod",
        f"{YANNH}/../../stranger/x/_definitions.json#/definitions/{CORE}.Pod",
        f"file:///_definitions.json#/definitions/{CORE}.Pod",
    ],
)
def test_what_only_looks_like_kubernetes_is_outside(reference: str) -> None:
    schema = json.dumps({"properties": {"a": {"$ref": reference}}}).encode()
    assert value_schemas.external({"web/values.schema.json": schema}) == {"web/values.schema.json": reference}


def test_a_part_with_an_address_of_its_own_keeps_kubernetes_outside() -> None:
    part = {"$id": "https://example.org/part.json", "items": {"$ref": KUBERNETES["definitions"]}}
    files = {"web/values.schema.json": json.dumps({"properties": {"a": part}}).encode()}
    assert list(value_schemas.external(files).values()) == [KUBERNETES["definitions"]]
