"""Every case of this repository's charts renders alike in the embedded engine, in Helm 3 and in Helm 4."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Callable

import pytest

from chartkit import charts, discover
from chartkit.config import configure
from chartkit.model import Case, Chart

ROOT = pathlib.Path(__file__).parents[2]
PLAN = discover.plan(configure.read(cwd=ROOT, environ={}))
CASES = [case for case in PLAN.cases if case.scenario.fails is None]


@functools.cache
def chart_of(path: str) -> Chart:
    loaded = charts.load(ROOT / path, path)
    assert loaded.chart is not None
    return loaded.chart


@pytest.mark.helm
@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: "-".join([case.chart, case.scenario.name, case.kube_version])
)
def test_a_case_renders_alike_everywhere(
    case: Case, assert_equal_renders: Callable[[Chart, Case], None]
) -> None:
    planned = next(one for one in PLAN.charts if one.name == case.chart)

    assert_equal_renders(chart_of(str(planned.path.relative_to(ROOT))), case)
