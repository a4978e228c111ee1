"""`chartkit coverage` in scratch repositories: what is summed over charts, and what is told beside it."""

from __future__ import annotations

import json
import pathlib
import tarfile
from typing import Any

import jsonschema
import pytest

from chartkit import schemas_folder
from chartkit.__main__ import run

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
USES = "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: file://../lib\n"
HELPER = '{{- define "lib.mode" }}{{ if .big }}big{{ else }}small{{ end }}{{ end }}\n'
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"


class Repository:
    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def chart(self, name: str, extra: str = "", **templates: str) -> None:
        self.write(f"{name}/Chart.yaml", CHART.format(name=name) + extra)
        for file, text in templates.items():
            self.write(f"{name}/templates/{file}", text)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def report(self, *arguments: str) -> dict[str, Any]:
        code, out, err = self.run("coverage", "--format", "json", *arguments)
        assert code in (0, 1), err
        report: dict[str, Any] = json.loads(out)
        jsonschema.validate(report, json.loads((schemas_folder() / "coverage.schema.json").read_text()))
        return report


@pytest.fixture
def repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    (tmp_path / ".git").mkdir()
    return Repository(tmp_path, capsys)


def two_charts(repository: Repository) -> None:
    """One library, which one chart uses in one way and another in the other."""
    repository.chart("lib", "type: library\n", **{"_mode.tpl": HELPER})
    for name in ("one", "two"):
        big = "true" if name == "one" else "false"
        template = f'{CONFIG_MAP}  mode: {{{{ include "lib.mode" (dict "big" {big}) }}}}\n'
        repository.chart(name, USES, **{"a.yaml": template})


def missed(report: dict[str, Any]) -> list[str]:
    return [
        f"{file['path']}:{branch['line']} {branch['text']} {branch['missed']}"
        for chart in report["charts"]
        for file in chart["files"]
        for branch in file["branches"]
        if branch["missed"]
    ]


def test_a_library_is_covered_by_all_charts_that_use_it_together(repository: Repository) -> None:
    two_charts(repository)
    report = repository.report()

    assert [chart["path"] for chart in report["charts"]] == ["lib", "one", "two"]
    assert missed(report) == []
    lib = report["charts"][0]
    assert lib["kind"] == "library"
    assert lib["files"][0]["users"] == ["one", "two"]
    assert [branch["scenarios"] for branch in lib["files"][0]["branches"]] == [
        ["one/default"],
        ["two/default"],
    ]


def test_a_library_of_which_a_part_of_the_users_ran_is_held_to_nothing(repository: Repository) -> None:
    two_charts(repository)
    code, out, _ = repository.run("coverage", "one", "--fail-under", "100")

    assert code == 0
    assert "if .big  never false" in out
    assert "only a part of what runs it was run" in out


def test_a_chart_below_the_threshold_ends_the_run_with_1(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP + "{{ if .Values.x }}  a: b{{ end }}\n"})

    assert repository.run("coverage")[0] == 0
    code, out, _ = repository.run("coverage", "--fail-under", "50.1")
    assert code == 1
    assert out.endswith("web: 50% of its branches, expected at least 50.1%\n")
    assert repository.run("coverage", "--fail-under", "50")[0] == 0
    assert repository.report("--fail-under", "60")["below"] == ["web"]


def test_a_part_of_the_cases_is_held_to_no_threshold(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP + "{{ if .Values.x }}  a: b{{ end }}\n"})
    code, _, err = repository.run("coverage", "--fail-under", "50", "--scenario", "default")

    assert code == 2
    assert "hint: leave out --scenario and --kube-version" in err
    repository.write("chartkit.yaml", "coverage: {fail-under: 100}\n")
    assert repository.run("coverage")[0] == 1
    assert repository.run("coverage", "--scenario", "default")[0] == 0


def test_a_check_reports_charts_below_the_threshold_of_the_configuration(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP + "  a: {{ .Values.x | default 1 | quote }}\n"})
    assert "coverage" not in repository.run("check")[1]
    repository.write("chartkit.yaml", "coverage: {fail-under: 75}\n")
    code, out, _ = repository.run("check")

    assert code == 1
    assert "web/Chart.yaml error coverage-too-low" in out
    assert "its scenarios take 1 of 2 branches of the templates, 50 %: expected at least 75 %" in " ".join(
        out.split()
    )
    code, out, _ = repository.run("check", "--kube-version", "1.33", "--verbose")
    assert code == 0
    assert "only a part of the cases was run" in out
    repository.write("chartkit.yaml", "coverage: {fail-under: 75}\nrules: {coverage-too-low: off}\n")
    assert repository.run("check")[0] == 0


