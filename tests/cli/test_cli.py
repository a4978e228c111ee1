"""What a user types, and what comes back: whole runs in scratch repositories."""

from __future__ import annotations

import io
import json
import os
import pathlib
import shutil
from typing import Any

import jsonschema
import pytest

from chartkit import __version__, schemas_folder
from chartkit.__main__ import run

ROOT = pathlib.Path(__file__).parents[2]
CHART = "apiVersion: v2\nname: {name}\nversion: 1.0.0\n"
CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  mode: {{ .Values.mode | quote }}
"""


class Repository:
    """A scratch repository in which commands are run as `chartkit` runs them."""

    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def chart(self, name: str, values: str = "mode: plain\n", **templates: str) -> None:
        self.write(f"{name}/Chart.yaml", CHART.format(name=name))
        self.write(f"{name}/values.yaml", values)
        for file, text in templates.items():
            self.write(f"{name}/templates/{file}.yaml", text)

    def run(self, *arguments: str) -> tuple[int, str, str]:
        code = run(list(arguments))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def said(self) -> str:
        return self._capsys.readouterr().err

    def report(self, *arguments: str) -> dict[str, Any]:
        code, out, err = self.run("check", "--format", "json", *arguments)
        assert code in (0, 1), err
        report: dict[str, Any] = json.loads(out)
        jsonschema.validate(report, json.loads((schemas_folder() / "report.schema.json").read_text()))
        return report

    def rules(self, *arguments: str) -> list[str]:
        return sorted(finding["rule"] for finding in self.report(*arguments)["findings"])


@pytest.fixture
def repository(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Repository:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    return Repository(tmp_path / "repository", capsys)


def test_a_good_chart_is_clean(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    code, out, err = repository.run("check")

    assert (code, err) == (0, "")
    assert "1 chart" in out


def test_every_values_file_of_the_conventions_is_a_scenario(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("web/ci/more-values.yaml", "mode: more\n")
    repository.write("web/values-ha.yaml", "mode: ha\n")
    report = repository.report()

    assert {case["scenario"] for case in report["cases"]} == {"default", "more", "ha"}


def test_one_fault_in_several_cases_is_one_finding(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + "oops: 1\n")
    repository.write("web/values-ha.yaml", "mode: ha\n")
    (finding,) = repository.report("--kube-version", "1.31")["findings"]

    assert finding["rule"] == "field-unknown"
    assert finding["path"] == "/oops"
    assert finding["rendered_line"] == 9
    assert [case["scenario"] for case in finding["cases"]] == ["default", "ha"]


def test_two_runs_tell_the_same_and_the_second_does_nothing(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + "oops: 1\n")
    first, second = repository.report(), repository.report()
    assert [case["cached"] for case in first["cases"]] == [False, False]
    assert [case["cached"] for case in second["cases"]] == [True, True]
    for report in (first, second):
        for case in report["cases"]:
            case["seconds"] = case["cached"] = None

    assert first == second


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("web/values.yaml", "mode: [\n"),
        ("web/templates/map.yaml", CONFIG_MAP + "oops: 1\n"),
        ("web/templates/more.yaml", CONFIG_MAP),
        ("web/values-ha.yaml", "mode: ha\n"),
        ("chartkit.yaml", "rules: {field-unknown: warning}\n"),
        ("golden/web/default.yaml", "---\n# Source: web/templates/map.yaml\n"),
    ],
)
def test_whatever_changes_is_seen_at_once(repository: Repository, file: str, text: str) -> None:
    repository.chart("web", map=CONFIG_MAP)
    before = repository.report()
    repository.report()
    repository.write(file, text)
    after = repository.report()
    fresh = repository.report("--no-cache")
    for report in (before, after, fresh):
        for case in report["cases"]:
            case["seconds"] = case["cached"] = None

    assert after == fresh
    assert file.endswith("chartkit.yaml") or after != before


BASED = """\
charts:
  web:
    values:
    - base.yaml
    - extra:
        wrong: 1
    scenarios: {ha: {set: {mode: ha}}}
