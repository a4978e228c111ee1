"""The lines of a patch are those that git means, whatever the files hold and are called."""

from __future__ import annotations

import pathlib
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.system.git import hunks

HEAD = b"diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n"


@pytest.mark.parametrize(
    ("patch", "found"),
    [
        (b"", []),
        (HEAD + b"@@ -1 +1 @@\n-a\n+b\n", [("x", 1, 1)]),
        (
            HEAD + b"@@ -1 +1 @@\n-a\n+b\n" + HEAD.replace(b"x", b"y") + b"@@ -2,0 +3 @@\n+c\n",
            [("x", 1, 1), ("y", 3, 3)],
        ),
        (HEAD + b"@@ -3,0 +4,2 @@ f()\n+a\n+b\n", [("x", 4, 5)]),
        (HEAD + b"@@ -3,2 +2,0 @@\n-a\n-b\n", []),
        (HEAD + b"@@ -1 +1 @@\n-a\n+++ b/y\n@@ -9 +9 @@\n-a\n+b\n", [("x", 1, 1), ("x", 9, 9)]),
        (HEAD + b"@@ -0,0 +1 @@\n+diff --git a/z b/z\n\\ No newline at end of file\n", [("x", 1, 1)]),
        (HEAD + b"@@ -1 +1 @@\n--- a/x\n+@@ -7 +7 @@\n", [("x", 1, 1)]),
        (b"diff --git a/x b/x\n--- a/x\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", []),
        (b"diff --git a/x b/x\nBinary files a/x and b/x differ\n", []),
        (
            b'diff --git "a/\\t" "b/\\t"\n--- /dev/null\n+++ "b/\\t\\"\\303\\244"\n@@ -0,0 +1 @@\n+a\n',
            [('\t"\xe4', 1, 1)],
        ),
        (b"diff --git a/a b b/a b\n--- a/a b\t\n+++ b/a b\t\n@@ -1 +1 @@\n-a\n+b\n", [("a b", 1, 1)]),
    ],
)
def test_a_patch_gives_the_lines_that_it_leaves(patch: bytes, found: list[tuple[str, int, int]]) -> None:
    assert list(hunks.parse(patch)) == found


LINES = st.lists(
    st.sampled_from(["a", "+++ b/y", "--- a/x", "@@ -1 +1 @@", "diff --git a/x b/x", "", "-", "\\ No"])
)


@given(old=LINES, new=LINES)
def test_git_and_the_reader_mean_the_same_lines(
    tmp_path_factory: pytest.TempPathFactory, old: list[str], new: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("diff")
    for name, lines in (("old", old), ("new", new)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    spans = list(hunks.parse(_diff(folder)))
    changed = {line for _, first, last in spans for line in range(first, last + 1)}
    kept = [line for number, line in enumerate(new, 1) if number not in changed]

    assert all(file == "new" for file, _, _ in spans)
    assert _is_subsequence(kept, old)
    assert bool(changed) <= (old != new)


def _diff(folder: pathlib.Path) -> bytes:
    command = ["git", "diff", "--no-index", "-U0", "--inter-hunk-context=0", "old", "new"]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout


def _is_subsequence(some: list[str], of: list[str]) -> bool:
    left = iter(of)
    return all(line in left for line in some)


@given(st.binary())
def test_whatever_is_read_is_read_to_its_end(patch: bytes) -> None:
    assert all(first <= last for _, first, last in hunks.parse(patch))
