from __future__ import annotations

import os
import pathlib
import socket
import tempfile

import pytest

from chartkit.system.containment import outside


@pytest.fixture
def root(tmp_path: pathlib.Path) -> pathlib.Path:
    """A repository beside a folder that is not its own."""
    root = tmp_path / "repository"
    for folder in (root / ".git", root / "charts", tmp_path / "victim"):
        folder.mkdir(parents=True)
    (root / "values.yaml").touch()
    (root / ".git/config").touch()
    (tmp_path / "victim/values.yaml").touch()
    (root / "out").symlink_to("../victim")
    (root / "inner").symlink_to("charts")
    (root / "dangling").symlink_to("../nowhere")
    (root / "circle").symlink_to("circle")
    (root / "git").symlink_to(".git")
    return root


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize(
    "path",
    [".", "values.yaml", "charts/../values.yaml", "charts", "charts/new/deep.yaml", "charts/", "...git"],
)
def test_what_lies_in_the_repository_may_be_used(root: pathlib.Path, path: str, links: bool) -> None:
    assert outside(root / path, root, links=links) is None


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("..", "lies outside of the repository"),
        ("../victim", "lies outside of the repository"),
        ("charts/../../victim/values.yaml", "lies outside of the repository"),
        ("../repository-2", "lies outside of the repository"),
        ("/etc/passwd", "lies outside of the repository"),
        (".git", "lies in the folder of git"),
        (".git/config", "lies in the folder of git"),
        (".GIT/hooks/x", "lies in the folder of git"),
        (".git./hooks", "lies in the folder of git"),
        ("charts/sub/.git/x", "lies in the folder of git"),
        ("a\0b", "is no path"),
    ],
)
def test_what_lies_elsewhere_may_not_be_used(root: pathlib.Path, path: str, why: str, links: bool) -> None:
    assert outside(root / path, root, links=links) == why


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("out", "leads out of the repository through a link"),
        ("out/values.yaml", "leads out of the repository through a link"),
        ("out/../values.yaml", None),
        ("dangling", "leads out of the repository through a link"),
        ("circle", "is reached through links that run in circles"),
        ("git/config", "lies in the folder of git"),
        ("inner", None),
        ("inner/new.yaml", None),
    ],
)
def test_what_is_read_may_be_linked_in_the_repository_alone(
    root: pathlib.Path, path: str, why: str | None
) -> None:
    assert outside(root / path, root) == why


@pytest.mark.parametrize(
    "path", ["out", "out/x", "dangling", "circle", "git/config", "inner", "inner/new.yaml"]
)
def test_what_is_written_is_reached_through_no_link(root: pathlib.Path, path: str) -> None:
    link = path.partition("/")[0]
    assert outside(root / path, root, links=False) == f"is reached through a link, {link!r}"


def test_a_repository_that_is_reached_through_a_link_is_one(root: pathlib.Path) -> None:
    linked = root.with_name("linked")
    linked.symlink_to(root)
    assert outside(linked / "charts", linked, links=False) is None
    assert outside(linked / "out", linked) == "leads out of the repository through a link"


def test_what_is_no_file_and_no_folder_may_not_be_used(
    root: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(root / "pipe")
    monkeypatch.chdir(root)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket")
    for name in ("pipe", "socket"):
        assert outside(root / name, root) == "is neither a file nor a folder"


@pytest.mark.parametrize("path", ["/proc/self/environ", "/dev/null", "/dev/stdin", "/sys/kernel"])
def test_files_of_the_system_are_no_configuration_wherever_the_repository_is(path: str) -> None:
    root = pathlib.Path("/")
    assert outside(pathlib.Path(path), root)


@pytest.mark.skipif(not pathlib.Path("/dev/shm").is_dir(), reason="there is no such folder here")
def test_a_repository_may_be_in_memory() -> None:
    with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
        root = pathlib.Path(folder)
        (root / "values.yaml").touch()
        assert outside(root / "values.yaml", root) is None
        assert outside(root, root, links=False) is None


def test_the_folder_of_git_has_no_other_name(root: pathlib.Path) -> None:
    (root / "GIT~1").mkdir()
    assert outside(root / "GIT~1/x", root) == "lies in the folder of git"
