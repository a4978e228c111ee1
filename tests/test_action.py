"""The steps of action.yml, run as GitHub runs the steps of a composite action."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from check_jsonschema import main as validate
from click.testing import CliRunner
from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).parent.parent
ACTION: dict[str, Any] = YAML(typ="safe").load(ROOT / "action.yml")
GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
HOSTILE = [
    "a b",
    "\"quoted\" and 'quoted'",
    "$(touch oops)",
    "`touch oops`",
    "; touch oops",
    "${GITHUB_OUTPUT}",
    "a && touch oops || touch oops",
    "*",
    "\\",
    "%0Aexit-code=9",
    "--flag",
    "ünïcode ☸",
]


@dataclass
class Ran:
    """What became of a run: *used* are the actions that it would call, *code* that of the first failure."""

    outputs: dict[str, str] = field(default_factory=dict)
    code: int = 0
    said: str = ""
    used: dict[str, dict[str, str]] = field(default_factory=dict)


@dataclass
class Runner:
    """As much of GitHub's runner as composite actions with bash need."""

    workspace: pathlib.Path
    temporary: pathlib.Path
    event: Mapping[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    action: pathlib.Path = ROOT

    def run(self, **given: str) -> Ran:
        inputs = {name: one.get("default", "") for name, one in ACTION["inputs"].items()}
        inputs |= {name.replace("_", "-"): value for name, value in given.items()}
        assert inputs.keys() == ACTION["inputs"].keys()
        github = {"event": self.event, "sha": "0" * 40}
        runner = {"os": "Linux", "arch": "X64", "temp": str(self.temporary)}
        steps: dict[str, Any] = {}
        contexts = {"inputs": inputs, "github": github, "runner": runner, "steps": steps}
        ran = Ran()
        for number, step in enumerate(ACTION["runs"]["steps"]):
            condition = str(step.get("if", "success()"))
            if "()" not in condition:
                condition = f"success() && {condition}"
            if not evaluated(condition, contexts, failed=ran.code != 0):
                continue
            if "uses" in step:
                arguments = {name: filled(str(value), contexts) for name, value in step["with"].items()}
                ran.used[step["uses"].partition("@")[0]] = arguments
                continue
            outputs = self._step(number, step, contexts, ran)
            steps[step["id"]] = {"outputs": outputs}
        ran.outputs = {name: filled(one["value"], contexts) for name, one in ACTION["outputs"].items()}
        return ran

    def _step(
        self, number: int, step: Mapping[str, Any], contexts: Mapping[str, Any], ran: Ran
    ) -> dict[str, str]:
        assert step["shell"] == "bash"
        script = self.temporary / f"{number}.sh"
        script.write_text(step["run"])
        output = self.temporary / f"{number}.output"
        output.touch()
        env = {
            **os.environ,
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(self.temporary / "summary.md"),
            "RUNNER_TEMP": str(self.temporary),
            **self.environ,
            **{name: filled(str(value), contexts) for name, value in step["env"].items()},
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)],
            cwd=self.workspace / filled(step.get("working-directory", "."), contexts),
            env=env,
            capture_output=True,
            check=False,
        )
        ran.said += (done.stdout + done.stderr).decode()
        ran.code = ran.code or done.returncode
        lines = output.read_text().splitlines()
        assert all("=" in line for line in lines)
        return {line.partition("=")[0]: line.partition("=")[2] for line in lines}


def filled(text: str, contexts: Mapping[str, Any]) -> str:
    """*text* with every ``${{ expression }}`` replaced by its value."""
    return re.sub(r"\$\{\{(.*?)\}\}", lambda found: str(evaluated(found[1], contexts) or ""), text)


def evaluated(expression: str, contexts: Mapping[str, Any], *, failed: bool = False) -> Any:
    """The value of *expression*: names, texts, comparisons, and the two functions that conditions use."""

    def looked_up(name: str) -> Any:
        value: Any = contexts
        for part in name.split("."):
            value = (value or {}).get(part, "")
        return value

    parts = re.findall(r"'[^']*'|\w+\(\)|[\w-]+(?:\.[\w-]+)+|\|\||&&|==|!=|[()]", expression)
    assert "".join(parts) == re.sub(r"\s", "", expression)
    words = {"||": "or", "&&": "and", "success()": str(not failed), "failure()": str(failed)}
    known = [
        words.get(part, repr(looked_up(part)) if "." in part and part[0] != "'" else part) for part in parts
    ]
    return eval(" ".join(known))