"""


def test_a_changed_file_that_lies_under_every_scenario_is_rendered_anew(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + "  extra: {{ .Values.extra | quote }}\n")
    repository.write("chartkit.yaml", "golden: golden\n" + BASED)
    repository.write("web/base.yaml", "extra: {a: 1}\n")
    repository.run("golden", "update")
    assert "wrong:1" in (repository.root / "golden/web/ha.yaml").read_text()
    assert repository.rules() == []
    assert all(case["cached"] for case in repository.report()["cases"])

    repository.write("web/base.yaml", "extra: {a: 2}\n")
    report = repository.report()
    assert not any(case["cached"] for case in report["cases"])
    assert [finding["rule"] for finding in report["findings"]] == ["golden-drifted"] * 2


def test_a_value_that_lies_under_every_scenario_is_told_at_its_line(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("chartkit.yaml", BASED)
    repository.write("web/base.yaml", "extra: {a: 1}\n")
    extra = {"type": "object", "additionalProperties": False, "properties": {"a": {"type": "integer"}}}
    repository.write("web/values.schema.json", json.dumps({"properties": {"extra": extra}}))
    (finding,) = repository.report()["findings"]
    assert (finding["rule"], len(finding["cases"])) == ("values-schema-violated", 4)
    assert (finding["file"], finding["line"], finding["column"]) == ("chartkit.yaml", 6, 9)

    repository.write("chartkit.yaml", BASED.replace("wrong", "a"))
    repository.write("web/base.yaml", "\nextra: {b: 1}\n")
    (finding,) = repository.report()["findings"]
    assert (finding["file"], finding["line"], finding["column"]) == ("web/base.yaml", 2, 9)


def test_a_template_that_fails_is_found_at_its_line(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + '  must: {{ required "mode.deep is needed" .Values.deep }}\n')
    (finding,) = repository.report()["findings"]

    assert (finding["file"], finding["line"]) == ("web/templates/map.yaml", 7)
    assert "mode.deep is needed" in finding["message"]


def test_one_chart_that_cannot_be_read_does_not_stop_the_others(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("broken/Chart.yaml", "name: [\n")
    report = repository.report()

    assert {finding["rule"] for finding in report["findings"]} == {"chart-unreadable"}
    assert [case["objects"] for case in report["cases"] if case["chart"] == "web"] == [1, 1]


def test_the_line_that_makes_a_chart_unreadable_is_shown(repository: Repository) -> None:
    repository.write("broken/Chart.yaml", "name: web\nversion: 1.0.0\napiVersion: v7\n")
    _, out, _ = repository.run("check")

    assert "3 | apiVersion: v7\n" in out


def test_a_chart_that_renders_nothing_is_told(repository: Repository) -> None:
    repository.chart("web", map="{{ if .Values.never }}\n" + CONFIG_MAP + "{{ end }}\n")

    assert repository.rules() == ["render-empty"]


CRD = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: toys.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Toy, plural: toys}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {size: {type: integer}}}
"""
TOY = "apiVersion: example.com/v1\nkind: Toy\nmetadata: {name: bear}\nspec: {size: big}\n"


def test_a_custom_resource_without_a_definition_is_told_as_not_judged(repository: Repository) -> None:
    repository.chart("web", toy=TOY)
    report = repository.report()

    assert report["findings"] == []
    assert [item["what"] for item in report["not_judged"]] == ["example.com/v1 Toy"]
    assert repository.rules("--strict") == ["kind-not-judged"]


def test_a_custom_resource_is_judged_by_the_definition_in_its_chart(repository: Repository) -> None:
    repository.chart("web", toy=TOY)
    repository.write("web/crds/toys.yaml", CRD)

    assert repository.rules() == ["field-invalid"]


def test_a_custom_resource_is_judged_by_the_definition_of_another_chart(repository: Repository) -> None:
    repository.chart("web", toy=TOY)
    repository.chart("definitions", toys=CRD)

    assert repository.rules() == ["field-invalid"]
    assert repository.rules() == ["field-invalid"]


def test_a_custom_resource_is_judged_by_definitions_that_are_named(repository: Repository) -> None:
    repository.chart("web", toy=TOY)
    repository.write("vendor/toys.yaml", CRD)

    assert repository.rules("--crds", "vendor") == ["field-invalid"]


