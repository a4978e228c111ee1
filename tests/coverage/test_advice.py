"""`chartkit coverage --suggest`, `--write-scenarios`, `--unused-values`: what is told beside the figures."""

from __future__ import annotations

import json
import pathlib

import jsonschema
import pytest

from chartkit import schemas_folder
from chartkit.__main__ import run

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n"
GUARDED = CONFIG_MAP + '{{ if eq .Values.mode "big" }}  a: b\n{{ else }}  c: d\n{{ end }}'
CONFIG = "# kept\ncharts: {}\n"


class Repository:
    """A folder with charts in it."""

    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def chart(self, template: str, values: str = "mode: small\n", name: str = "web", extra: str = "") -> None:
        self.write(f"{name}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n{extra}")
        self.write(f"{name}/values.yaml", values)
        self.write(f"{name}/templates/a.yaml", template)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = run(["coverage", *arguments])
        said = self._capsys.readouterr()
        return code, said.out, said.err


@pytest.fixture
def repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    (tmp_path / ".git").mkdir()
    return Repository(tmp_path, capsys)


def test_what_is_suggested_covers_more_once_it_is_pasted(repository: Repository) -> None:
    repository.chart(GUARDED)
    code, out, _ = repository.run("--suggest")

    assert code == 0
    assert "50% of 2 branches" in out
    pasted = out[out.index("charts:\n") : out.index("\nrun with --write-scenarios")]
    assert "values: {mode: big}" in pasted
    repository.write("chartkit.yaml", pasted)
    assert "100% of 2 branches" in repository.run()[1]


def test_scenarios_are_written_once(repository: Repository) -> None:
    repository.chart(GUARDED)
    repository.write("chartkit.yaml", CONFIG)
    code, out, _ = repository.run("--write-scenarios")

    assert code == 0
    assert "added to chartkit.yaml: web: mode" in out
    assert out.endswith("run `chartkit golden update` to record what they render to\n")
    written = (repository.root / "chartkit.yaml").read_text()
    assert written.startswith("# kept\n")
    assert "mode: big" in written
    code, out, _ = repository.run("--write-scenarios")
    assert "100% of 2 branches" in out
    assert out.endswith("nothing to add to chartkit.yaml: no scenario is known that covers more\n")
    assert (repository.root / "chartkit.yaml").read_text() == written


def test_a_scenario_that_must_fail_is_suggested_as_such(repository: Repository) -> None:
    repository.chart(CONFIG_MAP + '{{ if .Values.old }}{{ fail "old is gone" }}{{ end }}  a: b\n')
    out = repository.run("--suggest")[1]

    assert "fails: old is gone" in out


def test_what_cannot_be_reached_is_told_with_its_reason(repository: Repository) -> None:
    repository.chart(CONFIG_MAP + '{{ if eq 1 2 }}  a: b\n{{ end }}  c: {{ or .Chart.Name "x" }}\n')
    out = repository.run("--suggest")[1]

    assert "no scenario is known that covers more" in out
    assert (
        "2 branches that no scenario is known to reach:\n  its condition is constant in this chart (2):"
        in out
    )
    assert "    web/templates/a.yaml:5  if eq 1 2\n" in out
    assert "    web/templates/a.yaml:6  false .Chart.Name in or\n" in out


def test_of_many_that_cannot_be_reached_some_are_told(repository: Repository) -> None:
    repository.chart(CONFIG_MAP + "{{ if eq 1 2 }}  a: b\n{{ end }}" * 5)

    assert "    and 2 more: see --verbose\n" in repository.run("--suggest")[1]
    assert "more: see" not in repository.run("--suggest", "--verbose")[1]


def test_what_nobody_expects_to_be_covered_gets_no_scenario(repository: Repository) -> None:
    excuse = "{{- /* chartkit:uncovered not today */ -}}"
    repository.chart(CONFIG_MAP + f"  c: d\n{{{{ if .Values.a }}}}{excuse}  a: b\n{{{{ end }}}}")
    out = repository.run("--suggest")[1]

    assert "no scenario is known that covers more" in out
    assert "known to reach" not in out


def test_charts_that_share_a_template_get_one_scenario_for_it(repository: Repository) -> None:
    helper = '{{- define "lib.mode" }}{{ if .Values.big }}big{{ end }}{{ end }}\n'
    repository.write("lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n")
    repository.write("lib/templates/_mode.tpl", helper)
    uses = "dependencies:\n- name: lib\n  version: 1.0.0\n  repository: file://../lib\n"
    for name in ("one", "two"):
        repository.chart(
            CONFIG_MAP + '  mode: "{{ include "lib.mode" . }}"\n', "big: false\n", name=name, extra=uses
        )
    out = repository.run("--suggest")[1]

    assert out.count("big: true") == 1
    assert "  one:\n" in out


