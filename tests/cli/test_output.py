"""Where reports go, and that they are the same wherever they were made."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap
import urllib.parse

import pytest

from chartkit.__main__ import run
from chartkit.reports import FORMATS, markdown

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


class Repository:
    """A scratch repository, which is the working directory, and a folder beside it."""

    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root, self.outside = root, root.parent / "outside"
        self._capsys = capsys

    def write(self, files: dict[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(text))

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "FORCE_COLOR", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    return Repository(tmp_path / "repository", capsys)


# ---------------------------------------------------------------------------- files


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("no/such/report.json", "there is no folder 'no/such' for the report 'no/such/report.json'"),
        ("web", "'web' is a folder"),
        ("web/Chart.yaml/x.json", "there is no folder 'web/Chart.yaml'"),
    ],
)
def test_a_report_that_cannot_be_written_is_told_of_before_the_run(
    repository: Repository, file: str, said: str
) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP})
    code, out, err = repository.run("check", "--format", "text", "--format", f"json={file}")

    assert (code, out) == (2, "")
    assert said in err
    assert "hint: " in err
    assert not (repository.root.parent / "cache").exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is closed to root")
def test_a_folder_that_is_closed_is_told_of_before_the_run(repository: Repository) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "closed/x": ""})
    (repository.root / "closed").chmod(0o500)
    code, _, err = repository.run("check", "--format", "json=closed/report.json")

    assert code == 2
    assert "cannot be written to" in err


def test_a_page_without_jinja2_is_told_of_before_the_run(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web")})
    monkeypatch.setitem(sys.modules, "jinja2", None)
    code, out, err = repository.run("check", "--format", "html=report.html")

    assert (code, out) == (2, "")
    assert err == (
        "error: --format html: the package jinja2 is not installed\nhint: install chartkit[html]\n"
    )
    assert not (repository.root / "report.html").exists()


def test_every_format_comes_from_one_run(repository: Repository) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP})
    code, out, _ = repository.run("check", *(f"--format={name}=report.{name}" for name in FORMATS))

    assert (code, out) == (0, "")
    assert {path.name for path in repository.root.glob("report.*")} == {f"report.{name}" for name in FORMATS}


# ---------------------------------------------------------------------------- summary of a step


def test_annotations_come_with_a_summary_of_the_step(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(
        {"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP + "x: 1\n"}
    )
    repository.write({"summary.md": "before\n"})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository.root / "summary.md"))
    for _ in "12":  # also where nothing has changed
        code, out, _ = repository.run("check", "--format", "github")
        assert code == 1
        assert out.startswith("::error file=web/templates/a.yaml,line=4,")

    summary = (repository.root / "summary.md").read_text()
    assert summary.startswith("before\n### ❌ chartkit: 1 error")
    assert summary.count("### ❌ chartkit: 1 error") == 2


def test_a_run_that_is_told_again_writes_its_summary_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP})
    command = [sys.executable, "-m", "chartkit", "check", "--format", "github"]
    for name in ("first.md", "second.md", "third.md"):
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository.root.parent / name))
        subprocess.run(command, check=True, capture_output=True)

        assert "chartkit: clean" in (repository.root.parent / name).read_text()


def test_reports_know_the_pages_of_rules_and_what_fails_the_run(repository: Repository) -> None:
    repository.write(
        {"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP + "x: 1\n"}
    )
    for severity, code in (("error", 1), ("never", 0)):
        assert repository.run("check", "--fail-on", severity, "--format", "sarif=report.sarif")[0] == code
        (found,) = json.loads((repository.root / "report.sarif").read_text())["runs"]
        (rule,) = found["tool"]["driver"]["rules"]
        assert "## Bad" in rule["help"]["markdown"]
        assert found["invocations"][0]["exitCode"] == code


def test_other_formats_write_no_summary(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository.root / "summary.md"))
    repository.run("check", "--format", "text", "--format", "markdown")

    assert not (repository.root / "summary.md").exists()


def test_a_summary_that_is_full_stays_as_it_is(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write(
        {"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP + "x: 1\n"}
    )
    repository.write({"summary.md": "x" * (markdown.STEP - 20)})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository.root / "summary.md"))
    code, _, err = repository.run("check", "--format", "github")

    assert code == 1
    assert err == "warning: there is no room for the report in the summary of this step\n"
    assert (repository.root / "summary.md").stat().st_size == markdown.STEP - 20


def test_a_summary_that_cannot_be_written_is_told_of(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write({"web/Chart.yaml": CHART.format(name="web"), "web/templates/a.yaml": CONFIG_MAP})
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(repository.root / "no/summary.md"))
    code, _, err = repository.run("check", "--format", "github")

    assert code == 2
    assert "GITHUB_STEP_SUMMARY" in err


# ---------------------------------------------------------------------------- paths

FAULTY = {
    "web/Chart.yaml": """\
        apiVersion: v2
        name: web
        version: 1.0.0
        dependencies:
        - {name: gone, version: 1.0.0, repository: "file://../gone"}
        """,
    "web/templates/a.yaml": CONFIG_MAP,
    "fails/Chart.yaml": CHART.format(name="fails"),
    "fails/templates/a.yaml": "{{ fail .Values.why }}\n",
    "fails/values.yaml": "why: because\n",
    "fails/ci/broken-values.yaml": "why: [\n",
    "fails/ci/odd-values.yaml": "why: {a: 1}\n",
    "parses/Chart.yaml": CHART.format(name="parses"),
    "parses/templates/a.yaml": "{{ if }}\n",
    "reads/Chart.yaml": CHART.format(name="reads"),
    "reads/templates/a.yaml": '{{ include "none" . }}{{ .Files.Get "/etc/passwd" }}\n',
    "yaml/Chart.yaml": CHART.format(name="yaml"),
    "yaml/templates/a.yaml": CONFIG_MAP + "data: [\n",
    "schema/Chart.yaml": CHART.format(name="schema"),
    "schema/values.yaml": "replicas: two\n",
    "schema/values.schema.json": '{"properties": {"replicas": {"type": "integer"}}}',
    "schema/templates/a.yaml": CONFIG_MAP,
    "unreadable/Chart.yaml": "name: [\n",
    "fields/Chart.yaml": CHART.format(name="fields"),
    "fields/templates/a.yaml": CONFIG_MAP + "oops: {{ .Values.x }}\n---\n" + CONFIG_MAP + "oops: 1\n",
    "fields/templates/_b.tpl": "{{- /* chartkit:ignore field-unknown some reason */ -}}\n",
    "fields/values.yaml": "x: [a]\n",
    "empty/Chart.yaml": CHART.format(name="empty"),
    "empty/crds/a.yaml": "kind: [\n",
    "chartkit.yaml": """\
        golden: golden
        ignore:
        - {rule: field-unknown, reason: accepted, chart: schema}
        charts:
          fields:
            scenarios:
              default: {}
              more: {values: [gone.yaml, ../outside/fails/values.yaml]}
          nothing-fits-*: {}
        """,
    "golden/web/orphan.yaml": "a: 1\n",
}


@pytest.fixture
def faulty(repository: Repository) -> Repository:
    """Charts with faults of all kinds, in the repository, packed, and beside it."""
    repository.write(FAULTY)
    repository.outside.mkdir()
    shutil.copytree(repository.root / "fails", repository.outside / "fails")
    shutil.copytree(repository.root / "schema", repository.outside / "schema")
    (repository.root / "linked").symlink_to(repository.outside / "fails")
    (repository.root / "web/templates/link.yaml").symlink_to(repository.outside / "fails/values.yaml")
    (repository.root / "broken-1.0.0.tgz").write_bytes(b"no archive")
    with tarfile.open(repository.root / "packed-1.0.0.tgz", "w:gz") as archive:
        archive.add(repository.root / "parses", "parses")
    return repository


KINDS = {
    *("chart-unreadable", "chart-file-unsafe", "dependency-missing", "field-unknown", "golden-missing"),
    *("golden-orphaned", "render-failed", "render-refused", "values-file-missing", "values-unreadable"),
    *("values-schema-violated", "yaml-unreadable"),
}
CHARTS = sorted({name.split("/")[0] for name in FAULTY if "Chart.yaml" in name})


@pytest.mark.parametrize("given", ["paths", "nothing"])
def test_no_report_names_a_folder_of_the_machine(faulty: Repository, given: str) -> None:
    paths = [
        *(str(faulty.root / path) for path in CHARTS),
        *(str(faulty.outside / path) for path in ("fails", "schema")),
        *(str(faulty.root / path) for path in ("packed-1.0.0.tgz", "broken-1.0.0.tgz")),
    ]
    formats = [f"--format={name}={faulty.root}/report.{name}" for name in FORMATS]
    code, out, err = faulty.run("check", "--verbose", *formats, *(paths if given == "paths" else []))

    assert (code, out, err) == (1, "", "")
    report = json.loads((faulty.root / "report.json").read_text())
    rules = {finding["rule"] for finding in report["findings"]}
    assert rules >= (KINDS if given == "paths" else {"chart-pattern-unmatched"})
    for name in FORMATS:
        text = (faulty.root / f"report.{name}").read_text()
        for folder in (faulty.root.parent, pathlib.Path.home(), pathlib.Path(tempfile.gettempdir())):
            assert f"{folder}/" not in text, name
            assert urllib.parse.quote(f"{folder}/") not in text, name
        assert "chartkit-scratch" not in text, name
