"""The fast engine finds what the reference implementation of JSON Schema finds, at the same paths."""

from __future__ import annotations

import pathlib
import random
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from chartkit.helm import kubernetes_schemas, manifests
from chartkit.model.render import Manifest
from chartkit.rules.schemas.compiled import schema_of_kind

FOLDER = pathlib.Path(__file__).parent
SPOILED: list[Any] = [None, True, -1, 99999, 1.5, "", "x y", [], {}, [None], {"a": {}}]


def built_in() -> Iterator[Manifest]:
    for path in sorted(FOLDER.glob("*/*.yaml")):
        for manifest in manifests.read(path.read_text())[0]:
            if kubernetes_schemas.line_of("1.34.0", manifest.resource.api_version, manifest.resource.kind):
                yield manifest


def spoil(value: Any, choose: random.Random) -> Any:
    """A copy of *value* in which some parts are replaced, and some fields added."""
    if choose.random() < 0.06:
        return choose.choice(SPOILED)
    if isinstance(value, dict):
        result = {key: spoil(child, choose) for key, child in value.items() if choose.random() > 0.04}
        return {**result, "bogus": 1} if choose.random() < 0.1 else result
    return [spoil(child, choose) for child in value] if isinstance(value, list) else value


def told(errors: Any, path: str, keyword: Any) -> set[tuple[str, str]]:
    return {(str(list(getattr(error, path))), keyword(error)) for error in errors}


@pytest.mark.parametrize("manifest", list(built_in()), ids=lambda manifest: str(manifest.resource))
def test_both_engines_find_the_same(manifest: Manifest) -> None:
    line = kubernetes_schemas.line_of("1.34.0", manifest.resource.api_version, manifest.resource.kind)
    compiled = schema_of_kind(line)
    reference = jsonschema.Draft202012Validator(dict(compiled.schema))
    choose = random.Random(line)
    body = {key: spoil(child, choose) for key, child in manifest.body.items()}

    fast = told(compiled.errors(body), "instance_path", lambda error: error.kind.name)
    slow = {
        (
            str(list(error.absolute_path)),
            "propertyNames" if "propertyNames" in error.schema_path else error.validator,
        )
        for error in reference.iter_errors(body)
    }
    assert fast == slow


def test_a_part_of_a_schema_that_is_not_there_is_none() -> None:
    compiled = schema_of_kind(kubernetes_schemas.line_of("1.34.0", "v1", "Pod"))

    assert compiled.node(["$defs", 0, "properties"]) is None
    assert compiled.node(["$ref", "x"]) is None