@pytest.fixture
def runner(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """A runner in which chartkit is installed already, as by an earlier use of the action."""
    for name in [name for name in os.environ if name.startswith(("GIT_", "GITHUB_", "CHARTKIT_", "INPUT_"))]:
        monkeypatch.delenv(name)
    for name in ("workspace", "temp"):
        (tmp_path / name).mkdir()
    made = Runner(tmp_path / "workspace", tmp_path / "temp", {})
    chart(made, "web")
    git(made, "init", "-q", "-b", "main")
    commit(made)
    installed(made, f'PYTHONPATH={ROOT} exec {sys.executable} -m chartkit "$@"')
    return made


def installed(runner: Runner, command: str) -> None:
    program = runner.temporary / f"chartkit-{runner.action.name}" / "bin/chartkit"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\n{command}\n")
    program.chmod(0o755)


def noted(runner: Runner) -> pathlib.Path:
    """Where a program that stands for chartkit notes its arguments, as JSON."""
    file = runner.temporary / "arguments.json"
    code = f"import json, sys; json.dump(sys.argv[1:], open({str(file)!r}, 'w'))"
    installed(runner, f'exec {sys.executable} -c {shlex.quote(code)} "$@"')
    return file


def chart(runner: Runner, name: str, template: str = GOOD) -> None:
    folder = runner.workspace / name
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "Chart.yaml").write_text(f"apiVersion: v2\nname: {name}\nversion: 1.0.0\n")
    (folder / "templates/map.yaml").write_text(template)


