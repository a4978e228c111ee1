"""The workflows that init writes, read as their services read them."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys
from typing import Any

import pytest
from check_jsonschema import main as validate
from click.testing import CliRunner
from ruamel.yaml import YAML

from chartkit.cli.init import files

ROOT = pathlib.Path(__file__).parents[3]
SCHEMAS = {"github": "vendor.github-workflows", "gitlab": "vendor.gitlab-ci"}


def written(service: str, folder: pathlib.Path) -> pathlib.Path:
    template = pathlib.Path(files.__file__).with_name(f"{service}.yaml").read_text()
    file = folder / files.WORKFLOWS[service][0]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(template.format(requirement="chartkit==1.2.3", branch="main", check="chartkit check"))
    return file


@pytest.mark.parametrize("service", SCHEMAS)
def test_a_workflow_is_what_its_schema_says(service: str, tmp_path: pathlib.Path) -> None:
    file = written(service, tmp_path)
    done = CliRunner().invoke(validate, ["--builtin-schema", SCHEMAS[service], str(file)])
    assert done.exit_code == 0, done.output


def test_zizmor_has_nothing_to_say_of_the_workflow(tmp_path: pathlib.Path) -> None:
    command = [f"{pathlib.Path(sys.executable).parent}/zizmor", "--offline", "--persona=auditor"]
    done = subprocess.run(
        [*command, str(written("github", tmp_path))], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def scripts(service: str, folder: pathlib.Path) -> str:
    said: dict[str, Any] = YAML(typ="safe").load(written(service, folder))
    if service == "gitlab":
        return "\n".join(said["chartkit"]["script"])
    return "\n".join(step["run"] for step in said["jobs"]["chartkit"]["steps"] if "run" in step)


@pytest.mark.parametrize(
    ("service", "variable"), [("github", "BASE"), ("gitlab", "CI_MERGE_REQUEST_DIFF_BASE_SHA")]
)
@pytest.mark.parametrize("base", ["", "a" * 40, "x; touch oops $(touch oops)"])
def test_only_requests_are_compared_with_their_base(
    service: str, variable: str, base: str, tmp_path: pathlib.Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python", "chartkit"):
        (programs / name).write_text('#!/bin/sh\nfor one; do echo "$one"; done\n')
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ["bash", "-ec", scripts(service, tmp_path)],
        cwd=tmp_path,
        env={"PATH": f"{programs}:/usr/bin:/bin", variable: base},
        capture_output=True,
        text=True,
        check=True,
    )
    told = done.stdout.splitlines()
    assert told[:4] == ["-m", "pip", "install", "chartkit==1.2.3"]
    assert [one for one in told if one.startswith("--since")] == ([f"--since={base}"] if base else [])
    assert not (tmp_path / "oops").exists()


def test_every_action_in_what_we_publish_is_pinned_to_the_same_commit(tmp_path: pathlib.Path) -> None:
    files = [ROOT / "action.yml", ROOT / "docs/ci.md", written("github", tmp_path)]
    used = {
        found for file in files for found in re.findall(r"uses: (actions/\S+|github/\S+)", file.read_text())
    }
    assert len(used) == len({one.partition("@")[0] for one in used})
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", one) for one in used)
