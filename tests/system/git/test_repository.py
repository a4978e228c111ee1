"""What git is asked, and what of its answers reaches a user."""

from __future__ import annotations

import os
import pathlib
import stat

import pytest

from chartkit.system import git as repository
from chartkit.system.git import GitError, Repository
from tests.system.git.conftest import git


@pytest.mark.parametrize(
    "ref", ["nowhere", "--output=x", "-x", "", "main..main", "a\0b", "main:a.txt", "\udcff"]
)
def test_what_names_no_commit_is_said_to_be_none(clone: Repository, ref: str) -> None:
    with pytest.raises(GitError, match="there is no commit"):
        clone.merge_base(ref)
    assert sorted(path.name for path in clone.root.iterdir()) == [".git", "a.txt"]


@pytest.mark.parametrize("ref", ["main", "HEAD", "HEAD^0", "refs/heads/main", "v1"])
def test_branches_tags_and_expressions_name_commits(clone: Repository, ref: str) -> None:
    git(clone.root, "tag", "-a", "-m", "x", "v1")

    assert clone.merge_base(ref) == git(clone.root, "rev-parse", "HEAD")


@pytest.mark.parametrize(
    ("ref", "hint"),
    [("mian", "did you mean 'main'?"), ("develop", "did you mean 'origin/develop'?"), ("x", "fetch")],
)
def test_a_slip_in_a_name_is_told(clone: Repository, ref: str, hint: str) -> None:
    git(clone.root, "update-ref", "refs/remotes/origin/develop", "HEAD")
    with pytest.raises(GitError) as caught:
        clone.commit(ref)

    assert hint in caught.value.hint


def test_a_folder_without_a_repository_is_told_of(tmp_path: pathlib.Path) -> None:
    with pytest.raises(GitError, match="this is not a git repository") as caught:
        repository.find(tmp_path)
    assert str(tmp_path) not in str(caught.value) + caught.value.hint


def test_a_repository_without_files_is_told_of(tmp_path: pathlib.Path) -> None:
    git(tmp_path, "init", "-q", "--bare", "bare")
    with pytest.raises(GitError, match="cannot use bare repository") as caught:
        repository.find(tmp_path / "bare")
    assert str(tmp_path) not in str(caught.value)
    assert "checked out" in caught.value.hint


def test_without_git_there_is_nothing_to_ask(clone: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(clone.root))
    with pytest.raises(GitError, match="there is no git on PATH"):
        clone.merge_base("main")


def program(folder: pathlib.Path, text: str) -> None:
    file = folder / "git"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("echo 'fatal: odd trouble' >&2; exit 7", "odd trouble"),
        ("exit 9", "it ended with code 9"),
        (
            "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; exit 128",
            "dubious ownership",
        ),
        ("exec sleep 5", "takes more than 1 seconds"),
    ],
)
def test_what_git_says_is_told(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, text: str, told: str
) -> None:
    program(tmp_path, text)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setattr(repository, "SECONDS", 1.0)
    with pytest.raises(GitError, match=told):
        repository.find(tmp_path)


def test_a_git_that_cannot_be_run_is_told_of(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_bytes(b"\x7fELF nonsense")
    (tmp_path / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="git cannot be run"):
        repository.find(tmp_path)


def test_a_shallow_clone_tells_how_to_get_the_rest(clone: Repository, tmp_path: pathlib.Path) -> None:
    git(clone.root, "checkout", "-qb", "feature")
    git(clone.root, "commit", "-qm", "second", "--allow-empty")
    address = clone.root.as_uri()
    git(tmp_path, "clone", "-q", "--depth", "1", "--no-single-branch", "-b", "feature", address, "shallow")
    with pytest.raises(GitError, match="this clone is shallow") as caught:
        repository.find(tmp_path / "shallow").merge_base("origin/main")

    assert "fetch-depth: 0" in caught.value.hint
    assert "git fetch --unshallow" in caught.value.hint


def test_branches_that_never_met_have_no_base(clone: Repository) -> None:
    git(clone.root, "checkout", "-q", "--orphan", "other")
    git(clone.root, "commit", "-qm", "another first")
    with pytest.raises(GitError, match="no commit in common"):
        clone.merge_base("main")


def test_settings_of_the_user_change_no_answer(clone: Repository) -> None:
    for key, value in {
        "diff.noprefix": "true",
        "diff.relative": "true",
        "diff.renames": "copies",
        "diff.external": "false",
        "diff.context": "5",
        "diff.interHunkContext": "5",
        "color.ui": "always",
        "core.fsmonitor": "false-hook",
        "core.quotePath": "true",
    }.items():
        git(clone.root, "config", key, value)
    (clone.root / "a.txt").write_text("1\ntwo\n3\nfour\n")
    (clone.root / "\xe4 b.txt").write_text("x\n")
    base = clone.merge_base("main")

    assert clone.changed(base) == {"a.txt", "\xe4 b.txt"}


def test_nothing_is_written(clone: Repository) -> None:
    base = clone.merge_base("main")
    (clone.root / "a.txt").touch()
    before = {path: path.stat().st_mtime_ns for path in clone.root.rglob("*")}
    clone.changed(base)
    clone.ignored(["."])

    assert {path: path.stat().st_mtime_ns for path in clone.root.rglob("*")} == before


def test_many_paths_are_the_root(clone: Repository) -> None:
    (clone.root / ".gitignore").write_text("*.tgz\n")
    (clone.root / "a.tgz").touch()

    assert clone.ignored([f"no-{n}" for n in range(501)]) == ("a.tgz",)


def test_a_repository_that_is_reached_by_a_link_is_where_the_link_says(
    clone: Repository, tmp_path: pathlib.Path
) -> None:
    (clone.root / "inner").mkdir()
    (tmp_path / "link").symlink_to(clone.root)
    (tmp_path / "deep").symlink_to(clone.root / "inner")

    assert repository.find(tmp_path / "link" / "inner").root == tmp_path / "link"
    assert repository.find(tmp_path / "deep").root == clone.root
