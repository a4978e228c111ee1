"""What the README shows of a terminal is what the terminal shows, and what it names is there."""

from __future__ import annotations

import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest

from chartkit.model.errors import EXIT_BROKE, EXIT_CANNOT, EXIT_CLEAN, EXIT_FINDINGS, EXIT_INTERRUPTED

ROOT = pathlib.Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
SHOWN = [
    (command, output.strip("\n"))
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for command, output in re.findall(r"^\$ chartkit (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE)
    if output.strip()
]


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_a_command_prints_what_the_readme_shows(command: str, output: str, tmp_path: pathlib.Path) -> None:
    environment = {**os.environ, "COLUMNS": "100", "CHARTKIT_CACHE_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-m", "chartkit", *shlex.split(command)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip("\n") == output


def test_it_shows_a_clean_run_and_a_finding() -> None:
    assert len(SHOWN) == 2


@pytest.mark.parametrize("path", re.findall(r"\]\(([^)]+)\)", README))
def test_what_it_links_to_is_there(path: str) -> None:
    assert (ROOT / path).exists()


def test_the_exit_codes_are_those_of_the_program() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", README, re.MULTILINE)}

    assert codes == {EXIT_CLEAN, EXIT_FINDINGS, EXIT_CANNOT, EXIT_BROKE, EXIT_INTERRUPTED}
