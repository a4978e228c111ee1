"""Nulls of values.yaml reach templates as in Helm 3 and 4.1; the embedded Helm alone forgets them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import engines

Make = Callable[..., Any]

HEAD = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"


def table(chance: random.Random, depth: int = 0) -> dict[str, Any]:
    keys = chance.sample("abcd", chance.randint(0 if depth else 1, 3))
    return {key: value(chance, depth + 1) for key in keys}


def value(chance: random.Random, depth: int) -> Any:
    if depth > 2 or chance.random() < 0.4:
        return chance.choice([None, None, 1, "x", {}, [None, 1]])
    return table(chance, depth)


def any_chart(chance: random.Random) -> tuple[dict[str, str], dict[str, Any]]:
    """A chart with a subchart and one below that, and what a user gives: nulls everywhere."""
    name = chance.choice(["sub", "fast"])
    alias = f"dependencies: [{{name: sub, version: 1.x, alias: {name}, condition: {name}.a}}]\n"
    root, sub, low, user = (table(chance) for _ in range(4))
    for values, key in ((root, name), (user, name), (root, "global"), (sub, "low"), (sub, "global")):
        if chance.random() < 0.4:
            values[key] = table(chance)
    shown = "kind: A\nx: {{ toJson .Values }}\n"
    files = {
        "Chart.yaml": HEAD.format("web") + (alias if name == "fast" else ""),
        "values.yaml": json.dumps(root),
        "templates/a.yaml": shown,
        "charts/sub/Chart.yaml": HEAD.format("sub"),
        "charts/sub/values.yaml": json.dumps(sub),
        "charts/sub/templates/a.yaml": shown,
        "charts/sub/charts/low/Chart.yaml": HEAD.format("low"),
        "charts/sub/charts/low/values.yaml": json.dumps(low),
        "charts/sub/charts/low/templates/a.yaml": shown,
    }
    return files, user


@pytest.mark.helm
@pytest.mark.parametrize("seed", range(16))
def test_nulls_anywhere_are_kept_and_dropped_as_by_helm_4_1(
    seed: int, embedded: engines.Engine, helm4: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    files, user = any_chart(random.Random(seed))
    chart = make_chart(files)
    case = make_case(chart, values=json.dumps(user))
    ours, theirs = (engines.render(engine, chart, case, real=True) for engine in (embedded, helm4))
    assert ours.text == theirs.text, (files, user)
