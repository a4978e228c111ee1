"""What `chartkit` offers to Python: by name, lazily, typed."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from collections.abc import Callable

import pytest

import chartkit

ROOT = pathlib.Path(chartkit.__file__).parent.parent
USER = """
from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import chartkit
from chartkit import OpenChart, Report, RenderedChart, RenderSession, check, render

if TYPE_CHECKING:
    from chartkit.testing.snapshots import Golden


@pytest.mark.chart("charts/web", scenarios="all")
def test_web(chart: OpenChart, render: RenderedChart, golden: Golden) -> None:
    changed = chart.render(values={"replicas": 3}, set=["a=b"], scenario="ha", upgrade=True)
    web = changed.find("Deployment", "web")
    replicas: int = web["spec.replicas"]
    image: str = web.container("web").image
    assert replicas and image and web.labels["app"]
    assert render == golden
    changed.assert_clean(ignore=["field-invalid"], fail_on="warning")
    assert chart.refuses("why", values="values.yaml").line
    with pytest.raises(chartkit.RenderFailed) as caught:
        chart.render()
    assert caught.value.failure.message


def script() -> Report:
    print(render("charts/web", namespace="shop").kinds["Job"])
    with RenderSession() as session:
        print(session.chart("charts/web").render().text)
    return check("charts/web", chartkit.Flags(scenario=("ha",)))
"""
WRONG = """
from chartkit import render

render("charts/web", vales={})
render("charts/web", values=3)
render("charts/web").find("Deployment").container("web").image + 1
"""


def test_all_that_is_named_is_there_and_nothing_is_loaded_before() -> None:
    assert all(getattr(chartkit, name) for name in chartkit.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        str(chartkit.nothing)
    code = "import sys, chartkit; print([name for name in sys.modules if name.startswith('chartkit')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "['chartkit']"


def test_check_and_render_give_what_the_commands_give(
    tmp_path: pathlib.Path,
    write_web: Callable[[pathlib.Path], pathlib.Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(write_web(tmp_path))
    for paths in ((), "charts/web", pathlib.Path("charts/web"), ["charts/web"]):
        report = chartkit.check(paths, chartkit.Flags(scenario=("ha",), no_cache=True))
        assert [result.case.scenario for result in report.cases] == ["ha", "ha"]
        assert not report.findings
    render = chartkit.render(pathlib.Path("charts/web"), values={"replicas": "many"})
    assert [each.rule for each in render.findings] == ["field-invalid"]
    assert [render.report.active(severity) for severity in chartkit.Severity] == [0, 0, 1]


@pytest.mark.slow
def test_code_of_a_user_is_checked_by_its_types(tmp_path: pathlib.Path) -> None:
    (tmp_path / "user.py").write_text(USER)
    (tmp_path / "wrong.py").write_text(WRONG)
    options = ["--strict", "--follow-imports=silent", "--cache-dir", str(tmp_path / "cache")]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "user.py", "wrong.py"],
        cwd=tmp_path,
        env={"MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stdout.splitlines() if ": error:" in line]
    assert [line.partition(": error:")[0] for line in told] == ["wrong.py:4", "wrong.py:5", "wrong.py:6"]
