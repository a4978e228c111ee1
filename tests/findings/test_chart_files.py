"""Keys that stand twice are found in every file that a person writes, once, at the line of the second."""

from __future__ import annotations

import pathlib
import textwrap

import pytest

import chartkit
from chartkit.findings import judge_chart
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.plan.config import Flags
from chartkit.rules import load

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n"
BACKEND = "apiVersion: v2\nname: backend\nversion: 1.0.0\n"
DECLARED = f"{CHART}dependencies: [{{name: backend, version: 1.x}}]\n"

TWICE = {
    "values": ({"values.yaml": "a:\n  b: 1\n  b: 2\n"}, ["values.yaml:3"]),
    "three times": ({"values.yaml": "a: 1\na: 2\na: 3\n"}, ["values.yaml:2", "values.yaml:3"]),
    "in a list": ({"values.yaml": "a:\n- {b: 1, c: 2, b: 3}\n"}, ["values.yaml:2"]),
    "quoted and not": ({"values.yaml": 'a: 1\n"a": 2\n'}, ["values.yaml:2"]),
    "true and yes": ({"values.yaml": "true: 1\nyes: 2\n"}, ["values.yaml:2"]),
    "a second document": ({"values.yaml": "a: 1\n---\na: 2\nb: 1\nb: 2\n"}, ["values.yaml:5"]),
    "below an anchor": ({"values.yaml": "a: &a {b: 1}\nc: {<<: *a, d: 1, d: 2}\n"}, ["values.yaml:2"]),
    "the chart": ({"Chart.yaml": f"{CHART}version: 2.0.0\n"}, ["Chart.yaml:4"]),
    "a maintainer": (
        {"Chart.yaml": f"{CHART}maintainers:\n- name: a\n  name: b\n"},
        ["Chart.yaml:6"],
    ),
    "by case": ({"Chart.yaml": f"{CHART}Description: a\ndescription: b\n"}, ["Chart.yaml:4"]),
    "a maintainer by case": (
        {"Chart.yaml": f"{CHART}maintainers:\n- Name: a\n  name: b\n"},
        ["Chart.yaml:5"],
    ),
    "requirements": (
        {"requirements.yaml": "dependencies: []\ndependencies: []\n"},
        ["requirements.yaml:2"],
    ),
    "a lock": ({"Chart.lock": "digest: a\ndigest: b\n"}, ["Chart.lock:2"]),
    "a values file of CI": ({"ci/ha-values.yaml": "a: 1\na: 2\n"}, ["ci/ha-values.yaml:2"]),
    "a values file beside the chart's": ({"values-ha.yaml": "a: 1\na: 2\n"}, ["values-ha.yaml:2"]),
    "a definition": (
        {"crds/a.yaml": "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nkind: a\n"},
        ["crds/a.yaml:3"],
    ),
    "a subchart": (
        {
            "Chart.yaml": DECLARED,
            "charts/backend/Chart.yaml": f"{BACKEND}version: 1.0.0\n",
            "charts/backend/values.yaml": "a: 1\na: 2\n",
        },
        ["charts/backend/Chart.yaml:4", "charts/backend/values.yaml:2"],
    ),
}
ONCE = {
    "merges": "a: &a {b: 1}\nc:\n  <<: *a\n  b: 2\n",
    "two merges": "a: &a {b: 1}\nd: &d {e: 1}\nc:\n  <<: *a\n  <<: *d\n",
    "aliases": "a: &a {b: 1}\nc: [*a, *a]\n",
    "by case": "a: 1\nA: 2\n",
    "in comments": "a: 1\n# a: 2\n",
    "in text": "a: |\n  b: 1\n  b: 2\n",
    "documents": "a: 1\n---\na: 2\n",
}


def found(report: Report) -> list[str]:
    twice = [each for each in report.findings if each.rule == "yaml-key-duplicate"]
    assert {each.severity for each in twice} <= {Severity.ERROR}
    return [f"{each.place.file}:{each.place.line}" for each in twice]


def write(folder: pathlib.Path, files: dict[str, str]) -> None:
    for name, text in {"Chart.yaml": CHART, "templates/web.yaml": TEMPLATE, **files}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What one run finds in each chart, by its folder."""
    root = tmp_path_factory.mktemp("charts")
    every = {**{name: files for name, (files, _) in TWICE.items()}}
    every |= {f"once {name}": {"values.yaml": text} for name, text in ONCE.items()}
    for name, files in every.items():
        write(root / name, files)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(root)
        lines = found(chartkit.check(flags=Flags(kube_version=("1.33",), no_cache=True)))
    return {
        name: [line.removeprefix(f"{name}/") for line in lines if line.startswith(f"{name}/")]
        for name in every
    }


@pytest.mark.parametrize("name", TWICE)
def test_a_key_that_stands_twice_is_found(name: str, reports: dict[str, list[str]]) -> None:
    assert reports[name] == TWICE[name][1]


@pytest.mark.parametrize("name", ONCE)
def test_what_stands_once_is_not(name: str, reports: dict[str, list[str]]) -> None:
    assert reports[f"once {name}"] == []


def test_a_values_file_of_the_command_line_is_looked_at_again_when_it_changes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "web", {})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    file = tmp_path / "prod.yaml"
    for text, lines in (
        ("a: 1\na: 2\n", ["prod.yaml:2"]),
        ("a: 1\n", []),
        ("b: 1\n\nb: 2\n", ["prod.yaml:3"]),
    ):
        file.write_text(text)
        for _ in range(2):
            assert found(chartkit.check("web", Flags(values=("prod.yaml",), kube_version=("1.33",)))) == lines


def test_a_values_file_is_read_once_and_told_with_the_cases_that_it_is_given_to(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[pathlib.Path] = []
    read_text = pathlib.Path.read_text

    def reading(path: pathlib.Path, encoding: str) -> str:
        read.append(path)
        return read_text(path, encoding)

    monkeypatch.setattr(pathlib.Path, "read_text", reading)
    file = tmp_path / "base.yaml"
    file.write_text("a: 1\na: 2\n")
    chart = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), {}, {}, "")
    scenarios = [Scenario("a", (str(file),)), Scenario("b", (str(file),)), Scenario("c")]
    cases = [Case("web", "web", each, "1.33.0") for each in scenarios]

    findings = list(judge_chart.judge_files(chart, cases, load()))

    assert [case.scenario for each in findings for case in each.cases] == ["a", "b"]
    assert read == [file]


def test_an_archive_that_a_chart_packs_is_somebody_elses() -> None:
    files = {"web/Chart.yaml": CHART, "web/charts/backend/values.yaml": "a: 1\na: 2\n"}
    content = {name: textwrap.dedent(body).encode() for name, body in files.items()}
    origins = {"web/Chart.yaml": "web/Chart.yaml", "web/charts/backend/values.yaml": "web/charts/backend.tgz"}
    packed = Chart("web", "web", "1.0.0", "", "v2", "application", "", (), content, origins, "")
    assert list(judge_chart.judge_files(packed, (), load())) == []