def test_goldens_are_recorded_compared_and_cleaned_up(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("chartkit.yaml", "golden: golden\n")
    assert repository.rules() == ["golden-missing"]

    code, out, _ = repository.run("golden", "update")
    assert (code, out.splitlines()[0]) == (0, "wrote golden/web/default.yaml")
    assert repository.rules() == []

    repository.write("web/values.yaml", "mode: other\n")
    repository.write("golden/web/gone.yaml", "---\n# Source: web/templates/gone.yaml\n")
    assert repository.rules() == ["golden-drifted", "golden-orphaned"]
    code, out, _ = repository.run("golden", "diff")
    assert code == 1
    assert "other" in out

    repository.run("golden", "update")
    assert repository.rules() == []
    assert not (repository.root / "golden/web/gone.yaml").exists()


def test_a_failed_render_never_becomes_a_golden(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + '{{ fail "no" }}\n')
    repository.write("chartkit.yaml", "golden: golden\n")
    code, out, _ = repository.run("golden", "update")

    assert code == 1
    assert not (repository.root / "golden").exists()
    assert "no" in out


def test_a_scenario_that_must_fail_is_held_to_its_message(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + '{{ if .Values.bad }}{{ fail "bad is bad" }}{{ end }}\n')
    scenarios = "{a: {set: {bad: true}, fails: is bad}, b: {set: {bad: true}, fails: other}, c: {fails: x}}"
    repository.write("chartkit.yaml", f"charts: {{web: {{scenarios: {scenarios}}}}}\n")

    assert repository.rules() == ["scenario-failed-differently", "scenario-passed-unexpectedly"]


def test_suppressions_need_a_reason_and_something_to_suppress(repository: Repository) -> None:
    repository.chart(
        "web",
        map=CONFIG_MAP + "{{- /* chartkit:ignore field-unknown it is a test */}}\noops: 1\n",
        idle="{{- /* chartkit:ignore field-unknown nothing here */ -}}\n",
    )
    report = repository.report()

    assert [(f["rule"], f["suppressed"]) for f in report["findings"]] == [
        ("suppression-unused", None),
        ("field-unknown", "it is a test"),
    ]


def test_a_policy_of_ones_own_is_a_rule(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    page = "Mode is not prod.\\n\\nWhy.\\n\\n## Bad\\n\\nx\\n\\n## Good\\n\\ny\\n"
    repository.write(
        "policies/mode.yaml",
        "id: mode-not-prod\nseverity: error\nselect: {kinds: [ConfigMap]}\nat: [/data/mode]\n"
        f'schema: {{const: prod}}\nmessage: "mode is {{value!r}}"\npage: "{page}"\n',
    )
    repository.write("chartkit.yaml", "policies: [policies/*.yaml]\nrules: {mode-not-prod: error}\n")

    assert repository.rules() == ["mode-not-prod"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "nowhere"), "error: "),
        (("check",), "error: "),
        (("check", "--select", "no-such-rule"), "no-such-rule"),
        (("check", "--format", "no-such-format"), "no-such-format"),
        (("check", "--format", "json="), "json="),
        (("check", "--format", "json=x", "--format", "text=x"), "two reports"),
        (("check", "--format", "json=-", "--format", "text"), "json and text cannot both go to stdout"),
        (("coverage", "--format", "text", "--format", "json"), "text and json cannot both go to stdout"),
        (("check", "--set", "mode"), "--set: expected KEY=VALUE"),
        (("check", "--nonsense"), "No such option"),
        (("nonsense",), "No such command"),
        (("rule", "no-such-rule"), "no rule 'no-such-rule'"),
        (("render", "nowhere"), "error: "),
        (("check", "--engine", "cli", "--helm", "/no/such/helm"), "helm"),
    ],
)
def test_what_cannot_be_done_is_said_without_a_traceback(
    repository: Repository, arguments: tuple[str, ...], message: str
) -> None:
    if "--select" in arguments or "--engine" in arguments or "--format" in arguments:
        repository.chart("web", map=CONFIG_MAP)
    code, out, err = repository.run(*arguments)

    assert (code, out) == (2, "")
    assert message in err
    assert "hint: " in err
    assert "Traceback" not in err


