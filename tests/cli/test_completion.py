"""A shell that asks gets the words that fit, and never a traceback."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parents[2]
CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@pytest.fixture
def folder(tmp_path: pathlib.Path) -> pathlib.Path:
    """A repository with a chart, and a program called chartkit beside it, as an installation makes one."""
    (tmp_path / "charts/web/ci").mkdir(parents=True)
    (tmp_path / "charts/web/Chart.yaml").write_text(CHART)
    (tmp_path / "charts/web/ci/loud-values.yaml").write_text("a: b\n")
    program = tmp_path / "bin/chartkit"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m chartkit "$@"\n')
    program.chmod(0o755)
    return tmp_path


def environment(folder: pathlib.Path, **more: str) -> dict[str, str]:
    path = f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}"
    known = {"PYTHONPATH": str(ROOT), "HOME": str(folder), "CHARTKIT_CACHE_DIR": str(folder / "cache")}
    return {**os.environ, **known, "PATH": path, **more}


def in_bash(folder: pathlib.Path, line: str) -> list[str]:
    """What bash itself offers at the end of *line*, by the function that the installation leaves."""
    words = line.split(" ")
    script = f"""
        source "$HOME/.bash_completions/chartkit.sh"
        COMP_WORDS=({" ".join(f"'{word}'" for word in words)}); COMP_CWORD={len(words) - 1}
        _chartkit_completion chartkit
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout.split("\n")[:-1]


def asked(folder: pathlib.Path, shell: str, line: str) -> str:
    """What chartkit answers *shell*, by the shell's own protocol."""
    given = {"_CHARTKIT_COMPLETE": f"complete_{shell}", "_TYPER_COMPLETE_ARGS": line}
    given["_TYPER_COMPLETE_FISH_ACTION"] = "get-args"
    done = subprocess.run(
        ["chartkit"],
        cwd=folder,
        env=environment(folder, **given),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.fixture
def installed(folder: pathlib.Path) -> pathlib.Path:
    if shutil.which("bash") is None:
        pytest.skip("there is no bash here")
    given = environment(folder, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    command = ["chartkit", "--install-completion", "bash"]
    subprocess.run(command, cwd=folder, env=given, capture_output=True, check=True)
    return folder


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("chartkit che", ["check"]),
        ("chartkit check --fail", ["--fail-on"]),
        ("chartkit check --select label-va", ["label-value-invalid"]),
        ("chartkit check --ignore service-sel", ["service-selects-nothing"]),
        ("chartkit rule service-sel", ["service-selects-nothing"]),
        ("chartkit check --scenario ", ["default", "loud"]),
        (
            "chartkit check --kube-version 1.3",
            ["1.37", "1.36", "1.35", "1.34", "1.33", "1.32", "1.31", "1.30"],
        ),
        ("chartkit check --format js", ["json"]),
        ("chartkit coverage --format ht", ["html"]),
        ("chartkit check --fail-on ", ["error", "warning", "note", "never"]),
        ("chartkit check --engine ", ["embedded", "cli"]),
        ("chartkit check ch", ["charts/web"]),
        ("chartkit render ch", ["charts/web"]),
        ("chartkit explain field-m", ["field-missing"]),
        ("chartkit golden ", ["diff", "update"]),
        ("chartkit check values", [""]),  # bash goes on with files
    ],
)
def test_bash_offers_what_fits(installed: pathlib.Path, line: str, offered: list[str]) -> None:
    assert in_bash(installed, line) == offered


def test_zsh_and_fish_are_told_what_a_rule_says(folder: pathlib.Path) -> None:
    summary = "Label value breaks Kubernetes"

    assert f'"label-value-invalid":"{summary}' in asked(folder, "zsh", "chartkit rule label-v")
    assert f"label-value-invalid\t{summary}" in asked(folder, "fish", "chartkit rule label-v")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_is_told_how_to_ask(folder: pathlib.Path, shell: str) -> None:
    given = environment(folder, _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1")
    command = ["chartkit", "--show-completion", shell]
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=True)

    assert f"_CHARTKIT_COMPLETE=complete_{shell}" in done.stdout


@pytest.mark.parametrize("config", ["extends: [nothing]\n", ": : :", "policies: [gone.yaml]\n"])
def test_a_broken_configuration_offers_nothing(folder: pathlib.Path, config: str) -> None:
    (folder / "chartkit.yaml").write_text(config)

    assert asked(folder, "fish", "chartkit check --select label-v").strip() == ""
    assert "--select" in asked(folder, "fish", "chartkit check --sel")