def git(runner: Runner, *arguments: str, folder: pathlib.Path | None = None) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always")
    done = subprocess.run(
        ["git", *identity, *arguments],
        cwd=folder or runner.workspace,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


def commit(runner: Runner) -> str:
    git(runner, "add", "-A")
    git(runner, "commit", "-qm", "x")
    return git(runner, "rev-parse", "HEAD")


def test_a_clean_chart_passes(runner: Runner) -> None:
    ran = runner.run()
    assert (ran.code, ran.outputs["exit-code"]) == (0, "0"), ran.said
    assert json.loads(pathlib.Path(ran.outputs["sarif"]).read_text())["runs"][0]["results"] == []
    assert json.loads(pathlib.Path(ran.outputs["report"]).read_text())["findings"] == []
    assert "clean: 1 chart" in ran.said


def test_findings_fail_the_step_and_every_output_is_there(runner: Runner) -> None:
    chart(runner, "web", GOOD + "oops: 1\n")
    ran = runner.run(sarif="out.sarif", upload_sarif="true")
    assert (ran.code, ran.outputs["exit-code"]) == (1, "1")
    assert ran.outputs["sarif"] == str(runner.workspace / "out.sarif")
    (result,) = json.loads((runner.workspace / "out.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "field-unknown"
    assert re.search(r"^::error .*file=web/templates/map.yaml", ran.said, re.MULTILINE)
    assert "field-unknown" in (runner.temporary / "summary.md").read_text()
    assert ran.used["github/codeql-action/upload-sarif"]["sarif_file"] == ran.outputs["sarif"]


def test_a_milder_limit_lets_findings_pass(runner: Runner) -> None:
    chart(runner, "web", GOOD + "oops: 1\n")
    assert runner.run(fail_on="never").code == 0


def test_what_cannot_be_done_keeps_its_code_and_has_no_report(runner: Runner) -> None:
    ran = runner.run(paths="nowhere", upload_sarif="true")
    assert ran.code == 2
    assert ran.outputs == {"exit-code": "2", "sarif": "", "report": ""}
    assert "there is no 'nowhere'" in ran.said
    assert "github/codeql-action/upload-sarif" not in ran.used


def test_a_folder_below_is_run_in(runner: Runner) -> None:
    (runner.workspace / "deploy here").mkdir()
    (runner.workspace / "web").rename(runner.workspace / "deploy here/web")
    ran = runner.run(working_directory="deploy here", paths="web", sarif="x.sarif")
    assert (ran.code, ran.outputs["sarif"]) == (0, str(runner.workspace / "deploy here/x.sarif"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_what_users_give_is_one_argument_whatever_it_holds(runner: Runner, hostile: str) -> None:
    arguments = noted(runner)
    given = {"fail_on": hostile, "config": hostile, "since": hostile, "sarif": hostile}
    ran = runner.run(paths=f"first\n{hostile}\n", args=f"--quiet\n{hostile}", new="true", **given)
    assert ran.code == 0, ran.said
    told = json.loads(arguments.read_text())
    assert told[0] == "check"
    for one in (f"--fail-on={hostile}", f"--config={hostile}", f"--since={hostile}", "--new"):
        assert one in told
    assert told[-5:] == ["--quiet", hostile, "--", "first", hostile]
    assert f"--format=sarif={runner.workspace}/{hostile}" in told
    assert ran.outputs["sarif"] == f"{runner.workspace}/{hostile}"
    assert ran.outputs["exit-code"] == "0"
    assert not list(runner.workspace.glob("**/oops"))


@pytest.mark.parametrize("hostile", ["a\nexit-code=0", "a\rb"])
def test_a_file_name_of_several_lines_is_refused(runner: Runner, hostile: str) -> None:
    ran = runner.run(sarif=hostile)
    assert (ran.code, ran.outputs["exit-code"]) == (2, "")


@pytest.mark.parametrize("hostile", ["1.0 --index-url=x", "1;touch oops", "-r", "$(touch oops)", "../x"])
def test_what_is_no_version_is_refused(runner: Runner, hostile: str) -> None:
    ran = runner.run(version=hostile)
    assert (ran.code, ran.outputs["exit-code"]) == (2, "")
    assert not list(runner.workspace.glob("**/oops"))


def test_what_charts_print_is_no_command_to_the_runner(runner: Runner) -> None:
    installed(
        runner, 'for one; do case $one in --format=text=*) echo "::add-mask::x" > "${one#*=*=}";; esac; done'
    )
    said = runner.run().said
    stop = re.search(r"^::stop-commands::(\w{32})$", said, re.MULTILINE)
    assert stop
    assert said.index(stop[0]) < said.index("::add-mask::x") < said.index(f"::{stop[1]}::")


@pytest.mark.parametrize(
    ("event", "since", "expected"),
    [
        ({"pull_request": {"base": {"sha": "a" * 40}}}, "", f"--since={'a' * 40}"),
        ({"merge_group": {"base_sha": "b" * 40}}, "", f"--since={'b' * 40}"),
        ({"pull_request": {"base": {"sha": "a" * 40}}}, "origin/main", "--since=origin/main"),
        ({"pull_request": {"base": {"sha": "a" * 40}}}, "none", None),
        ({"pusher": {}}, "", None),
    ],
)
def test_a_pull_request_is_compared_with_its_base(
    runner: Runner, event: dict[str, Any], since: str, expected: str | None
) -> None:
    arguments = noted(runner)
    runner.event = event
    assert runner.run(since=since, new="true").code == 0
    told = json.loads(arguments.read_text())
    assert [one for one in told if one.startswith("--since")] == ([expected] if expected else [])
    assert ("--new" in told) == (expected is not None)


def test_the_history_of_a_shallow_checkout_is_fetched(runner: Runner) -> None:
    base = git(runner, "rev-parse", "HEAD")
    chart(runner, "api", GOOD + "oops: 1\n")
    commit(runner)
    git(runner, "config", "uploadpack.allowAnySHA1InWant", "true")
    clone = runner.temporary / "clone"
    git(runner, "clone", "-q", "--depth=1", runner.workspace.as_uri(), str(clone))
    runner.workspace = clone
    runner.event = {"pull_request": {"base": {"sha": base}}}
    ran = runner.run()
    assert git(runner, "rev-parse", "--is-shallow-repository") == "false"
    assert ran.code == 1, ran.said
    report = json.loads(pathlib.Path(ran.outputs["report"]).read_text())
    assert {one["chart"] for one in report["cases"]} == {"api"}


def test_a_history_that_cannot_be_fetched_is_told(runner: Runner) -> None:
    clone = runner.temporary / "clone"
    commit_of = git(runner, "rev-parse", "HEAD")
    chart(runner, "api")
    commit(runner)
    git(runner, "clone", "-q", "--depth=1", runner.workspace.as_uri(), str(clone))
    git(runner, "remote", "set-url", "origin", "/nowhere", folder=clone)
    runner.workspace = clone
    ran = runner.run(since=commit_of)
    assert ran.code == 2
    assert "set fetch-depth to 0" in ran.said


def test_steps_that_nobody_wants_are_left_out(runner: Runner) -> None:
    assert set(runner.run().used) == {"actions/setup-python", "actions/cache"}
    assert not runner.run(python_version="", cache="false").used


def test_the_python_that_was_set_up_makes_the_environment(runner: Runner, tmp_path: pathlib.Path) -> None:
    fake = tmp_path / "python3"
    fake.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nexit 9\n')
    fake.chmod(0o755)
    runner.environ = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    assert runner.run(version="1.2.3").code == 9
    assert (tmp_path / "calls").read_text() == f"-I -m venv {runner.temporary}/chartkit-1.2.3\n"


@pytest.mark.slow
def test_the_action_installs_the_chartkit_it_comes_with(runner: Runner, tmp_path: pathlib.Path) -> None:
    (runner.workspace / "venv.py").write_text("raise SystemExit('imported from the repository')\n")
    (runner.workspace / "pip").mkdir()
    (runner.workspace / "pip/__main__.py").write_text("raise SystemExit('imported from the repository')\n")
    runner.environ = {"PATH": f"{pathlib.Path(sys.executable).parent}:{os.environ['PATH']}"}
    runner.action = tmp_path / "v1"
    runner.action.symlink_to(ROOT)
    ran = runner.run()
    assert ran.code == 0, ran.said
    assert (runner.temporary / "chartkit-v1/bin/chartkit").exists()


def test_no_expression_stands_in_a_script_and_every_action_is_pinned() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step.get("uses", f"a@{'0' * 40}"))


def test_the_action_is_what_its_schema_says() -> None:
    done = CliRunner().invoke(
        validate, ["--builtin-schema", "vendor.github-actions", str(ROOT / "action.yml")]
    )
    assert done.exit_code == 0, done.output


def test_zizmor_has_nothing_to_say() -> None:
    command = [f"{pathlib.Path(sys.executable).parent}/zizmor", "--offline", "--persona=auditor"]
    done = subprocess.run([*command, str(ROOT / "action.yml")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