def test_a_check_of_a_part_of_the_charts_does_not_judge_their_library(repository: Repository) -> None:
    two_charts(repository)
    repository.write("chartkit.yaml", "coverage: {fail-under: 100}\n")

    assert repository.run("check")[0] == 0
    code, out, _ = repository.run("check", "one", "--verbose")
    assert code == 0
    assert "other charts use it, too, that were not run" in out


def test_a_second_run_takes_what_the_first_one_measured(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP + "  a: {{ .Values.x | default 1 | quote }}\n"})

    assert repository.report() == repository.report() == repository.report("--no-cache")


def test_packed_subcharts_count_when_that_is_asked_for(repository: Repository) -> None:
    repository.chart("sub", **{"b.yaml": CONFIG_MAP + "{{ if .Values.x }}  a: b{{ end }}\n"})
    repository.chart("web", **{"a.yaml": CONFIG_MAP})
    (repository.root / "web" / "charts").mkdir()
    with tarfile.open(repository.root / "web" / "charts" / "sub-1.0.0.tgz", "w:gz") as archive:
        archive.add(repository.root / "sub", "sub")

    report = repository.report("web")
    assert [chart["path"] for chart in report["charts"]] == ["web"]
    assert [remark["what"] for remark in report["remarks"]] == ["web/charts/sub-1.0.0.tgz"]
    charts = repository.report("web", "--vendored")["charts"]
    assert [(chart["path"], chart["kind"]) for chart in charts] == [
        ("web", "application"),
        ("web/charts/sub-1.0.0.tgz", "vendored"),
    ]
    assert charts[1]["files"][0]["path"] == "web/charts/sub-1.0.0.tgz/templates/b.yaml"
    repository.write("chartkit.yaml", "coverage: {vendored: true}\n")
    assert len(repository.report("web")["charts"]) == 2
    assert len(repository.report("web", "--no-vendored")["charts"]) == 1


def test_a_chart_can_be_where_the_command_is_run(repository: Repository) -> None:
    repository.write("Chart.yaml", CHART.format(name="web"))
    repository.write("templates/a.yaml", CONFIG_MAP)
    (chart,) = repository.report(".")["charts"]

    assert (chart["path"], [file["path"] for file in chart["files"]]) == (".", ["templates/a.yaml"])


def test_a_packed_chart_counts_itself(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP})
    with tarfile.open(repository.root / "web-1.0.0.tgz", "w:gz") as archive:
        archive.add(repository.root / "web", "web")

    (chart,) = repository.report("web-1.0.0.tgz")["charts"]
    assert (chart["path"], chart["kind"]) == ("web-1.0.0.tgz", "application")


def test_what_is_not_in_the_figures_is_told(repository: Repository) -> None:
    repository.chart(
        "web", **{"a.yaml": CONFIG_MAP + "{{ if .Values.x }}  a: {{ fail .Values.x }}{{ end }}\n"}
    )
    repository.write("web/ci/x-values.yaml", "x: stop\n")
    repository.chart("lib", "type: library\n", **{"_mode.tpl": HELPER})
    repository.write("broken/Chart.yaml", "name: [\n")
    repository.write("bad/Chart.yaml", CHART.format(name="bad"))
    repository.write("bad/templates/a.yaml", CONFIG_MAP + "  a: {{ .Values.none.a.b }}\n")
    said = {remark["what"]: remark["reason"] for remark in repository.report()["remarks"]}

    assert said["chart broken"] == "it cannot be read: run `chartkit check`"
    assert said["lib: library chart lib"].startswith("it renders nothing by itself")
    assert any(what.startswith("web/x on Kubernetes 1.") for what in said)
    assert any(what.startswith("bad/default on Kubernetes 1.") for what in said)


def test_a_case_that_never_ends_is_told(repository: Repository) -> None:
    endless = '{{ define "x" }}{{ range until 9999 }}{{ include "x" $ }}{{ end }}{{ end }}{{ include "x" . }}'
    repository.chart("web", **{"a.yaml": endless})
    repository.write("chartkit.yaml", "limits: {seconds: 5}\n")
    remarks = repository.report("--kube-version", "1.33")["remarks"]

    assert [remark["what"] for remark in remarks] == ["web/default on Kubernetes 1.33"]


