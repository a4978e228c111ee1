from __future__ import annotations

import os
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.system.paths import (
    YAML_SUFFIXES,
    TooManyFiles,
    absolute,
    cache_folder,
    content,
    expand,
    fits,
    is_below,
    is_pattern,
    repository,
    shown,
)


@pytest.mark.parametrize(
    ("path", "cwd", "text"),
    [
        ("/a/b/c", "/a/b", "c"),
        ("/a/b", "/a/b", "."),
        ("/a/x", "/a/b", "../x"),
        ("/x", "/a/b", "../../x"),
        ("/a/..b", "/a", "..b"),
    ],
)
def test_a_path_is_shown_from_the_working_directory(path: str, cwd: str, text: str) -> None:
    assert shown(pathlib.Path(path), pathlib.Path(cwd)) == text


def test_a_path_is_made_absolute_without_following_links(tmp_path: pathlib.Path) -> None:
    (tmp_path / "link").symlink_to("/")
    assert absolute("x/../link/./a", tmp_path) == tmp_path / "link/a"
    assert absolute("/etc", tmp_path) == pathlib.Path("/etc")


@pytest.mark.parametrize(
    ("pattern", "path", "fit"),
    [
        ("a/*.yaml", "a/b.yaml", True),
        ("a/*.yaml", "a/b/c.yaml", False),
        ("a/**/c.yaml", "a/c.yaml", True),
        ("a/**/c.yaml", "a/b/b/c.yaml", True),
        ("a/**", "a/b/c", True),
        ("a/?", "a/b", True),
        ("a/?", "a/bb", False),
        ("a.b", "axb", False),
        ("a[1]", "a[1]", True),
        ("***", "a/b", False),
        ("**", "a/b", True),
        ("**/**/b", "b", True),
        ("a/b/**", "a/b", True),
        ("a/**/x/**/y", "a/x/b/x/c/y", True),
        ("a/**/x/**/y", "a/b/c/y", False),
    ],
)
def test_stars_stop_at_slashes_and_two_cross_them(pattern: str, path: str, fit: bool) -> None:
    assert fits(pathlib.PurePosixPath(path), pattern) is fit


def test_a_hostile_pattern_takes_no_time() -> None:
    name = "a" * 250
    assert not fits(pathlib.PurePosixPath(*[name] * 10), "/".join(["**", "*a" * 100 + "b"] * 20))


@given(st.text("ab.[]+^$()", min_size=1))
def test_a_pattern_without_stars_fits_itself(text: str) -> None:
    assert not is_pattern(text)
    assert fits(pathlib.PurePosixPath(f"x{text}"), f"x{text}")


def test_files_are_expanded_from_files_folders_and_patterns(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "w[1]"
    for name in ("a.yaml", "b.yml", "deep/c.json", "deep/d.txt", "deep/e.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()

    def names(path: str) -> list[str]:
        return [found.name for found in expand(path, folder, YAML_SUFFIXES)]

    assert names("a.yaml") == ["a.yaml"]
    assert names(".") == ["a.yaml", "b.yml", "c.json", "e.yaml"]
    assert names("*.y?ml") == ["a.yaml"]
    assert names("**/*.yaml") == ["a.yaml", "e.yaml"]
    assert names("deep/*") == ["c.json", "d.txt", "e.yaml"]
    (folder / ".hidden").mkdir()
    (folder / ".hidden/h.yaml").touch()
    (folder / "link").symlink_to(folder)
    assert names("**/h.yaml") == []
    assert names(".hidden/*.yaml") == ["h.yaml"]
    assert names("*/*.yaml") == ["e.yaml"]
    assert names("nope") == names("nope/*") == []


def test_a_folder_that_is_too_large_is_not_looked_through(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chartkit.system.paths.MAX_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.yaml").touch()
    with pytest.raises(TooManyFiles):
        list(expand(".", tmp_path, YAML_SUFFIXES))


def test_a_folder_that_cannot_be_read_is_empty(tmp_path: pathlib.Path) -> None:
    assert list(expand("nope/*", tmp_path, YAML_SUFFIXES)) == []


def test_a_repository_is_found_from_below(tmp_path: pathlib.Path) -> None:
    below = tmp_path / "a/b"
    below.mkdir(parents=True)
    (tmp_path / ".git").touch()  # a worktree has a file there
    assert repository(below) == tmp_path


@pytest.mark.parametrize("variables", [{"CHARTKIT_CACHE_DIR": "/x/y"}, {"XDG_CACHE_HOME": "/x"}, {}])
def test_the_cache_folder_follows_the_environment(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CHARTKIT_CACHE_DIR", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr("sys.platform", "linux")

    expected = {"CHARTKIT_CACHE_DIR": "/x/y", "XDG_CACHE_HOME": "/x/chartkit"}.get(next(iter(variables), ""))
    assert cache_folder() == pathlib.Path(expected or "~/.cache/chartkit").expanduser()


def test_content_is_that_of_files_alone_and_no_more_than_is_asked_for(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("abc")
    os.mkfifo(tmp_path / "pipe")
    assert [content(tmp_path / "file", most) for most in (2, 9, -1)] == [b"ab", b"abc", b"abc"]
    for special in (tmp_path / "pipe", tmp_path, tmp_path / "gone", pathlib.Path("/dev/zero")):
        with pytest.raises(OSError, match=r"regular|directory|such file"):
            content(special, 1)


@pytest.mark.parametrize(
    ("path", "below"),
    [("a/*.yaml", True), ("a/../b", True), (".", True), ("..a", True), ("a/../../b", False), ("/a", False)],
)
def test_a_path_that_is_written_is_below_its_folder(path: str, below: bool) -> None:
    assert is_below(path) is below
