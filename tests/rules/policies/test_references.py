"""References are filled in from the case; what stands around them stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from chartkit.rules.policies import _schema

KNOWN = {("$value", "a.b"): 1, ("$chart", "name"): "web", ("$inventory", "versions"): ["v1"]}


def lookup(kind: str, argument: Any) -> Any:
    return KNOWN.get((kind, str(argument)), argument if isinstance(argument, dict) else None)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"const": {"$value": "a.b"}}, {"const": 1}),
        ({"const": {"$value": "no"}}, {"const": None}),
        ({"const": {"$value": "no", "$default": "x"}}, {"const": "x"}),
        ({"const": {"$value": "no", "$default": {"$chart": "name"}}}, {"const": "web"}),
        ({"enum": {"$inventory": "versions"}, "type": "string"}, {"enum": ["v1"], "type": "string"}),
        ({"allOf": [{"const": {"$chart": "name"}}, True]}, {"allOf": [{"const": "web"}, True]}),
        ({"a": {"$inventory": {"where": {"x": {"$chart": "name"}}}}}, {"a": {"where": {"x": "web"}}}),
        ({"const": {"$chart": "name", "$as": "label"}}, {"const": "web"}),
        ({"const": {"$chart": "no", "$default": "a+b c-", "$as": "label"}}, {"const": "a_b-c"}),
        ({"const": {"$chart": "no", "$default": "é" + "x" * 99, "$as": "label"}}, {"const": "x" * 62}),
        ({"const": {"$value": "a.b", "$as": "label"}}, {"const": 1}),
        ({"$ref": "#/$defs/a", "$defs": {"a": True}}, {"$ref": "#/$defs/a", "$defs": {"a": True}}),
    ],
)
def test_a_reference_is_what_it_refers_to(schema: Any, expected: Any) -> None:
    assert _schema.filled(schema, lookup) == expected


def test_the_kinds_in_a_schema_are_known() -> None:
    schema = {"allOf": [{"const": {"$value": "x", "$default": {"$case": "release"}}}], "not": {"$ref": "#"}}

    assert _schema.kinds(schema) == {"$value", "$case"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("image.tag", "1"),
        ("a.b", "dotted"),
        ("image", {"tag": "1"}),
        ("image.no", None),
        ("image.tag.no", None),
        ("no", None),
    ],
)
def test_a_dotted_path_leads_to_a_value(path: str, expected: Any) -> None:
    assert _schema.dig({"image": {"tag": "1"}, "a.b": "dotted", "a": {"b": "nested"}}, path) == expected


def test_placeholders_keep_a_schema_a_schema() -> None:
    reference = {"$value": "x"}
    schema = {"enum": reference, "pattern": reference, "maxItems": reference, "items": [{"const": reference}]}

    assert _schema.blank(schema) == {"enum": [], "pattern": "", "maxItems": 0, "items": [{"const": None}]}
