"""A clone with one commit, and git to work on it."""

from __future__ import annotations

import os
import pathlib
import subprocess

import pytest

from chartkit.system import git as repository
from chartkit.system.git import Repository


def git(folder: pathlib.Path, *arguments: str) -> str:
    settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
    done = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, **settings}
    )
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "clone"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    (folder / "a.txt").write_text("1\n2\n3\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "first")
    return repository.find(folder)
