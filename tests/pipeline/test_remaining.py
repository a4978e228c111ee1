"""All that fails in a case is told in one run, and what does not fail is judged."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping

import pytest

from chartkit.model.finding import Severity
from chartkit.model.report import Report
from chartkit.pipeline import check
from chartkit.plan.config import configure

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
HEAD = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"
WRONG = HEAD + "data: {n: 1}\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def checked(root: pathlib.Path, files: Mapping[str, str]) -> Report:
    for name, text in {"Chart.yaml": CHART, **files}.items():
        path = root / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return check.check(dataclasses.replace(configure.read(cwd=root, environ={}), cache_dir=None))


def told(report: Report) -> list[str]:
    """``templates/a.yaml:1 render-failed`` of each finding."""
    places = ((finding.place, finding.rule) for finding in report.findings)
    return [f"{place.file.removeprefix('web/')}:{place.line} {rule}" for place, rule in places]


SHARED = '{{ define "web.x" }}\n{{ .Values.x.y }}{{ end }}\n'
CASES: dict[str, tuple[dict[str, str], list[str]]] = {
    "fields of nothing, and an object": (
        {"a.yaml": "a: {{ .Values.x.y }}\n", "b.yaml": "a: {{ .Values.z.y }}\n", "c.yaml": WRONG},
        ["a.yaml:1 render-failed", "b.yaml:1 render-failed", "c.yaml:4 field-invalid"],
    ),
    "every kind of failure": (
        {
            "a.yaml": "a: {{ .Values.x.y }}\n",
            "b.yaml": 'a: {{ required "give b" .Values.b }}\n',
            "c.yaml": 'a: "{{ .Release.Name }}\nb: c\n',
            "d.yaml": '\n{{ fail "never" }}\n',
            "e.yaml": '{{ include "nowhere" . }}\n',
        },
        [
            "a.yaml:1 render-failed",
            "b.yaml:1 render-refused",
            "c.yaml:1 yaml-unreadable",
            "d.yaml:2 render-refused",
            "e.yaml:1 render-failed",
        ],
    ),
    "one helper that several include": (
        {
            "_h.tpl": SHARED,
            "a.yaml": 'a: {{ include "web.x" . }}\n',
            "b.yaml": 'b: {{ include "web.x" . }}\n',
            "c.yaml": WRONG,
        },
        ["_h.tpl:2 render-failed", "c.yaml:4 field-invalid"],
    ),
    "what a failing template defines is there for the others": (
        {
            "a.yaml": '{{ define "web.n" }}1{{ end }}a: {{ .Values.x.y }}\n',
            "c.yaml": HEAD + 'data: {n: {{ include "web.n" . }}}\n',
        },
        ["a.yaml:1 render-failed", "a.yaml:1 field-invalid"],
    ),
    "what the block of a failing template defines is not missed": (
        {
            "a.yaml": '{{ block "web.n" . }}{{ .Values.x.y }}{{ end }}\n',
            "c.yaml": '{{ include "web.n" . }}\n',
        },
        ["a.yaml:1 render-failed"],
    ),
    "the checksum of a template that fails": (
        {
            "a.yaml": "a: {{ .Values.x.y }}\n",
            "c.yaml": HEAD
            + 'data: {s: {{ include (print $.Template.BasePath "/a.yaml") . | sha256sum }}, n: 1}\n',
        },
        ["a.yaml:1 render-failed", "c.yaml:4 field-invalid"],
    ),
    "files that are no templates": (
        {
            "_h.tpl": '{{ define "web.x" }}x{{ end }}\n{{ if }}\n',
            "a.yaml": '{{ include "web.x" . }}\n',
            "b.yaml": "a: {{ nofunc }}\n",
            "c.yaml": WRONG,
            "d.yaml": "a: {{ .Values.x.y }}\n",
        },
        [
            "_h.tpl:2 render-failed",
            "b.yaml:1 render-failed",
            "c.yaml:4 field-invalid",
            "d.yaml:1 render-failed",
        ],
    ),
    "notes": (
        {"NOTES.txt": "{{ .Values.x.y }}\n", "c.yaml": WRONG},
        ["NOTES.txt:1 render-failed", "c.yaml:4 field-invalid"],
    ),
    "what is random": (
        {"a.yaml": "a: {{ randAlphaNum 3 }}{{ .Values.x.y }}\n", "b.yaml": "a: {{ .Values.z.y }}\n"},
        ["a.yaml:1 render-failed", "b.yaml:1 render-failed"],
    ),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """One run over all cases, each a chart."""
    root = tmp_path_factory.mktemp("charts")
    for name, (templates, _) in CASES.items():
        for file, text in templates.items():
            path = root / name / "templates" / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        (root / name / "Chart.yaml").write_text(CHART)
    return check.check(dataclasses.replace(configure.read(cwd=root, environ={}), cache_dir=None))


@pytest.mark.parametrize("name", CASES)
def test_all_that_fails_is_told_and_the_rest_is_judged(name: str, whole: Report) -> None:
    found = [
        f"{finding.place.file.removeprefix(f'{name}/templates/')}:{finding.place.line} {finding.rule}"
        for finding in whole.findings
        if finding.place.file.startswith(f"{name}/") and finding.rule != "template-undefined"
    ]
    assert sorted(found) == sorted(CASES[name][1])


def test_what_is_judged_in_part_is_not_rendered(whole: Report) -> None:
    assert not any(case.rendered for case in whole.cases)
    assert whole.not_judged == ()


def test_a_subchart_fails_beside_its_parent(tmp_path: pathlib.Path) -> None:
    files = {
        "Chart.yaml": CHART + "dependencies: [{name: sub, version: 1.0.0}]\n",
        "templates/a.yaml": "a: {{ .Values.x.y }}\n",
        "charts/sub/Chart.yaml": CHART.replace("web", "sub"),
        "charts/sub/templates/a.yaml": "\na: {{ .Values.x.y }}\n",
    }
    assert told(checked(tmp_path, files)) == [
        "charts/sub/templates/a.yaml:2 render-failed",
        "templates/a.yaml:1 render-failed",
    ]


def test_what_may_follow_from_a_failure_is_not_told(tmp_path: pathlib.Path) -> None:
    """Helm runs first what comes last by name; a template may set what those after it read."""
    sets = '{{ $_ := set .Values "x" (dict "y" .Values.z.y) }}\n'
    files = {"templates/z.yaml": sets, "templates/a.yaml": "a: {{ .Values.x.y }}\n"}

    report = checked(tmp_path, files)

    assert told(report) == ["templates/z.yaml:1 render-failed"]
    (left,) = report.not_judged
    assert (left.what, left.reason) == (
        "other templates",
        "web/templates/z.yaml fails, and sets values that they may read",
    )


def test_an_end_is_put_to_it_and_told(tmp_path: pathlib.Path) -> None:
    report = checked(tmp_path, {f"templates/{number}.yaml": "a: {{ .Values.x.y }}\n" for number in range(60)})

    assert len(report.findings) == 51
    assert [left.reason for left in report.not_judged] == ["50 templates fail already"]


def test_of_a_scenario_that_must_fail_the_first_failure_is_enough(tmp_path: pathlib.Path) -> None:
    (tmp_path / "chartkit.yaml").write_text("charts: {web: {scenarios: {default: {fails: never}}}}\n")
    files = {"templates/a.yaml": "a: {{ .Values.x.y }}\n", "templates/b.yaml": '{{ fail "never" }}\n'}

    assert told(checked(tmp_path, files)) == []


def test_all_that_the_defaults_lack_is_a_note_where_a_scenario_gives_it(tmp_path: pathlib.Path) -> None:
    files = {
        "templates/a.yaml": 'a: {{ required "give a" .Values.a }}\n',
        "templates/b.yaml": HEAD + 'data: {n: "{{ required `give b` .Values.b }}"}\n',
        "templates/c.yaml": HEAD.replace("name: a", "name: c") + "data: {n: {{ .Values.c }}}\n",
        "values.yaml": "c: 1\n",
    }
    report = checked(tmp_path, files)
    assert [finding.severity for finding in report.findings] == [Severity.ERROR] * 3

    files["templates/a.yaml"] = (
        HEAD.replace("name: a", "name: d") + 'data: {n: "{{ required `a` .Values.a }}"}\n'
    )
    report = checked(tmp_path, {**files, "ci/full-values.yaml": "{a: a, b: b, c: c}\n"})
    assert [(finding.rule, finding.severity) for finding in report.findings] == [
        ("render-refused", Severity.NOTE),
        ("render-refused", Severity.NOTE),
    ], "objects are judged where the values are"