def test_a_part_of_the_cases_gets_no_suggestions(repository: Repository) -> None:
    repository.chart(GUARDED)
    code, _, err = repository.run("--suggest", "--scenario", "default")

    assert code == 2
    assert "hint: leave out --scenario and --kube-version" in err


def test_values_that_no_template_reads_are_named(repository: Repository) -> None:
    repository.chart(GUARDED, "mode: small\nforgotten: 1\n")
    code, out, _ = repository.run("--unused-values")

    assert code == 0
    assert "web: 2 keys, 1 read over 1 scenario" in out
    assert "    web/values.yaml\n       2  forgotten\n            no template reads it\n" in out
    assert "scenario is known" not in out


def test_a_report_for_programs_has_the_values_and_nothing_else(repository: Repository) -> None:
    repository.chart(GUARDED, "mode: small\nforgotten: 1\n")
    _, out, err = repository.run("--unused-values", "--suggest", "--format", "json")
    report = json.loads(out)

    jsonschema.validate(report, json.loads((schemas_folder() / "coverage.schema.json").read_text()))
    assert [(key["key"], key["status"]) for key in report["values"][0]["keys"]] == [
        ("mode", "read"),
        ("forgotten", "unread"),
    ]
    assert "mode: big" in err
    assert "values" not in json.loads(repository.run("--format", "json")[1])


def test_a_chart_that_never_ends_once_a_value_is_set_is_stopped(repository: Repository) -> None:
    loop = '{{ define "a" }}{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}{{ end }}'
    repository.chart(
        CONFIG_MAP + f'{loop}{{{{ if .Values.on }}}}{{{{ include "a" . }}}}{{{{ end }}}}  a: b\n',
        "on: false\n",
    )
    repository.write("chartkit.yaml", "limits: {seconds: 2}\n")
    code, out, _ = repository.run("--suggest", "--unused-values")

    assert code == 0
    assert "scenarios for web: looking for them" in out
    assert "values of web: measuring them" in out


def test_a_chart_of_which_no_case_ends_is_not_tried(repository: Repository) -> None:
    repository.chart(CONFIG_MAP + "{{ range until 30000 }}{{ range until 30000 }}{{ end }}{{ end }}")
    repository.write("chartkit.yaml", "limits: {seconds: 1}\n")
    out = repository.run("--unused-values", "--suggest")[1]

    assert "values of web: measuring them was not tried" in out
    assert "no scenario is known that covers more" in out


def test_what_a_chart_says_cannot_steer_the_terminal(repository: Repository) -> None:
    repository.chart(
        CONFIG_MAP + '{{ if eq .Values.mode "\x1b[31m" }}  a: b\n{{ end }}', 'mode: a\n"x\\e": 1\n'
    )
    out = repository.run("--suggest", "--unused-values")[1]

    assert "\x1b" not in out


MOUNTING = """apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
  - name: web
    image: example.com/web:1.0.0
{{- if .Values.more }}
    volumeMounts: [{name: extra, mountPath: /extra}]
{{- end }}
{{- if .Values.tty }}
    tty: true
{{- end }}
"""


def test_a_scenario_that_brings_findings_is_told_and_not_written(repository: Repository) -> None:
    repository.chart(MOUNTING, values="more: false\ntty: false\n")
    out = repository.run("--suggest")[1]

    clean, unclean = out.split("run with --write-scenarios to add them\n")
    assert "values: {tty: true}" in clean
    assert "scenarios that cover what no others do, but bring findings" in unclean
    said = (
        "      # reaches it, but volume-mount-unresolved: Pod/web: volume 'extra' is not defined in the pod\n"
    )
    assert said in unclean
    out = repository.run("--write-scenarios")[1]
    assert "added to chartkit.yaml: web: tty\n" in out
    left_out = "not added to chartkit.yaml: 1 scenario that would bring findings, which --suggest shows"
    assert left_out in " ".join(out.split())
    assert "more" not in (repository.root / "chartkit.yaml").read_text().partition("charts:")[2]


def test_what_was_found_is_kept(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.chart(GUARDED)
    first = repository.run("--suggest", "--unused-values")

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("this was asked for before")

    monkeypatch.setattr("chartkit.system.worker_pool.Pool.submit", nobody)
    assert repository.run("--suggest", "--unused-values") == first
