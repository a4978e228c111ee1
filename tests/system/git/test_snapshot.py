"""Files of a commit are written where they belong, and nowhere else."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Iterator

import pytest

from chartkit.system import git as repository
from chartkit.system.git import Repository, snapshot
from chartkit.system.git.snapshot import Writer
from tests.system.git.conftest import git


def written(clone: Repository, folder: pathlib.Path, *changed: str) -> dict[str, str]:
    """What the first commit has, once it is written; with what is lacking, by reason."""
    entries = snapshot.tree(clone, "HEAD")
    lacking = list(Writer(clone, entries, frozenset(changed), folder).write(entries))
    found = {path.relative_to(folder).as_posix(): path.read_text() for path in files(folder)}
    return found | {f"!{path}": reason for path, reason in lacking}


def files(folder: pathlib.Path) -> Iterator[pathlib.Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def commit(clone: Repository, **contents: str) -> None:
    for name, text in contents.items():
        (clone.root / f"{name}.txt").write_text(text)
    git(clone.root, "add", "-A")
    git(clone.root, "commit", "-qm", "more")


def test_what_has_changed_comes_from_git_and_the_rest_from_the_work_tree(
    clone: Repository, tmp_path: pathlib.Path
) -> None:
    commit(clone, b="old\n", c="old\n", d="old\n")
    for name in ("b", "c"):
        (clone.root / f"{name}.txt").write_text("new\n")
    (clone.root / "d.txt").unlink()
    found = written(clone, tmp_path / "out", "b.txt")

    assert found == {"a.txt": "1\n2\n3\n", "b.txt": "old\n", "c.txt": "new\n", "d.txt": "old\n"}


def test_links_stay_inside(clone: Repository, tmp_path: pathlib.Path) -> None:
    (tmp_path / "secret").write_text("secret\n")
    for name, target in {
        "good": "a.txt",
        "up": "../secret",
        "folder/up": "../../secret",
        "far": str(tmp_path / "secret"),
        "folder/in": "../a.txt",
    }.items():
        (clone.root / name).parent.mkdir(exist_ok=True)
        (clone.root / name).symlink_to(target)
    commit(clone)
    found = written(clone, tmp_path / "out")

    assert found == dict.fromkeys(("a.txt", "good", "folder/in"), "1\n2\n3\n")


def test_what_moves_into_a_folder_that_was_a_link_is_not_written_through_it(
    clone: Repository, tmp_path: pathlib.Path
) -> None:
    out = tmp_path / "out"
    for name in ("deploy", "file.txt"):
        (clone.root / name).symlink_to("folder/..")
    commit(clone)
    entries = snapshot.tree(clone, "HEAD")
    writer = Writer(clone, entries, frozenset(), out)
    assert [*writer.write(["deploy", "file.txt"])] == []
    (tmp_path / "victim").mkdir()
    for name in ("deploy", "file.txt"):
        (out / name).unlink()
        (out / name).symlink_to("../victim")

    for moved in ("deploy/deep/a.txt", "file.txt"):
        assert [*writer.write(["a.txt"], lambda _, to=moved: to)] == []  # type: ignore[misc]
        assert (out / moved).read_text() == "1\n2\n3\n"
    assert [*(tmp_path / "victim").iterdir()] == []


def test_paths_that_lead_out_are_left_out(clone: Repository, tmp_path: pathlib.Path) -> None:
    blob = git(clone.root, "hash-object", "-w", "a.txt")
    inner = _tree(clone, f"100644 blob {blob}\tx")
    for name in ("..", ".git", ".GIT"):
        root = _tree(clone, f"100644 blob {blob}\tgood", f"040000 tree {inner}\t{name}")
        head = git(clone.root, "commit-tree", root, "-m", "evil")
        assert list(snapshot.tree(clone, head)) == ["good"]


def _tree(clone: Repository, *entries: str) -> str:
    """A tree that git itself would not make."""
    raw = b""
    for entry in entries:
        head, _, name = entry.partition("\t")
        mode, _, sha = head.split()
        raw += f"{mode.lstrip('0')} {name}\0".encode() + bytes.fromhex(sha)
    command = ["git", "hash-object", "-w", "-t", "tree", "--literally", "--stdin"]
    done = subprocess.run(command, cwd=clone.root, input=raw, capture_output=True, check=True)
    return done.stdout.decode().strip()


def test_what_is_not_whole_is_told(
    clone: Repository, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(clone, big="x" * 200, lfs="version https://git-lfs.github.com/spec/v1\nx\n", lost="lost\n")
    name = git(clone.root, "rev-parse", "HEAD:lost.txt")
    (clone.root / ".git/objects" / name[:2] / name[2:]).unlink()
    monkeypatch.setattr(snapshot, "LARGEST", 100)
    found = written(clone, tmp_path / "out", "big.txt", "lfs.txt", "lost.txt")

    assert "MiB" in found["!big.txt"]
    assert "Git LFS" in found["!lfs.txt"]
    assert found["!lost.txt"] == "git does not have its content"
    assert "big.txt" not in found


def test_a_submodule_is_copied_as_long_as_it_is_the_same(clone: Repository, tmp_path: pathlib.Path) -> None:
    git(tmp_path, "clone", "-q", str(clone.root), "inner")
    git(clone.root, "-c", "protocol.file.allow=always", "submodule", "add", "-q", "../inner", "sub")
    commit(clone)

    assert "sub/a.txt" in written(clone, tmp_path / "one")
    assert "submodule" in written(clone, tmp_path / "two", "sub")["!sub"]
    (clone.root / "sub/.git").unlink()
    assert "!sub" in written(clone, tmp_path / "three")


def test_filters_of_the_repository_are_not_run(clone: Repository, tmp_path: pathlib.Path) -> None:
    git(clone.root, "config", "filter.evil.smudge", f"touch {tmp_path / 'ran'}; cat")
    (clone.root / ".gitattributes").write_text("*.txt filter=evil export-ignore\n")
    commit(clone)
    found = written(clone, tmp_path / "out", "a.txt")

    assert found["a.txt"] == "1\n2\n3\n"
    assert not (tmp_path / "ran").exists()


def test_many_objects_are_asked_for_in_turns(clone: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "_BATCH", 2)
    commit(clone, **{f"f{n}": f"{n}\n" for n in range(5)})
    entries = snapshot.tree(repository.find(clone.root), "HEAD")
    names = [entry.name for entry in entries.values()]
    contents_of = dict(snapshot.contents(clone, [*names, "0" * 40]))

    assert {os.fsdecode(contents_of[entry.name]) for path, entry in entries.items() if path != "a.txt"} == {
        f"{n}\n" for n in range(5)
    }
    assert len(contents_of) == 6
