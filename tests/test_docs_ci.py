"""The examples of docs/ci.md, read as their readers read them."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest
from check_jsonschema import main as validate
from click.testing import CliRunner
from pre_commit.clientlib import load_config
from ruamel.yaml import YAML

ROOT = pathlib.Path(__file__).parent.parent
TEXT = (ROOT / "docs/ci.md").read_text()
EXAMPLES = dict(re.findall(r"```yaml\n# (\S+)\n(.*?)```", TEXT, re.DOTALL))


def written(name: str, folder: pathlib.Path) -> pathlib.Path:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(EXAMPLES[name])
    return file


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        (".github/workflows/charts.yaml", "vendor.github-workflows"),
        (".gitlab-ci.yml", "vendor.gitlab-ci"),
    ],
)
def test_a_workflow_is_what_its_schema_says(name: str, schema: str, tmp_path: pathlib.Path) -> None:
    file = written(name, tmp_path)
    done = CliRunner().invoke(validate, ["--builtin-schema", schema, str(file)])
    assert done.exit_code == 0, done.output


def test_zizmor_has_nothing_to_say(tmp_path: pathlib.Path) -> None:
    written(".github/workflows/charts.yaml", tmp_path)
    command = [f"{pathlib.Path(sys.executable).parent}/zizmor", "--offline", "--persona=auditor"]
    done = subprocess.run([*command, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_pre_commit_reads_its_example_and_the_hooks_are_there(tmp_path: pathlib.Path) -> None:
    (repository,) = load_config(written(".pre-commit-config.yaml", tmp_path))["repos"]
    published = YAML(typ="safe").load(ROOT / ".pre-commit-hooks.yaml")
    assert {hook["id"] for hook in repository["hooks"]} == {hook["id"] for hook in published}


def test_every_input_and_output_of_the_action_is_told() -> None:
    action = YAML(typ="safe").load(ROOT / "action.yml")
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in TEXT