def test_render_prints_what_helm_prints(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("web/crds/toys.yaml", CRD)
    code, out, _ = repository.run("render", "web", "--set", "mode=set", "--name", "demo")

    assert code == 0
    assert out == (
        "---\n# Source: web/templates/map.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: demo\n"
        'data:\n  mode: "set"\n'
    )


def test_render_shows_only_what_is_asked_for(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP, more=CONFIG_MAP.replace("Name }}", "Name }}-2"))
    repository.write("web/crds/toys.yaml", CRD)
    _, out, _ = repository.run("render", "web", "--include-crds", "-s", "templates/more.yaml")
    assert out.count("# Source:") == 1
    _, out, _ = repository.run("render", "web", "--include-crds")
    assert out.count("# Source:") == 3
    code, _, err = repository.run("render", "web", "-s", "templates/none.yaml")

    assert code == 2
    assert "templates/none.yaml" in err


def test_render_takes_the_name_of_the_release_before_the_chart(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    assert repository.run("render", "demo", "web") == repository.run("render", "web", "--name", "demo")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("web", "demo"), "expected the name of a release before the chart 'demo', not 'web'"),
        (("demo", "none"), "there is no 'none'"),
        (("./web", "demo"), "expected the name of a release before the chart 'demo', not './web'"),
        (("a", "b", "web"), "expected at most one name and one chart, not 'a' 'b' 'web'"),
        (("demo", "web", "--name", "other"), "expected at most one name and one chart, not 'demo' 'web'"),
        (("oci://example.org/web",), "'oci://example.org/web' is no chart on this machine"),
        (("demo", "https://example.org/web-1.0.0.tgz"), "is no chart on this machine"),
        (("stable/web",), "as with `helm pull stable/web`"),
        (("web", "--kubeconfig", "x"), "hint: leave it out: no cluster is asked"),
        (("web", "--wait"), "hint: leave it out: it changes nothing of what is rendered"),
        (("web", "--repo", "https://example.org"), "hint: leave it out, and fetch the chart first"),
        (("web", "-g"), "hint: name the release, as in `chartkit render NAME CHART`"),
        (("web", "--namespce", "x"), "hint: did you mean --namespace?"),
        (("web", "--zzz"), "hint: run `chartkit render --help` to see its flags"),
    ],
)
def test_what_helm_would_take_and_render_does_not_is_answered(
    repository: Repository, words: tuple[str, ...], message: str
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    code, out, err = repository.run("render", *words)

    assert (code, out) == (2, "")
    assert message in err
    assert "hint: " in err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("template", "web"), "hint: write `chartkit render`"),
        (("lint", "web"), "hint: write `chartkit check`"),
        (("coverage", "--values"), "hint: write --unused-values"),
        (("golden", "update", "--set", "a=b"), "hint: write the values as a scenario"),
        (("--zzz",), "hint: run `chartkit --help`"),
    ],
)
def test_what_other_commands_have_not_is_answered(
    repository: Repository, words: tuple[str, ...], message: str
) -> None:
    code, out, err = repository.run(*words)

    assert (code, out) == (2, "")
    assert message in err


HOOKED = """\
apiVersion: v1
kind: Pod
metadata: {name: HOOK, annotations: {helm.sh/hook: "HOOK"}}
"""
REQUIRED = '{"required": ["size"]}'


def test_hooks_and_tests_are_left_out_and_schemas_are_not_asked(repository: Repository) -> None:
    hooks = {
        f"h{number}": HOOKED.replace("HOOK", hook) for number, hook in enumerate(["pre-install", "Test"])
    }
    repository.chart("web", map=CONFIG_MAP, **hooks)
    repository.chart("web/charts/sub", map=CONFIG_MAP.replace("Name }}", "Name }}-sub"))
    declared = "dependencies: [{name: sub, version: 1.0.0}]\n"
    repository.write("web/Chart.yaml", CHART.format(name="web") + declared)
    repository.write("web/charts/sub/Chart.yaml", CHART.format(name="sub"))
    for chart in ("web", "web/charts/sub"):
        repository.write(f"{chart}/values.schema.json", REQUIRED)

    def shown(*flags: str) -> list[str]:
        code, out, err = repository.run("render", "web", *flags)
        assert (code, err) == (0, "")
        return [line.rpartition("/")[2] for line in out.splitlines() if line.startswith("# Source")]

    assert repository.run("render", "web")[0] == 1
    unasked = "--skip-schema-validation"
    assert shown(unasked) == ["map.yaml", "map.yaml", "h0.yaml", "h1.yaml"]
    assert shown(unasked, "--skip-tests") == ["map.yaml", "map.yaml", "h0.yaml"]
    assert shown(unasked, "--no-hooks") == ["map.yaml", "map.yaml"]
    assert shown("--set", "size=1,sub.size=2", "--skip-tests") == ["map.yaml", "map.yaml", "h0.yaml"]
    assert repository.run("render", "web", unasked, "--no-hooks", "-s", "templates/h0.yaml")[0] == 2


