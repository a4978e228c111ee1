"""Charts that need each other in one checkout are rendered, and the run tells from what."""

from __future__ import annotations

import json
import pathlib

import pytest

from chartkit.__main__ import run
from chartkit.model.report import Report, Taken
from chartkit.pipeline import check
from chartkit.plan.config import Flags, configure
from chartkit.reports import FORMATS

NEEDS = 'dependencies: [{name: db, version: 1.x.x, repository: "https://charts.example.com"}]\n'
OBJECT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"


@pytest.fixture(autouse=True)
def repo(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELM_CACHE_HOME", str(tmp_path / ".helm"))
    (tmp_path / ".git").mkdir()
    for name, needs in (("web", NEEDS), ("shop", NEEDS), ("db", "")):
        (tmp_path / name / "templates").mkdir(parents=True)
        (tmp_path / name / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{needs}")
        (tmp_path / name / "templates/x.yaml").write_text(OBJECT)
    return tmp_path


def checked(**flags: bool) -> Report:
    return check.check(configure.read(Flags(no_cache=True, **flags), environ={}))  # type: ignore[arg-type]


def test_a_chart_is_rendered_with_its_sibling_and_every_format_tells_so() -> None:
    report = checked()
    assert report.unrendered == ()
    assert report.taken == (Taken("db", "1.0.0", "db", True),)
    told = "1 dependency taken from this checkout as it is: db 1.0.0 from db (not with --no-siblings)"
    for name in ("text", "markdown", "html", "github"):
        assert told in FORMATS[name](report, width=200), name
    found = {"name": "db", "version": "1.0.0", "from": "db", "sibling": True}
    assert json.loads(FORMATS["json"](report))["taken"] == [found]


def test_without_siblings_the_charts_that_lack_them_are_one_entry(capsys: pytest.CaptureFixture[str]) -> None:
    report = checked(siblings=False)
    assert sorted(name for name, _ in report.unrendered) == ["shop", "web"]
    assert report.taken == ()
    title = "2 charts were not rendered: 2 dependencies are missing"
    for name in ("text", "markdown", "html", "github"):
        assert title in FORMATS[name](report, width=200), name
    assert run(["check", "--no-siblings", "--no-cache"]) == 1
    assert "    db 1.x.x: shop, web" in capsys.readouterr().out


def test_the_configuration_and_the_environment_turn_siblings_off(repo: pathlib.Path) -> None:
    (repo / "chartkit.yaml").write_text("siblings: false\n")
    assert configure.read(environ={}).siblings is False
    assert configure.read(Flags(siblings=True), environ={}).siblings is True
    (repo / "chartkit.yaml").unlink()
    assert configure.read(environ={"CHARTKIT_NO_SIBLINGS": "1"}).siblings is False
    assert configure.read(environ={}).siblings is None


def test_golden_files_are_made_with_siblings_and_the_command_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["golden", "update"]) == 0
    told = capsys.readouterr().out
    assert "wrote golden/web/default.yaml" in told
    assert "1 dependency taken from this checkout as it is: db 1.0.0 from db" in told


def test_a_dependency_that_is_switched_off_keeps_no_chart_from_being_judged(repo: pathlib.Path) -> None:
    for name in ("web", "shop"):
        written = (repo / name / "Chart.yaml").read_text()
        (repo / name / "Chart.yaml").write_text(written.replace("1.x.x", "2.x.x, condition: db.enabled"))
    (repo / "web/values.yaml").write_text("db: {enabled: false}\n")
    report = checked()
    assert [name for name, _ in report.unrendered] == ["shop"]
    assert [each.rule for each in report.findings] == ["dependency-missing"] * 2
    assert "2 dependencies of 2 charts are missing: 1 of the charts was not rendered" in FORMATS["text"](
        report, width=200
    )
