from __future__ import annotations

import os
import pathlib
import secrets
import stat

import pytest

from chartkit.system import atomic_write


def names(folder: pathlib.Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_keeps_its_permissions(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "a.txt"
    atomic_write.replace(path, b"old")
    path.chmod(0o640)
    atomic_write.replace(path, b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o640)
    assert names(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("target", ["a.txt", "nowhere", "link"])
def test_a_link_is_neither_replaced_nor_written_through(tmp_path: pathlib.Path, target: str) -> None:
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OSError, match="it is a link"):
        atomic_write.replace(tmp_path / "link", b"new")
    assert names(tmp_path) == ["a.txt", "link"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_what_a_killed_run_left_of_the_same_file_goes(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(secrets, "token_hex", lambda _: "0" * 16)
        patched.setattr(pathlib.Path, "replace", lambda *_: 1 / 0)
        patched.setattr(pathlib.Path, "unlink", lambda *_, **__: None)
        for name in ("a.txt", "b.txt"):
            with pytest.raises(ZeroDivisionError):
                atomic_write.replace(tmp_path / name, b"half")
    left = names(tmp_path)
    assert (len(left), all(map(atomic_write.is_temporary, left))) == (2, True)
    (tmp_path / ".a.txt.tmp").touch()
    atomic_write.replace(tmp_path / "a.txt", b"whole")
    assert len({*left} & {*names(tmp_path)}) == 1
    assert {".a.txt.tmp", "a.txt"} < {*names(tmp_path)}


def test_two_runs_that_write_the_same_file_both_end_well(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = [True]

    def meanwhile(_: int) -> None:
        if waiting.pop() if waiting else False:
            atomic_write.replace(tmp_path / "a.txt", b"other")

    monkeypatch.setattr(os, "fsync", meanwhile)
    atomic_write.replace(tmp_path / "a.txt", b"mine")
    assert (tmp_path / "a.txt").read_bytes() == b"mine"
    assert names(tmp_path) == ["a.txt"]


def test_a_name_may_be_as_long_as_the_disk_allows(tmp_path: pathlib.Path) -> None:
    atomic_write.replace(tmp_path / ("a" * 255), b"")
    assert names(tmp_path) == ["a" * 255]
