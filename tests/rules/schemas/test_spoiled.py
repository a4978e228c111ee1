"""Whatever stands in an object or in a definition: it is judged, and nothing breaks."""

from __future__ import annotations

import copy
import dataclasses
import pathlib
import random
from typing import Any

import pytest

from chartkit.helm import manifests
from chartkit.model.render import Manifest
from chartkit.rules.schemas.validator import Validator

FOLDER = pathlib.Path(__file__).parent
ODD: list[Any] = [None, True, -1, 10**30, 1.5, "", "x y", [], {}, [None], [[]], {"a": {}}, "a/b", "☃"]


def objects() -> list[Manifest]:
    paths = [*sorted(FOLDER.glob("good/*.yaml")), FOLDER / "bad" / "custom_resources.yaml"]
    return [manifest for path in paths for manifest in manifests.read(path.read_text())[0]]


def spoil(value: Any, choose: random.Random, rate: float) -> Any:
    """A copy of *value* in which some parts are replaced, added or gone."""
    if choose.random() < rate:
        return copy.deepcopy(choose.choice(ODD))
    if isinstance(value, dict):
        kept = {key: spoil(child, choose, rate) for key, child in value.items() if choose.random() > rate}
        return kept | (
            {choose.choice(["bogus", "", "type", "$ref", "items"]): 1} if choose.random() < rate else {}
        )
    return [spoil(child, choose, rate) for child in value] if isinstance(value, list) else value


def spoiled(manifest: Manifest, choose: random.Random, rate: float) -> Manifest:
    body = {
        key: spoil(child, choose, rate)
        for key, child in manifest.body.items()
        if key not in ("apiVersion", "kind")
    }
    return dataclasses.replace(manifest, body={**manifest.body, **body})


@pytest.mark.parametrize("seed", range(12))
def test_spoiled_objects_are_judged(seed: int) -> None:
    choose, rate = random.Random(seed), (0.02, 0.1, 0.4)[seed % 3]
    every = objects()
    definitions = [manifest.body for manifest in every if manifest.is_crd]
    validator = Validator(("1.25.0", "1.31.0", "1.37.0")[seed % 3], definitions)

    for manifest in (spoiled(each, choose, rate) for each in every):
        for hit in validator.judge(manifest) or ():
            line, column = manifests.position(manifest, (*manifest.base, *hit.path), hit.on_key)
            assert line >= manifest.line
            assert column >= 1
            assert hit.rule
            assert hit.message
            assert len(hit.message) < 1000
        assert isinstance(validator.unevaluated(manifest), tuple)


@pytest.mark.parametrize("seed", range(40))
def test_resources_of_spoiled_definitions_are_judged_or_not_but_told(seed: int) -> None:
    choose, rate = random.Random(seed), (0.01, 0.05, 0.2)[seed % 3]
    every = objects()
    definitions = [spoil(manifest.body, choose, rate) for manifest in every if manifest.is_crd]
    validator = Validator("1.34.0", definitions)

    for manifest in every:
        judged, told = validator.judge(manifest), validator.unevaluated(manifest)
        assert judged is None or isinstance(judged, tuple)
        assert isinstance(told, tuple)
