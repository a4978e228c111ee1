"""No command runs a program that the configuration of git names."""

from __future__ import annotations

import os
import pathlib

import pytest

from tests.pipeline.review.conftest import Clone


@pytest.mark.parametrize(
    "command",
    [
        ("check", "--since", "main"),
        ("check", "--since", "main", "--new"),
        ("check", "--hook", "charts/db/values.yaml"),
        ("golden", "update", "--hook", "charts/db/values.yaml"),
        ("golden", "diff"),
        ("init", "--pre-commit", "--workflow", "github", "--golden"),
        ("baseline",),
    ],
    ids=" ".join,
)
def test_no_command_runs_what_the_configuration_of_git_names(
    clone: Clone, tmp_path: pathlib.Path, command: tuple[str, ...]
) -> None:
    clone.write(".gitattributes", "* filter=bite diff=bite\n").commit()
    bite = tmp_path / "bite"
    bite.write_text(f"#!/bin/sh\necho >>{tmp_path}/canary\nexec cat\n")
    bite.chmod(0o755)
    for name in ("post-index-change", "pre-commit"):
        (tmp_path / name).symlink_to(bite)
    programs = ("core.fsmonitor", "diff.external", "core.pager", "core.sshCommand", "credential.helper")
    filters = ("diff.bite.command", "diff.bite.textconv", "filter.bite.clean", "filter.bite.process")
    for key in (*programs, *filters):
        clone.git("config", key, str(bite))
    clone.git("config", "core.hooksPath", str(tmp_path))
    (tmp_path / "canary").unlink(missing_ok=True)
    for file in clone.root.rglob("charts/**/*.*"):
        os.utime(file, (1, 1))
    clone.append("charts/db/values.yaml", "more: 1\n")
    code, _, err = clone.run(*command)
    assert code in (0, 1), err
    assert not (tmp_path / "canary").exists()
    clone.git("diff", "HEAD")
    assert (tmp_path / "canary").exists()