def test_named_templates_that_nothing_calls_are_told(repository: Repository) -> None:
    repository.chart(
        "web",
        **{
            "_a.tpl": '{{ define "twice" }}1{{ end }}{{ define "idle" }}{{ if .x }}1{{ end }}{{ end }}',
            "_b.tpl": '{{ define "twice" }}2{{ end }}{{ define "fromValues" }}3{{ end }}',
            "a.yaml": CONFIG_MAP + '  a: {{ include "twice" . }}\n  b: {{ tpl .Values.text . }}\n',
        },
    )
    repository.write("web/values.yaml", "text: '{{ template \"fromValues\" . }}'\n")
    _, out, _ = repository.run("coverage", "--verbose")

    assert 'define "idle"  never called\n' in out
    assert 'define "fromValues"  perhaps called from values\n' in out
    assert "if .x  never run" in out
    files = repository.report()["charts"][0]["files"]
    replaced = {define["name"]: define["replaced_by"] for file in files[:1] for define in file["defines"]}
    assert replaced == {"twice": None, "idle": None} or replaced["twice"] == {
        "file": "web/templates/_b.tpl",
        "line": 1,
    }


def test_what_a_comment_excuses_is_in_no_share(repository: Repository) -> None:
    repository.chart(
        "web",
        **{
            "a.yaml": CONFIG_MAP
            + "{{- /* chartkit:uncovered(if) only on a cluster */}}\n"
            + '{{ if lookup "v1" "Node" "" "" }}  a: b{{ end }}\n'
            + "{{ if .Values.x }}{{/* chartkit:uncovered never */}}  c: d\n{{ end }}\n"
            + "{{ if not .Values.x }}{{/* chartkit:uncovered idle */}}{{ end }}\n"
        },
    )
    report = repository.report()

    assert report["totals"]["excused"] == 2
    assert missed(report) == ["web/templates/a.yaml:9 not .Values.x never false"]
    assert {remark["what"]: remark["reason"] for remark in report["remarks"]} == {
        "web/templates/a.yaml:9": "chartkit:uncovered: what it stands for is covered, so remove it"
    }
    assert "2 excused" in repository.run("coverage", "-v")[1]


def test_formats_go_to_their_files_and_pages_to_a_folder(repository: Repository) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP + "{{ if .Values.x }}  a: b{{ end }}\n"})
    formats = ["text", "html=out/pages", "lcov=c.info", "cobertura=c.xml", "json=c.json"]
    code, out, _ = repository.run("coverage", *(word for each in formats for word in ("--format", each)))

    assert code == 0
    assert "50% of 2 branches" in out
    assert (repository.root / "out/pages/index.html").read_text().startswith("<!doctype html>")
    assert (repository.root / "c.info").read_text().startswith("TN:\nSF:web/templates/a.yaml\n")
    assert (repository.root / "c.xml").read_text().startswith("<?xml")
    assert json.loads((repository.root / "c.json").read_text())["version"] == 1


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("html", "--format: html makes several pages"),
        ("pdf", "--format: there is no format 'pdf'"),
        ("html=web/Chart.yaml", "cannot make the folder 'web/Chart.yaml'"),
    ],
)
def test_a_format_that_cannot_be_written_is_refused(repository: Repository, word: str, message: str) -> None:
    repository.chart("web", **{"a.yaml": CONFIG_MAP})
    code, _, err = repository.run("coverage", "--format", word)

    assert code == 2
    assert message in err


def test_what_values_include_is_counted(repository: Repository) -> None:
    helper = '{{ define "fromValues" }}{{ if .Values.x }}3{{ else }}4{{ end }}{{ end }}'
    repository.chart("web", **{"_b.tpl": helper, "a.yaml": CONFIG_MAP + "  a: {{ tpl .Values.text . }}\n"})
    repository.write("web/values.yaml", "text: '{{ include \"fromValues\" . | quote }}'\n")

    assert missed(repository.report()) == ["web/templates/_b.tpl:1 .Values.x never true"]


def test_a_quiet_run_tells_what_is_below_the_limit_alone(repository: Repository) -> None:
    repository.chart("web", **{"map.yaml": CONFIG_MAP + '  a: "{{ if .Values.a }}1{{ else }}2{{ end }}"\n'})

    assert repository.run("coverage", "-q") == (0, "", "")
    assert repository.run("coverage", "-q", "--fail-under", "50") == (0, "", "")
    told = "web: 50% of its branches, expected at least 90%\n"
    assert repository.run("coverage", "--quiet", "--fail-under", "90") == (1, told, "")
    assert json.loads(repository.run("coverage", "-q", "--format", "json=-")[1])["version"] == 1
