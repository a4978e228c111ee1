"""Nothing is run that the configuration of a repository names: it may have come with an archive."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Callable

import pytest

from chartkit.system import git as repository
from chartkit.system.git import GitError, Repository, snapshot
from tests.system.git.conftest import git


@pytest.fixture
def canary(tmp_path: pathlib.Path) -> pathlib.Path:
    """A file that is there as soon as the command in the file beside it is run."""
    (tmp_path / "bite").write_text(f'#!/bin/sh\necho "$0 $*" >>{tmp_path}/canary\nexec cat\n')
    (tmp_path / "bite").chmod(0o755)
    return tmp_path / "canary"


@pytest.fixture
def inner(clone: Repository, tmp_path: pathlib.Path) -> pathlib.Path:
    """A submodule of the clone."""
    source = tmp_path / "inner"
    source.mkdir()
    git(source, "init", "-q", "-b", "main")
    (source / "b.txt").write_text("b\n")
    (source / ".gitattributes").write_text("* filter=bite diff=bite\n")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "inner")
    git(clone.root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner", "sub")
    git(clone.root, "commit", "-qm", "with a submodule")
    return clone.root / "sub"


def use(folder: pathlib.Path) -> Repository:
    """Ask everything that is ever asked, of files that are not as the index says."""
    found = repository.find(folder)
    head = found.commit("HEAD")
    for question in (
        lambda: found.merge_base("main"),
        lambda: found.changed(head),
        found.removed,
        lambda: found.removed(head, head),
        lambda: found.ignored(["."]),
        found.links,
        lambda: snapshot.contents_of(found, snapshot.tree(found, head), ["a.txt"]),
    ):
        question()
    return found


SETTINGS = {
    "core.fsmonitor": "{bite}",
    "core.hooksPath": "{folder}",
    "core.pager": "{bite}",
    "core.editor": "{bite}",
    "core.sshCommand": "{bite}",
    "core.askPass": "{bite}",
    "core.gitProxy": "{bite}",
    "core.alternateRefsCommand": "{bite}",
    "credential.helper": "{bite}",
    "gpg.program": "{bite}",
    "log.showSignature": "true",
    "interactive.diffFilter": "{bite}",
    "pager.diff": "{bite}",
    "pager.grep": "{bite}",
    "pager.config": "{bite}",
    "diff.external": "{bite}",
    "diff.bite.command": "{bite}",
    "diff.bite.textconv": "{bite}",
    "filter.bite.clean": "{bite}",
    "filter.bite.smudge": "{bite}",
    "filter.bite.process": "{bite}",
    "filter.bite.required": "true",
    "filter.with space.Dot.clean": "{bite}",
    "alias.diff": "!{bite}",
    "alias.ls-files": "!{bite}",
    "submodule.recurse": "true",
    "diff.ignoreSubmodules": "none",
    "submodule.sub.ignore": "none",
    "protocol.ext.allow": "always",
    "remote.origin.url": "ext::{bite} %S",
    "remote.origin.promisor": "true",
}
ATTRIBUTES = 'a.txt filter=bite diff=bite\n*.txt filter=bite diff=bite\n"with" filter="with space.Dot"\n'
HOOKS = ("post-index-change", "fsmonitor-watchman", "post-checkout", "pre-commit", "reference-transaction")


def configure(folder: pathlib.Path, canary: pathlib.Path, setting: Callable[[str, str], object]) -> None:
    hooks = canary.with_name("hooks")
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).write_bytes(canary.with_name("bite").read_bytes())
        (hooks / name).chmod(0o755)
    for key, value in SETTINGS.items():
        setting(key, value.format(bite=canary.with_name("bite"), folder=hooks))
    assert folder.is_dir()


def touch(file: pathlib.Path) -> None:
    """Let git look into *file*, since its time is not the one that it knows."""
    os.utime(file, (1, 1))


@pytest.mark.parametrize("place", ["config", "included", "worktree"])
def test_no_program_of_the_configuration_is_run(
    clone: Repository, inner: pathlib.Path, canary: pathlib.Path, place: str
) -> None:
    (clone.root / ".gitattributes").write_text(ATTRIBUTES)
    git(clone.root, "add", ".gitattributes")
    git(clone.root, "commit", "-qm", "attributes")
    arguments = {
        "config": ("config",),
        "included": ("config", "--file", "../included"),
        "worktree": ("config", "--worktree"),
    }[place]
    if place == "worktree":
        git(clone.root, "config", "extensions.worktreeConfig", "true")
    configure(clone.root, canary, lambda key, value: git(clone.root, *arguments, key, value))
    configure(inner, canary, lambda key, value: git(inner, "config", key, value))
    git(clone.root, "config", "include.path", str(clone.root.parent / "included"))
    canary.unlink(missing_ok=True)
    touch(clone.root / "a.txt")
    touch(inner / "b.txt")
    found = use(clone.root)
    assert not canary.exists()
    assert found.changed("HEAD") == frozenset()
    subprocess.run(["git", "diff", "HEAD"], cwd=clone.root, check=False, capture_output=True)
    assert canary.exists()  # that is how git would have bitten


def test_what_has_changed_in_a_submodule_is_seen_without_its_filters(
    clone: Repository, inner: pathlib.Path, canary: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git(inner, "config", "filter.bite.clean", str(canary.with_name("bite")))
    touch(inner / "b.txt")
    assert clone.changed("HEAD") == frozenset()
    (inner / "b.txt").write_text("c\n")
    assert clone.changed("HEAD") == {"sub"}
    monkeypatch.setenv("GIT_INDEX_FILE", str(clone.root / ".git/index"))  # as in a hook
    monkeypatch.setenv("GIT_DIR", str(clone.root / ".git"))
    assert clone.changed("HEAD") == {"sub"}
    (inner / "b.txt").write_text("b\n")
    (inner / "new.txt").touch()
    assert clone.changed("HEAD") == {"sub"}
    assert not canary.exists()


def test_objects_that_are_not_there_are_not_fetched(clone: Repository, canary: pathlib.Path) -> None:
    configure(clone.root, canary, lambda key, value: git(clone.root, "config", key, value))
    git(clone.root, "config", "extensions.partialClone", "origin")
    git(clone.root, "config", "core.repositoryFormatVersion", "1")
    blob = git(clone.root, "rev-parse", "HEAD:a.txt")
    (clone.root / ".git/objects" / blob[:2] / blob[2:]).unlink()
    (clone.root / "a.txt").write_text("other\n")
    found = repository.find(clone.root)
    for question in (
        lambda: found.changed("HEAD"),
        lambda: snapshot.contents_of(found, snapshot.tree(found, "HEAD"), ["a.txt"]),
    ):
        with pytest.raises(GitError, match="this clone is partial") as caught:
            question()
        assert "git fetch --refetch --no-filter" in caught.value.hint
    assert not canary.exists()


def test_a_folder_that_looks_like_a_repository_is_none(
    clone: Repository, canary: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    git(tmp_path, "init", "-q", "--bare", str(clone.root / "charts"))
    config = clone.root / "charts/config"
    bite = canary.with_name("bite")
    config.write_text(
        f"[core]\n repositoryformatversion = 0\n worktree = {clone.root}\n fsmonitor = {bite}\n"
    )
    with pytest.raises(GitError, match="cannot use bare repository"):
        use(clone.root / "charts")
    assert not canary.exists()


def test_files_that_git_keeps_elsewhere_are_not_looked_at(clone: Repository, tmp_path: pathlib.Path) -> None:
    (tmp_path / "victim").mkdir()
    git(clone.root, "config", "core.worktree", str(tmp_path / "victim"))
    with pytest.raises(GitError):
        repository.find(clone.root)


@pytest.mark.parametrize("first", [".", "", "bin"])
def test_a_git_in_the_repository_is_not_run(
    clone: Repository, canary: pathlib.Path, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    for folder in (clone.root, clone.root / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").write_bytes(canary.with_name("bite").read_bytes())
        (folder / "git").chmod(0o755)
    monkeypatch.chdir(clone.root)
    monkeypatch.setenv("PATH", first, prepend=os.pathsep)
    use(clone.root)
    assert not canary.exists()


def test_a_filter_that_cannot_be_turned_off_is_refused(clone: Repository) -> None:
    with (clone.root / ".git/config").open("a") as file:
        file.write('[filter "a=b"]\n clean = cat\n')
    with pytest.raises(GitError, match=r"a filter of the odd name 'filter\.a=b'"):
        clone.changed("HEAD")
