"""What the values schemas of a chart say of single values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from chartkit.coverage.suggest.terms import EACH
from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical


def schemas_of(chart: Chart) -> Iterator[tuple[tuple[str, ...], Mapping[str, Any]]]:
    """The schemas of *chart* and the charts below it, by where their values are."""
    for name, content in chart.files.items():
        if canonical(name).kind == "schema":
            try:
                schema = json.loads(content)
            except (ValueError, RecursionError):
                continue
            if isinstance(schema, dict):
                yield canonical(name).subcharts, schema


def down(root: Mapping[str, Any], path: tuple[str, ...]) -> Mapping[str, Any]:
    """The part of the schema *root* that speaks of *path*."""
    schema = resolved(root, root)
    for step in path:
        if step == EACH:
            below = schema.get("items")
            below = below if isinstance(below, dict) else schema.get("additionalProperties")
        else:
            properties = schema.get("properties")
            below = properties.get(step) if isinstance(properties, dict) else None
            below = schema.get("additionalProperties") if below is None else below
        schema = resolved(root, below)
    return schema


def resolved(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    """*schema* itself where it only refers to another, or leaves a choice between one and null."""
    for _ in range(8):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        options = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(reference, str) and reference.startswith("#/"):
            found: Any = root
            for step in reference[2:].split("/"):
                found = (
                    found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
                )
            schema = {
                **(found if isinstance(found, dict) else {}),
                **{k: v for k, v in schema.items() if k != "$ref"},
            }
        elif isinstance(options, list) and "type" not in schema and "properties" not in schema:
            real = [one for one in options if not (isinstance(one, dict) and one.get("type") == "null")]
            schema = real[0] if real else {}
        else:
            return schema
    return {}
