from __future__ import annotations

import json

import pytest

from chartkit import __version__
from chartkit.cli.init.source import PackageSource, source

COMMIT = "a" * 40
RELEASED = PackageSource(f"chartkit=={__version__}")


def recorded(url: str, vcs: str = "git", commit: str = COMMIT) -> str:
    return json.dumps({"url": url, "vcs_info": {"vcs": vcs, "commit_id": commit}})


@pytest.mark.parametrize("scheme", ["https", "ssh"])
def test_a_commit_is_told_without_the_login_that_it_was_fetched_with(scheme: str) -> None:
    url = f"{scheme}://git.example/team/chartkit.git"
    found = source(recorded(url.replace("://", "://user:secret@")))
    assert found == PackageSource(f"chartkit @ git+{url}@{COMMIT}", url, COMMIT)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "[]",
        "{",
        '{"url": "file:///home/somebody/chartkit", "dir_info": {"editable": true}}',
        recorded("file:///home/somebody/chartkit"),
        recorded("https://git.example/'; touch oops '"),
        recorded("https://git.example/chartkit", commit="main; touch oops"),
        recorded("https://hg.example/chartkit", vcs="hg"),
    ],
)
def test_anything_else_is_a_version_from_the_index(said: str) -> None:
    assert source(said) == RELEASED


def test_this_chartkit_comes_from_somewhere() -> None:
    assert source().requirement.startswith("chartkit")
