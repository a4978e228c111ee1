"""An entry is whole and what was put there, or it is a miss."""

from __future__ import annotations

import os
import pathlib

import pytest

from chartkit.system import cache


@pytest.fixture
def store(tmp_path: pathlib.Path) -> cache.Store:
    return cache.Store(tmp_path / "store")


def test_an_entry_comes_back(store: cache.Store) -> None:
    store.put_json("ab12", {"a": [1, None]})

    assert store.get_json("ab12") == {"a": [1, None]}


def test_what_was_never_put_is_a_miss(store: cache.Store) -> None:
    assert store.get_json("ab12") is None
    assert store.get_text("ab12") is None


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 100])
def test_a_damaged_entry_is_a_miss(store: cache.Store, tmp_path: pathlib.Path, damage: bytes) -> None:
    store.put("ab12", b"whole")
    (tmp_path / "store" / "ab" / "12").write_bytes(damage)

    assert store.get("ab12") is None


def test_a_truncated_entry_is_a_miss(store: cache.Store, tmp_path: pathlib.Path) -> None:
    store.put("ab12", b"whole")
    file = tmp_path / "store" / "ab" / "12"
    file.write_bytes(file.read_bytes()[:-1])

    assert store.get("ab12") is None


def test_text_is_named_by_its_content_and_any_byte_survives(store: cache.Store) -> None:
    text = b"caf\xc3\xa9 \xff".decode("utf-8", "surrogateescape")
    name = store.put_text(text)

    assert store.put_text(text) == name
    assert store.get_text(name) == text


def test_a_damaged_text_is_written_anew(store: cache.Store, tmp_path: pathlib.Path) -> None:
    name = store.put_text("render")
    (tmp_path / "store" / name[:2] / name[2:]).write_bytes(b"half")
    store.put_text("render")

    assert store.get_text(name) == "render"


def test_a_store_that_cannot_be_written_forgets_without_a_word(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = cache.Store(tmp_path / "file")
    store.put("ab12", b"x")
    store.prune()

    assert store.get("ab12") is None


def test_pruning_forgets_what_is_old_once_a_day(store: cache.Store, tmp_path: pathlib.Path) -> None:
    old, new = cache.digest(b"old"), cache.digest(b"new")
    store.put(old, b"old")
    store.put(new, b"new")
    os.utime(tmp_path / "store" / old[:2] / old[2:], (0, 0))
    store.prune()
    assert (store.get(old), store.get(new)) == (None, b"new")

    os.utime(tmp_path / "store" / new[:2] / new[2:], (0, 0))
    store.prune()
    assert store.get(new) == b"new"


def test_pruning_removes_nothing_but_entries(store: cache.Store, tmp_path: pathlib.Path) -> None:
    killed = tmp_path / "store" / "ab" / f"{'0' * 30}.123-4d2"
    theirs = [
        tmp_path / "store" / name
        for name in ("ci/values.yaml", f"ab/{'0' * 38}", "db/dump", f"ci/{'0' * 30}")
    ]
    linked = tmp_path / "elsewhere" / ("0" * 30)
    for path in (killed, *theirs, linked):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
        os.utime(path, (0, 0))
    (tmp_path / "store" / "cd").symlink_to(tmp_path / "elsewhere")
    store.prune()
    assert not killed.exists()
    assert all(path.exists() for path in (*theirs, linked))


def test_keys_differ_where_any_part_does() -> None:
    assert cache.key("a", ["b"]) == cache.key("a", ["b"])
    assert len({cache.key("a", "b"), cache.key("ab"), cache.key("a", ["b"]), cache.key("b", "a")}) == 4
