"""Every case of this repository's charts renders alike in the embedded engine, in Helm 3 and in Helm 4."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
import os
import pathlib
import shutil
import subprocess
from collections.abc import Callable

import pytest

from chartkit.helm import charts, engines
from chartkit.model.case import Case, Chart
from chartkit.plan import discover
from chartkit.plan.config import configure
from tests.generated import NIGHTLY

ROOT = pathlib.Path(__file__).parents[2]
PLAN = discover.plan(configure.read(cwd=ROOT, environ={}))
CASES = [case for case in PLAN.cases if case.scenario.fails is None]


@functools.cache
def chart_of(path: str) -> Chart:
    loaded = charts.load(ROOT / path, path)
    assert loaded.chart is not None
    return loaded.chart


SCENARIOS = {
    f"{chart}-{scenario}": list(cases)
    for (chart, scenario), cases in itertools.groupby(CASES, lambda case: (case.chart, case.scenario.name))
}


@pytest.mark.helm
@pytest.mark.parametrize("cases", SCENARIOS.values(), ids=SCENARIOS)
def test_a_scenario_renders_alike_everywhere(
    cases: list[Case], embedded: engines.Engine, assert_equal_renders: Callable[[Chart, Case], None]
) -> None:
    """At each commit, of Kubernetes versions that the engine renders alike one; each night all."""
    planned = next(one for one in PLAN.charts if one.name == cases[0].chart)
    chart = chart_of(str(planned.path.relative_to(ROOT)))
    renders = {engines.render(embedded, chart, case).text: case for case in cases}
    for case in cases if NIGHTLY else renders.values():
        assert_equal_renders(chart, case)


def test_no_case_is_left_out() -> None:
    assert [case for cases in SCENARIOS.values() for case in cases] == CASES


APPLICATIONS = [one for one in PLAN.charts if one.cases]


@pytest.mark.helm
@pytest.mark.parametrize("planned", APPLICATIONS, ids=lambda planned: planned.name)
def test_a_misspelled_value_is_refused_everywhere(
    planned: discover.PlannedChart, embedded: engines.Engine, helm3: engines.Engine, helm4: engines.Engine
) -> None:
    chart = chart_of(str(planned.path.relative_to(ROOT)))
    schema = json.loads(chart.files[f"{chart.name}/values.schema.json"])
    misspelled = next(iter(schema["properties"])) + "x"
    scenario = dataclasses.replace(planned.cases[0].scenario, values=json.dumps({misspelled: 1}))
    case = dataclasses.replace(planned.cases[0], scenario=scenario)
    for engine in (embedded, helm3, helm4):
        failure = engines.render(engine, chart, case).failure
        assert failure is not None, engine.name
        assert (failure.kind, failure.values_key) == ("values-schema", f"/{misspelled}"), engine.name


@pytest.mark.helm
@pytest.mark.parametrize("name", ["helm3", "helm4"])
def test_helm_lints_every_chart_strictly(
    name: str, find_command: Callable[[str], pathlib.Path], tmp_path: pathlib.Path
) -> None:
    command = str(find_command(name))
    shutil.copytree(ROOT / "charts", tmp_path / "charts")
    environment = {
        **os.environ,
        **{f"HELM_{kind}_HOME": str(tmp_path) for kind in ("CACHE", "CONFIG", "DATA")},
    }
    for path, base in {case.path: case.scenario.base for case in CASES}.items():
        folder = str(tmp_path / path)
        (tmp_path / "values.yaml").write_text(base.values)
        files = [
            f"--values={file}" for file in (*(ROOT / one for one in base.files), tmp_path / "values.yaml")
        ]
        for arguments in (["dependency", "build", folder], ["lint", "--strict", *files, folder]):
            ran = subprocess.run(
                [command, *arguments], env=environment, capture_output=True, text=True, check=False
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
