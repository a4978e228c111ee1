"""What Helm refuses is told once, where a person can mend it, and no worse than it is."""

from __future__ import annotations

import dataclasses
import pathlib

import pytest

from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.pipeline import check
from chartkit.plan.config import configure

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
OBJECT = (
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
    'data: {password: {{ required "give a password" .Values.password }}}\n'
)
SCHEMA = '{"required": ["password"]}'


@pytest.fixture(autouse=True)
def _here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def checked(root: pathlib.Path, **files: str) -> Report:
    for name, text in {"Chart.yaml": CHART, **files}.items():
        path = root / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return check.check(dataclasses.replace(configure.read(cwd=root, environ={}), cache_dir=None))


def told(report: Report) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in report.findings]


WANTING = [
    ("render-refused", {"templates/x.yaml": OBJECT}),
    ("values-schema-violated", {"templates/x.yaml": OBJECT, "values.schema.json": SCHEMA}),
]


@pytest.mark.parametrize(("rule", "files"), WANTING)
def test_defaults_that_want_a_value_are_a_note_where_a_scenario_gives_it(
    rule: str, files: dict[str, str], tmp_path: pathlib.Path
) -> None:
    assert told(checked(tmp_path, **files)) == [(rule, Severity.ERROR)]
    assert told(checked(tmp_path, **{"ci/full-values.yaml": "password: x\n"})) == [(rule, Severity.NOTE)]
    (tmp_path / "chartkit.yaml").write_text("charts: {web: {scenarios: {default: {}}}}\n")
    assert told(checked(tmp_path)) == [(rule, Severity.NOTE)], "as `chartkit init` writes it down"
    written = "charts: {web: {scenarios: {default: {values: {mode: a}}}}}\n"
    (tmp_path / "chartkit.yaml").write_text(written)
    assert told(checked(tmp_path)) == [(rule, Severity.ERROR)], "a person wrote that scenario"


def test_a_value_that_another_scenario_lacks_too_is_an_error(tmp_path: pathlib.Path) -> None:
    scenarios = {"ci/full-values.yaml": "password: x\n", "ci/poor-values.yaml": "mode: b\n"}
    assert told(checked(tmp_path, **{"templates/x.yaml": OBJECT}, **scenarios)) == [
        ("render-refused", Severity.ERROR)
    ]


def test_a_missing_dependency_is_told_once_with_the_cases_that_helm_refuses(tmp_path: pathlib.Path) -> None:
    wanted = "dependencies: [{name: db, version: 1.x, repository: 'https://example.com'}]\n"
    report = checked(tmp_path, **{"Chart.yaml": CHART + wanted, "ci/full-values.yaml": "a: 1\n"})
    (finding,) = report.findings
    assert (finding.rule, finding.place.line) == ("dependency-missing", 4)
    assert {case.scenario for case in finding.cases} == {"default", "full"}


def test_a_template_that_is_not_defined_is_told_once_by_the_case_that_runs_it(tmp_path: pathlib.Path) -> None:
    templates = {
        "templates/_helpers.tpl": '{{ define "web.name" }}web{{ end }}\n',
        "templates/x.yaml": 'a: {{ include "web.nam" . }}\n{{ if .on }}{{ template "web.nam" }}{{ end }}\n',
    }

    report = checked(tmp_path, **templates)

    assert [(finding.rule, finding.place.line, finding.hint) for finding in report.findings] == [
        ("render-failed", 1, "did you mean 'web.name'?"),
        ("template-undefined", 2, "did you mean 'web.name'?"),
    ]