def test_what_helm_cannot_read_is_printed_for_debugging(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP.replace(" | quote", ""), more=CONFIG_MAP)
    bad = ("--set", "mode=a: b")
    code, out, err = repository.run("render", "web", *bad)
    assert (code, out) == (1, "")
    assert err.startswith("error: YAML parse error on web/templates/map.yaml: ")
    assert err.endswith("hint: run it with --debug to see what Helm cannot read\n")

    code, out, err = repository.run("render", "web", *bad, "--debug")
    assert (code, out.count("# Source: "), out.count("  mode: a: b\n")) == (1, 2, 1)
    assert err.startswith("error: YAML parse error on web/templates/map.yaml: ")
    assert "hint: " not in err
    assert repository.run("render", "web", *bad, "--debug", "-s", "templates/more.yaml")[1].count("---") == 1
    assert repository.run("render", "web", "--debug") == repository.run("render", "web")


def piped(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))


def test_values_come_through_stdin_and_pipes_in_their_order(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("chartkit.yaml", "charts: {web: {values: [{mode: base}]}}\n")
    repository.write("a.yaml", "mode: a\n")

    def mode(*flags: str, content: bytes = b"mode: stdin\n") -> str:
        piped(monkeypatch, content)
        code, out, err = repository.run("render", "web", *flags)
        assert (code, err) == (0, "")
        return out.rpartition("mode: ")[2].strip()

    assert mode("-f", "-") == '"stdin"'
    assert mode("-f", "a.yaml", "-f", "-") == '"stdin"'
    assert mode("-f", "-", "-f", "a.yaml") == '"a"'
    assert mode("-f", "a.yaml,-") == '"stdin"'
    assert mode("-f", "-", content=b"") == '"base"'
    assert mode("-f", "-", content=b"mode: x\n---\nmode: z\n") == '"z"'
    assert mode("-f", "-", "--set", "mode=set") == '"set"'
    with open(os.open(repository.root / "a.yaml", os.O_RDONLY)) as opened:  # noqa: PTH123
        assert mode("-f", f"/dev/fd/{opened.fileno()}") == '"a"'


def test_a_check_of_values_from_stdin_is_never_told_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.chart("web", map=CONFIG_MAP + "{{ .Values.key }}: 1\n")
    for key in ("one", "two"):
        piped(monkeypatch, f"key: {key}\n".encode())
        (finding,) = repository.report("-f", "-")["findings"]
        assert (finding["rule"], finding["path"]) == ("field-unknown", f"/{key}")


def test_a_value_from_stdin_is_said_to_come_from_the_command_line(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("web/values.schema.json", '{"properties": {"mode": {"type": "string"}}}')
    piped(monkeypatch, b"mode: 5\n")
    assert "set by --values on the command line" in repository.run("check", "-f", "-")[1]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"mode: [\n", "error: --values: cannot read stdin: line "),
        (b"- mode\n", "error: --values: cannot read stdin: expected a mapping at the top"),
        (b"\xff\xfe", "error: --values: stdin is not UTF-8 text"),
        (b"a" * ((16 << 20) + 1), "error: --values: stdin gives more than 16 MiB"),
    ],
)
def test_stdin_that_holds_no_values_is_a_mistake(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, content: bytes, message: str
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    for command in ("render", "check"):
        piped(monkeypatch, content)
        code, out, err = repository.run(command, "web", "-f", "-")
        assert (code, out) == (2, "")
        assert err.startswith(message)


@pytest.mark.parametrize(
    ("flag", "expression", "message"),
    [
        ("--set", "a", "--set: expected KEY=VALUE, not 'a'\n"),
        ("--set", "a[", "--set: expected KEY=VALUE, not 'a['\n"),
        ("--set", "a[x]=1", "--set: expected KEY=VALUE, not 'a[x]=1': error parsing index"),
        ("--set", "a={1,2", "--set: expected KEY=VALUE, not 'a={1,2': list must terminate with '}'"),
        ("--set", "a=1,b", "--set: expected KEY=VALUE, not 'a=1,b': key \"b\" has no value"),
        ("--set", "a=1,a.b=2", "--set: expected KEY=VALUE, not 'a=1,a.b=2': unable to parse key"),
        ("--set-string", "a[-1]=1", "--set-string: expected KEY=VALUE, not 'a[-1]=1': negative -1 index"),
        ("--set-json", "x={", "--set-json: expected KEY=JSON, not 'x={': expected JSON: "),
        ("--set-json", "{", "--set-json: expected KEY=JSON, not '{': expected JSON: "),
        ("--set-file", "a=x,b=web/Chart.yaml", "--set-file: there is no file 'x' to set 'a' from"),
        ("--set-literal", "a", "--set-literal: expected KEY=VALUE, not 'a'"),
    ],
)
def test_a_malformed_set_is_a_mistake_of_the_command_line(
    repository: Repository, flag: str, expression: str, message: str
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    for command in ("render", "check"):
        code, out, err = repository.run(command, "web", flag, expression)
        assert (code, out) == (2, "")
        assert err.startswith(f"error: {message}")
        assert "\nhint: " in err


def test_render_says_why_it_cannot(repository: Repository) -> None:
    repository.chart("web", map='{{ fail "because" }}\n')
    code, out, err = repository.run("render", "web")

    assert (code, out) == (1, "")
    assert "because" in err


def test_random_functions_are_frozen_unless_the_real_ones_are_asked_for(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP + "  key: {{ randAlphaNum 20 }}\n")
    frozen = {repository.run("render", "web")[1] for _ in range(3)}
    real = {repository.run("render", "web", "--real")[1] for _ in range(3)}

    assert (len(frozen), len(real)) == (1, 3)


def test_fail_on_decides_the_exit_code(repository: Repository) -> None:
    repository.chart("web", map="{{ if .Values.never }}\n" + CONFIG_MAP + "{{ end }}\n")

    codes = [repository.run("check", "--fail-on", severity)[0] for severity in ("error", "warning", "never")]
    assert codes == [0, 1, 0]


def test_several_formats_come_from_one_run(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    code, out, _ = repository.run("check", "--format", "text", "--format", "json=report.json")

    assert code == 0
    assert "1 chart" in out
    assert json.loads((repository.root / "report.json").read_text())["summary"]["charts"] == 1
    code, out, _ = repository.run("check", "--format", "json=-")
    assert json.loads(out)["summary"]["charts"] == 1
    assert not (repository.root / "-").exists()
    code, _, err = repository.run("check", "--format", "json=no/such/folder/report.json")
    assert code == 2
    assert "no/such/folder" in err


def test_what_is_no_file_is_written_to_and_stays_what_it_is(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    (repository.root / "linked.json").symlink_to("report.json")
    code, _, err = repository.run("check", "--format", "json=/dev/null", "--format", "json=linked.json")

    assert (code, err) == (0, "")
    assert pathlib.Path("/dev/null").is_char_device()
    assert (repository.root / "linked.json").is_symlink()
    assert json.loads((repository.root / "report.json").read_text())["version"] == 1


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("web/values.yaml", "is there already, and is no report"),
        ("./web/../web/values.yaml", "is there already, and is no report"),
        ("chartkit.yaml", "is there already, and is no report"),
        ("chartkit-baseline.json", "is there already, and is no report"),
        ("web/README.md", "is there already, and is no report"),
        ("web/values.schema.json", "is there already, and is no report"),
        ("linked.json", "is there already, and is no report"),
        ("web/templates/map.yaml", "is in 'templates' of a chart, where Helm reads it"),
        ("web/templates/new.json", "is in 'templates' of a chart, where Helm reads it"),
        ("web/crds/new.json", "is in 'crds' of a chart, where Helm reads it"),
        ("out/victim.json", "leads out of the repository through a link"),
        ("out.json", "leads out of the repository through a link"),
        (".git/report.json", "lies in the folder of git"),
    ],
)
@pytest.mark.parametrize("command", ["check", "coverage"])
def test_a_report_takes_the_place_of_nothing_else(
    repository: Repository, file: str, why: str, command: str
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("chartkit.yaml", "fail-on: error\n")
    repository.write("chartkit-baseline.json", '{"version": 1, "findings": []}')
    for name in ("web/README.md", "web/values.schema.json", "web/crds/.keep", ".git/HEAD", "../victim.json"):
        repository.write(name, "{}")
    for link, target in {"linked.json": "web/values.yaml", "out": "..", "out.json": "../victim.json"}.items():
        (repository.root / link).symlink_to(target)
    before = {path: path.read_bytes() for path in repository.root.rglob("*") if path.is_file()}
    code, _, err = repository.run(command, "--format", f"json={file}")

    assert code == 2
    assert f"--format: {file!r} {why}" in err
    assert {path: path.read_bytes() for path in repository.root.rglob("*") if path.is_file()} == before
    assert (repository.root.parent / "victim.json").read_text() == "{}"


def test_a_report_takes_the_place_of_an_older_one(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write("empty.yaml", "")
    elsewhere = str(repository.root.parent / "report.json")
    for file in ("report.json", "web/report.json", "web/report.md", "empty.yaml", elsewhere) * 2:
        if file != "empty.yaml" or not (repository.root / file).read_text():
            assert repository.run("check", "--format", f"json={file}")[0] == 0


def test_pages_of_coverage_are_no_part_of_a_chart(repository: Repository) -> None:
    repository.chart("web", map=CONFIG_MAP)
    repository.write(".git/HEAD", "")
    (repository.root / "out").symlink_to("..")
    for folder in ("web/templates", "web/templates/deep", "out", "out/deep", ".git"):
        code, _, err = repository.run("coverage", "--format", f"html={folder}")
        assert (code, f"--format: {folder!r} " in err) == (2, True)
    assert [path.name for path in (repository.root / "web/templates").iterdir()] == ["map.yaml"]


def test_formats_of_the_environment_are_looked_at_by_every_command(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    for formats in ("odd", "json=web/values.yaml"):
        monkeypatch.setenv("CHARTKIT_FORMAT", formats)
        for command in (["check"], ["golden", "diff"], ["golden", "update"]):
            code, _, err = repository.run(*command)
            assert (code, "--format: " in err) == (2, True)


@pytest.mark.parametrize("words", [(), ("golden",)])
def test_without_a_command_the_commands_are_listed(repository: Repository, words: tuple[str, ...]) -> None:
    code, out, err = repository.run(*words)

    assert (code, err) == (2, "")
    assert out.startswith("Usage: chartkit")


def test_a_user_without_a_home_can_do_all_but_keep_results(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(_: int) -> None:
        raise KeyError

    repository.chart("web", map=CONFIG_MAP)
    for name in ("CHARTKIT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("pwd.getpwuid", unknown)

    assert [repository.run("check")[0], repository.run("render", "web")[0]] == [0, 0]


def test_closed_streams_are_no_fault_of_chartkit(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.chart("web", map=CONFIG_MAP)
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdout", None)
        codes = [run(["check"]), run(["check", "--format", "json=report.json"])]
    assert codes == [2, 0]
    assert "stdout is closed" in repository.said()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stderr", None)
        codes = [run(["check"]), run(["check", "nowhere"])]
    assert codes == [0, 2]


def test_rules_have_an_index_and_pages(repository: Repository) -> None:
    _, index, _ = repository.run("rules")
    _, page, _ = repository.run("rule", "field-unknown")

    assert "field-unknown" in index
    assert "…" not in index
    assert "## Bad" in page
    assert "## Good" in page


def test_rules_are_listed_by_set_and_as_json(repository: Repository) -> None:
    _, text, _ = repository.run("rules", "--set", "versions", "--format", "json")
    every = {one["id"]: one for one in json.loads(repository.run("rules", "--format", "json")[1])}

    (one,) = json.loads(text)
    assert (one["id"], one["severity"], one["sets"]) == ("chart-version-not-bumped", None, ["versions"])
    assert every["field-unknown"]["severity"] == "error"
    assert repository.run("rules", "--set", "version")[::2] == (
        2,
        "error: there is no rule set 'version'\nhint: did you mean 'versions'?\n",
    )


def test_the_version_is_told(repository: Repository) -> None:
    assert repository.run("--version") == (0, f"chartkit {__version__}\n", "")


@pytest.mark.nightly  # `make check` does the same, and takes as long as all other tests in here
def test_the_charts_of_this_repository_are_clean(repository: Repository) -> None:
    for name in ("charts", "golden", "chartkit.yaml"):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, repository.root / name)
    code, out, err = repository.run("check")

    assert (code, err) == (0, ""), out
