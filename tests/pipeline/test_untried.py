"""A chart whose cases run into the limit is given up, and a run whose time is up says what it left undone."""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import time

import pytest

from chartkit.__main__ import run
from chartkit.model.errors import Unfinished
from chartkit.model.report import Report
from chartkit.pipeline import check, coverage, golden_update
from chartkit.plan.config import Config, Flags, configure

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no timer for processor time")

LOOPS = "{{ range until 100000 }}" * 3 + "{{ end }}" * 3
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {key: value}\n"
CONFIG = 'defaults: {kube-versions: ["1.34"]}\nlimits: {seconds: 1}\n'
UNTRIED = "not rendered: two other cases of the chart ran into the limit"


def repository(root: pathlib.Path, loops: str, config: str = CONFIG) -> pathlib.Path:
    """A chart with a scenario for each letter of *loops*: ``L`` never ends; and one without loops."""
    for chart, text in (("web", f"{{{{ if .Values.loop }}}}{LOOPS}{{{{ end }}}}\n{MAP}"), ("good", MAP)):
        (root / chart / "templates").mkdir(parents=True)
        (root / chart / "ci").mkdir()
        (root / chart / "Chart.yaml").write_text(f"apiVersion: v2\nname: {chart}\nversion: 1.0.0\n")
        (root / chart / "templates/map.yaml").write_text(text.replace("name: web", f"name: {chart}"))
    for number, letter in enumerate(loops, 1):
        (root / f"web/ci/{number:02}-values.yaml").write_text(
            f"loop: {'true' if letter == 'L' else 'false'}\n"
        )
    (root / "chartkit.yaml").write_text(config)
    return root


def configured(root: pathlib.Path, **flags: object) -> Config:
    return configure.read(Flags(**flags), cwd=root, environ={})  # type: ignore[arg-type]


def scenarios(report: Report) -> dict[str, list[str]]:
    """The scenarios that ran into the limit, that were not tried, and that were rendered."""
    late = [
        case.scenario for each in report.findings if each.rule == "render-timed-out" for case in each.cases
    ]
    untried = [case.scenario for each in report.not_judged if each.reason == UNTRIED for case in each.cases]
    rendered = [each.case.scenario for each in report.cases if each.rendered and each.case.chart == "web"]
    return {"late": sorted(late), "untried": sorted(untried), "rendered": sorted(rendered)}


@pytest.fixture(autouse=True)
def _here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("jobs", [1, 2, 4])
def test_a_chart_is_given_up_after_two_cases_whatever_the_number_of_workers(
    jobs: int, tmp_path: pathlib.Path
) -> None:
    config = configured(repository(tmp_path, "oLoLoL"), jobs=jobs, no_cache=True)
    report = check.check(config)

    assert scenarios(report) == {
        "late": ["02", "04"],
        "untried": ["05", "06"],
        "rendered": ["01", "03", "default"],
    }
    assert not report.unfinished
    assert {each.rule for each in report.findings} == {"render-timed-out"}


def test_what_the_cache_has_of_a_chart_that_is_given_up_does_not_count(tmp_path: pathlib.Path) -> None:
    repository(tmp_path, "LLo")
    config = dataclasses.replace(configured(tmp_path, jobs=2), cache_dir=tmp_path / "kept")
    alone = dataclasses.replace(config, scenario_names=("03",))

    assert scenarios(check.check(alone, ["web"]))["rendered"] == ["03"]
    assert scenarios(check.check(config, ["web"]))["untried"] == ["03"]


def test_a_scenario_that_must_fail_and_is_not_tried_has_not_failed_as_it_must(tmp_path: pathlib.Path) -> None:
    meant = "charts: {web: {scenarios: {99: {values: {loop: true}, fails: loop}}}}\n"
    report = check.check(configured(repository(tmp_path, "LLo", CONFIG + meant), jobs=1, no_cache=True))
    (result,) = [each for each in report.cases if each.case.scenario == "99"]

    assert "99" in scenarios(report)["untried"]
    assert (result.rendered, result.must_fail) == (False, False)


def test_coverage_and_golden_files_give_up_too(tmp_path: pathlib.Path) -> None:
    config = configured(repository(tmp_path, "LLLo"), jobs=4, no_cache=True)
    remarks = {remark.what: remark.reason for remark in coverage.measure(config).remarks}
    recorded = golden_update.update(config, dry_run=True)

    assert sorted(reason[:24] for reason in remarks.values()) == [
        "measuring it did not end",
        "measuring it was not tri",
    ]
    assert scenarios(recorded.report)["untried"] == ["03", "04"]


def test_a_run_whose_time_is_up_tells_what_it_has_and_fails(
    tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    repository(tmp_path, "LL", CONFIG.replace("seconds: 1", "seconds: 600"))
    begun = time.monotonic()
    code = run(["check", "--no-cache", "--jobs", "1", "--timeout", "8", "--format", "json"])
    printed = capsys.readouterr()
    report = json.loads(printed.out)

    assert (code, time.monotonic() - begun < 120) == (2, True)
    assert printed.err.splitlines()[0].startswith("error: the run's time was up after 8 seconds")
    assert "not rendered: the run's time was up" in {each["reason"] for each in report["not_judged"]}
    assert report["findings"] == []


def test_golden_files_are_not_touched_by_a_run_whose_time_is_up(tmp_path: pathlib.Path) -> None:
    repository(tmp_path, "L", CONFIG.replace("seconds: 1", "seconds: 600"))
    config = configured(tmp_path, jobs=1, no_cache=True, timeout=3)

    with pytest.raises(Unfinished, match="after 3 seconds"):
        golden_update.update(config)
    assert not (tmp_path / "golden").exists()


@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(timeout: float, tmp_path: pathlib.Path) -> None:
    with pytest.raises(Exception, match="--timeout: expected a number of seconds above 0"):
        configured(tmp_path, timeout=timeout)
