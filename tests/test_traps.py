"""Ways in which tools for charts have passed in silence, each tried on chartkit as it is run."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.__main__ import run

CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
GOOD = MAP.format(name="good")
WRONG = MAP.format(name="wrong") + "oops: 1\n"
DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: {{ .Values.replicas }}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
"""

Said = tuple[int, dict[str, Any]]
Check = Callable[..., Said]


@pytest.fixture
def check(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Check:
    """Writes files into an empty repository, runs ``chartkit check``, gives the exit code and the report."""
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "repository"
    root.mkdir()
    monkeypatch.chdir(root)

    def write_and_run(files: dict[str, str], *arguments: str) -> Said:
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        capsys.readouterr()
        code = run(["check", "--kube-version", "1.34", "--format", "json", *arguments])
        told = capsys.readouterr()
        assert code in (0, 1), told.err
        return code, json.loads(told.out)

    return write_and_run


def chart(*templates: str, name: str = "web", **files: str) -> dict[str, str]:
    """The files of a chart: its *templates*, and *files* whose ``__`` and ``_`` stand for ``/`` and ``-``."""
    made = {f"{name}/Chart.yaml": CHART.format(name=name)}
    made |= {f"{name}/templates/{index}.yaml": text for index, text in enumerate(templates)}
    return made | {
        f"{name}/{key.replace('__', '/').replace('_', '-')}.yaml": text for key, text in files.items()
    }


def rules(report: dict[str, Any]) -> list[str]:
    return sorted(finding["rule"] for finding in report["findings"])


@pytest.mark.parametrize("call", ['{{ fail "stop" }}', '{{ required "stop" .Values.missing }}'])
def test_fail_and_required_are_obeyed(check: Check, call: str) -> None:
    code, report = check(chart(GOOD, call))

    assert (code, rules(report)) == (1, ["render-refused"])
    assert "stop" in report["findings"][0]["message"]


def test_a_document_that_is_not_yaml_does_not_hide_the_others(check: Check) -> None:
    code, report = check(chart("a: : b\n", f"{WRONG}---\n- [\n---\n{WRONG.replace('wrong', 'more')}"))

    assert code == 1
    assert rules(report) == ["field-unknown", "field-unknown", "yaml-unreadable", "yaml-unreadable"]


def test_a_dependency_that_is_not_there_is_an_error_with_a_hint(check: Check) -> None:
    needs = "dependencies: [{name: db, version: 1.x.x, repository: 'https://charts.example.com'}]\n"
    code, report = check(chart(GOOD) | {"web/Chart.yaml": CHART.format(name="web") + needs})

    assert (code, set(rules(report))) == (1, {"dependency-missing"})
    assert all(finding["hint"] for finding in report["findings"])


def subchart(values: str) -> dict[str, str]:
    return {
        "web/Chart.yaml": CHART.format(name="web") + "dependencies: [{name: db, version: '*'}]\n",
        "web/charts/db/Chart.yaml": CHART.format(name="db"),
        "web/charts/db/values.yaml": values,
    }


def test_values_that_cannot_be_merged_are_told(check: Check) -> None:
    code, report = check(chart(GOOD, values="db: text\n") | subchart("size: 1\n"))

    assert (code, len(report["findings"])) == (1, 1)
    assert "type mismatch on db" in report["findings"][0]["message"]


def test_what_helm_logs_is_told_and_the_chart_is_judged_all_the_same(check: Check) -> None:
    code, report = check(chart(WRONG, values="db: {size: {a: 1}}\n") | subchart("size: 1\n"))

    assert (code, rules(report)) == (1, ["field-unknown", "helm-warning"])


def test_a_chart_that_does_not_render_fails_the_run(check: Check) -> None:
    code, report = check(chart("a: {{ .Values.a.b.c }}\n") | chart(GOOD, name="other"))

    assert (code, rules(report)) == (1, ["render-failed"])
    assert {case["chart"]: case["rendered"] for case in report["cases"]} == {"web": False, "other": True}


def test_no_chart_at_all_is_not_a_success(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    assert run(["check"]) == 2
    assert "there is no chart" in capsys.readouterr().err


def test_an_error_of_helm_never_becomes_a_golden_file(check: Check) -> None:
    check(chart('{{ fail "stop" }}') | {"chartkit.yaml": "golden: golden\n"})

    assert run(["golden", "update"]) == 1
    assert not pathlib.Path("golden").exists()


def test_a_missing_golden_file_is_an_error_and_is_not_written(check: Check) -> None:
    code, report = check(chart(GOOD) | {"chartkit.yaml": "golden: golden\n"})

    assert (code, rules(report)) == (1, ["golden-missing"])
    assert not pathlib.Path("golden").exists()


def test_a_difference_from_no_golden_files_at_all_is_not_a_success(check: Check) -> None:
    check(chart(GOOD))

    assert run(["golden", "diff"]) != 0


def test_a_golden_file_without_a_case_is_told_and_kept(check: Check) -> None:
    gone = ["golden/gone/default.yaml", "golden/web/gone.yaml"]
    check(chart(GOOD) | {"chartkit.yaml": "golden: golden\n"})
    run(["golden", "update"])
    check(dict.fromkeys(gone, GOOD))

    # a run for one Kubernetes version alone, as above, cannot tell what is nobody's
    assert run(["check", "--format", "json=report.json"]) == 1
    report = json.loads(pathlib.Path("report.json").read_text())
    assert [(finding["rule"], finding["file"]) for finding in report["findings"]] == [
        ("golden-orphaned", name) for name in gone
    ]
    assert all(pathlib.Path(name).exists() for name in gone)


def test_a_kind_without_a_schema_is_counted_and_with_strict_an_error(check: Check) -> None:
    stranger = "apiVersion: example.com/v1\nkind: Toy\nmetadata: {name: bear}\n"
    code, report = check(chart(stranger))
    assert (code, report["summary"]["not_judged"]) == (0, 1)
    assert report["not_judged"][0]["resource"]["kind"] == "Toy"

    code, report = check({}, "--strict")
    assert (code, rules(report)) == (1, ["kind-not-judged"])


def test_a_kubernetes_version_without_schemas_is_told(check: Check) -> None:
    _, report = check(chart(GOOD), "--kube-version", "1.99")

    assert any("1.99" in item["what"] for item in report["not_judged"])


def test_unknown_fields_are_errors_without_being_asked_for(check: Check) -> None:
    code, report = check(chart(WRONG))

    assert (code, rules(report)) == (1, ["field-unknown"])


def test_no_cluster_is_asked_whatever_the_kubeconfig_says(
    check: Check, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as cluster:
        server = f"http://127.0.0.1:{cluster.getsockname()[1]}"
        (tmp_path / "kubeconfig").write_text(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\n"
            f"clusters: [{{name: c, cluster: {{server: '{server}'}}}}]\n"
            "contexts: [{name: c, context: {cluster: c, user: u}}]\nusers: [{name: u, user: {}}]\n"
        )
        monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
        found = '{{ if lookup "v1" "Namespace" "" "default" }}{{ fail "asked" }}{{ end }}\n'
        code, report = check(chart(found + GOOD))
        cluster.settimeout(0)
        with pytest.raises(BlockingIOError):
            cluster.accept()

    assert (code, report["findings"]) == (0, [])


def test_the_defaults_are_judged_beside_the_values_files(check: Check) -> None:
    files = chart(DEPLOYMENT, values="replicas: many\n", ci__good_values="replicas: 1\n")
    code, report = check(files)

    assert (code, rules(report)) == (1, ["field-invalid"])
    assert [case["scenario"] for case in report["findings"][0]["cases"]] == ["default"]


def test_every_error_is_told_not_the_first_alone(check: Check) -> None:
    several = WRONG + "more: 1\n" + "data: {count: 1}\n"
    code, report = check(chart(several, several.replace("wrong", "other")) | chart(WRONG, name="last"))

    assert code == 1
    assert {f["chart"] for f in report["findings"]} == {"last", "web"}
    assert len(report["findings"]) == 7


def test_two_charts_of_one_name_are_told_apart(check: Check) -> None:
    files = chart(WRONG)
    code, report = check({f"{team}/{name}": text for team in "ab" for name, text in files.items()})

    assert code == 1
    assert [finding["file"] for finding in report["findings"]] == [
        "a/web/templates/0.yaml",
        "b/web/templates/0.yaml",
    ]


def test_a_chart_that_makes_nothing_is_told(check: Check) -> None:
    _, report = check(chart("{{ if .Values.never }}\n" + GOOD + "{{ end }}\n"))

    assert rules(report) == ["render-empty"]


@pytest.mark.parametrize("arguments", [("--ignore", "render-failed"), ("--select", "field-unknown")])
def test_a_case_that_is_not_rendered_is_told_though_its_rule_is_off(
    check: Check, arguments: tuple[str, str]
) -> None:
    _, report = check(chart("a: {{ .Values.a.b.c }}\n"), *arguments)

    assert report["not_judged"]


def test_a_cache_that_cannot_be_written_hides_no_drift(
    check: Check, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    check(chart(GOOD) | {"chartkit.yaml": "golden: golden\n"})
    run(["golden", "update"])
    (tmp_path / "no-folder").write_text("")
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "no-folder"))
    code, report = check(chart(GOOD + "data: {more: text}\n"))

    assert (code, rules(report)) == (1, ["golden-drifted"])


def chartkit(*arguments: str, output: Any, **environment: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, as a shell starts it."""
    command = [sys.executable, "-m", "chartkit", *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(
        command, stdout=output, stderr=subprocess.PIPE, text=True, env=variables, check=False
    )


@pytest.mark.skipif(not pathlib.Path("/dev/full").exists(), reason="the system has no /dev/full")
def test_a_report_that_could_not_be_written_is_not_a_success(check: Check) -> None:
    check(chart(GOOD))
    with pathlib.Path("/dev/full").open("w") as full:
        done = chartkit("check", output=full)

    assert done.returncode == 2
    assert "cannot print the result" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("template", "code"), [(GOOD, 0), (WRONG, 1)])
def test_a_reader_that_goes_away_does_not_change_the_verdict(check: Check, template: str, code: int) -> None:
    check(chart(template))
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as pipe:
        done = chartkit("check", output=pipe)

    assert (done.returncode, done.stderr) == (code, "")


def test_a_terminal_that_lacks_letters_gets_them_written_out(check: Check) -> None:
    check(chart(WRONG, name="größe"))
    done = chartkit("check", output=subprocess.PIPE, PYTHONIOENCODING="ascii")

    assert done.returncode == 1, done.stderr
    assert r"gr\xf6\xdfe/templates/0.yaml" in done.stdout
