"""A chart sees the charts below it by name or alias, in the order of its dependencies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from chartkit.helm import engines, marshalling, subcharts

Make = Callable[..., Any]


def read(text: str) -> Any:
    return json.loads(text)


def scope(**files: Any) -> subcharts.ChartScope:
    named = {f"web/{name.replace('__', '/')}": json.dumps(body).encode() for name, body in files.items()}
    renamed = {
        name.replace("Chart", "Chart.yaml").replace("values", "values.yaml"): text
        for name, text in named.items()
    }
    return subcharts.scope_of(renamed, "web", read)


def test_a_chart_without_nulls_needs_nothing() -> None:
    found = scope(Chart={"name": "web"}, values={"a": {"b": [None]}})
    assert not found.any_null
    assert marshalling.restore_nulls(found, {}) == ""


def test_subcharts_are_known_by_their_aliases() -> None:
    needed = [{"name": "s", "alias": "one"}, {"name": "s", "alias": "two"}, {"name": "t"}, "nonsense"]
    found = scope(
        Chart={"name": "web", "dependencies": needed},
        values={"one": {"a": None}},
        charts__x__Chart={"name": "s"},
        charts__x__values={"b": None},
        charts__y__Chart={"name": "t"},
    )
    assert sorted(found.subcharts) == ["one", "t", "two"]
    assert found.any_null
    assert marshalling.with_null_tables(found, {"t": 5}) == {"one": {}, "t": 5}


def test_what_cannot_be_read_is_left_to_helm() -> None:
    files = {"web/Chart.yaml": b"[", "web/values.yaml": b"\xff", "web/charts/a/Chart.yaml": b"5"}
    found = subcharts.scope_of(files, "web", read)
    assert not found.any_null
    assert list(found.subcharts) == ["a"]


def test_files_are_ranked_as_helm_walks_charts() -> None:
    needed = [{"name": "z"}, {"name": "m", "alias": "b"}]
    found = scope(
        Chart={"name": "web", "dependencies": needed},
        charts__z__Chart={"name": "z"},
        charts__z__charts__q__Chart={"name": "q"},
        charts__n__Chart={"name": "n"},
    )
    files = ["web/crds/a", "web/charts/c/crds/a", "web/charts/n/crds/a", "web/charts/z/crds/a"]
    files += ["web/charts/z/charts/q/crds/a", "web/charts/b/crds/a"]
    mixed = files[3:] + files[:3]
    assert sorted(mixed, key=found.rank) == files


def test_subcharts_that_nobody_declares_come_in_a_steady_order(
    embedded: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    files = {}
    for name in "fbdace":
        files[f"charts/{name}/Chart.yaml"] = f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
        files[f"charts/{name}/crds/a.yaml"] = "kind: CustomResourceDefinition\n"
    chart = make_chart(files)
    text = engines.render(embedded, chart, make_case(chart)).text
    assert [line[21] for line in text.splitlines() if line.startswith("# Source")] == list("abcdef")
