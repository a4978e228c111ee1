"""An entry is whole and what was put there, or it is a miss."""

from __future__ import annotations

import pathlib

import pytest

from chartkit import cache


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
    import os

    store.put("ab12", b"old")
    store.put("cd34", b"new")
    os.utime(tmp_path / "store" / "ab" / "12", (0, 0))
    store.prune()
    assert (store.get("ab12"), store.get("cd34")) == (None, b"new")

    os.utime(tmp_path / "store" / "cd" / "34", (0, 0))
    store.prune()
    assert store.get("cd34") == b"new"


def test_keys_differ_where_any_part_does() -> None:
    assert cache.key("a", ["b"]) == cache.key("a", ["b"])
    assert len({cache.key("a", "b"), cache.key("ab"), cache.key("a", ["b"]), cache.key("b", "a")}) == 4
