"""A clone of git with charts in it, in which commands are run as `chartkit` runs them."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

import jsonschema
import pytest

from chartkit import schemas_folder
from chartkit.__main__ import run

CONFIG_MAP = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  mode: {{ .Values.mode | quote }}
"""
OOPS = "oops: 1\n"


class Clone:
    """Files below *root*, which git knows of as far as they are committed."""

    def __init__(self, root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def write(self, name: str, text: str) -> Clone:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return self

    def append(self, name: str, text: str) -> Clone:
        return self.write(name, (self.root / name).read_text() + text)

    def chart(self, name: str, *, version: str = "1.0.0", extra: str = "", text: str = CONFIG_MAP) -> None:
        self.write(
            f"{name}/Chart.yaml",
            f"apiVersion: v2\nname: {pathlib.PurePath(name).name}\nversion: {version}\n{extra}",
        )
        self.write(f"{name}/values.yaml", "mode: plain\n")
        self.write(f"{name}/templates/map.yaml", text)

    def git(self, *arguments: str) -> str:
        settings = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always")
        command = ["git", *who, *arguments]
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, env={**os.environ, **settings}, check=True
        )
        return done.stdout

    def commit(self, message: str = "a change") -> Clone:
        self.git("add", "-A")
        self.git("commit", "-qm", message, "--allow-empty")
        return self

    def branch(self) -> None:
        """Commit what there is, and begin a branch."""
        self.commit()
        self.git("checkout", "-qb", "feature")

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self._capsys.readouterr()
        code = run(list(arguments))
        said = self._capsys.readouterr()
        return code, said.out, said.err

    def report(self, *arguments: str, since: str = "main") -> dict[str, Any]:
        code, out, err = self.run("check", "--since", since, "--format", "json", *arguments)
        assert code in (0, 1), err
        report: dict[str, Any] = json.loads(out)
        jsonschema.validate(report, json.loads((schemas_folder() / "report.schema.json").read_text()))
        return report

    def charts(self, *arguments: str) -> set[str]:
        """The charts that a run with ``--since main`` judges."""
        return {case["chart"] for case in self.report(*arguments)["cases"]}

    def found(self, *arguments: str) -> list[str]:
        return sorted(f"{one['rule']} {one['file']}" for one in self.report(*arguments)["findings"])

    def reasons(self, *arguments: str) -> dict[str, str]:
        return {one["what"]: one["reason"] for one in self.report(*arguments)["not_judged"]}


@pytest.fixture
def clone(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Clone:
    """A clone on a branch: ``web`` and ``api`` depend on the library ``lib``, ``db`` on nothing."""
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("CHARTKIT_SINCE", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHARTKIT_JOBS", "1")
    made = Clone(tmp_path / "clone", capsys)
    made.root.mkdir()
    monkeypatch.chdir(made.root)
    made.git("init", "-q", "-b", "main")
    made.chart("charts/db")
    uses = "dependencies:\n  - {name: lib, version: 1.x.x, repository: 'file://../lib'}\n"
    for name in ("web", "api"):
        made.chart(f"charts/{name}", extra=uses)
    made.write("charts/lib/Chart.yaml", "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n")
    made.write("charts/lib/templates/_lib.tpl", '{{ define "lib.mode" }}plain{{ end }}\n')
    made.branch()
    return made
