"""A run is told again only while everything that it read is as it was."""

from __future__ import annotations

import importlib.machinery
import os
import pathlib
import subprocess
import sys
import time
from collections.abc import Callable

import pytest

from chartkit.system.replay import Recorder, Told, recall

CHART = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\ndata: {a: {{ .Values.a | quote }}}\n"


class Repository:
    """A repository whose files are older than any clock is coarse, and `chartkit check` in it."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root / "repository"
        self._cache = root / "cache"
        self.write("web/Chart.yaml", CHART)
        self.write("web/values.yaml", "a: b\n")
        self.write("web/templates/map.yaml", CONFIG_MAP)

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def check(self, *arguments: str) -> tuple[int, str, bool]:
        """Exit code, output, and whether it was told again rather than judged."""
        command = [sys.executable, "-X", "importtime", "-m", "chartkit", "check", *arguments]
        environment = {**os.environ, "CHARTKIT_CACHE_DIR": str(self._cache)}
        done = subprocess.run(
            command, cwd=self.root, capture_output=True, text=True, env=environment, check=False
        )
        return done.returncode, done.stdout, "chartkit.cli.app" not in done.stderr


@pytest.fixture
def repository(tmp_path: pathlib.Path) -> Repository:
    made = Repository(tmp_path)
    time.sleep(2.1)
    return made


@pytest.mark.slow
def test_a_run_is_told_again_until_something_changes(repository: Repository) -> None:
    first, second, third = repository.check(), repository.check(), repository.check()
    assert [run[2] for run in (first, second, third)] == [False, True, True]
    assert first[:2] == second[:2] == third[:2]
    assert not repository.check("--no-cache")[2]

    repository.write("web/templates/map.yaml", CONFIG_MAP + "oops: 1\n")
    code, text, again = repository.check()
    assert (code, again) == (1, False)
    assert "field-unknown" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["web/values-ha.yaml", "web/ci/more-values.yaml", "web/crds/x.yaml", "chartkit.yaml", "more/Chart.yaml"],
)
def test_a_new_file_that_matters_is_seen(repository: Repository, name: str) -> None:
    repository.check()
    assert repository.check()[2]

    repository.write(name, CHART.replace("web", "more") if name.startswith("more") else "{}\n")
    assert not repository.check()[2]


@pytest.mark.slow
def test_a_changed_file_that_lies_under_every_scenario_is_seen(tmp_path: pathlib.Path) -> None:
    repository = Repository(tmp_path)
    repository.write("chartkit.yaml", "charts: {web: {values: ../base.yaml}}\n")
    repository.write("base.yaml", "a: c\n")
    time.sleep(2.1)
    repository.check()
    assert repository.check()[2]

    repository.write("base.yaml", "a: [\n")
    code, text, again = repository.check()
    assert (code, again) == (1, False)
    assert "base.yaml" in text


@pytest.mark.slow
def test_what_changed_while_it_was_read_is_not_kept(repository: Repository) -> None:
    repository.write("web/values.yaml", "a: c\n")
    repository.check()

    assert not repository.check()[2]


@pytest.mark.slow
def test_what_depends_on_git_is_asked_of_git_each_time(repository: Repository) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=a", "-c", "user.email=a@example.com")
        subprocess.run(["git", *who, *arguments], cwd=repository.root, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "first")
    time.sleep(2.1)
    assert "no chart changed" in repository.check("--since", "main")[1]
    code, _, again = repository.check("--since", "main")
    assert (code, again) == (0, False)

    git("checkout", "-q", "--orphan", "other")
    git("commit", "-qm", "another")
    assert repository.check("--since", "main")[0] == 2


@pytest.mark.slow
def test_a_baseline_that_appears_is_seen(repository: Repository) -> None:
    repository.check("web")
    assert repository.check("web")[2]

    repository.write("chartkit-baseline.json", '{"version": 1, "findings": []}\n')
    assert not repository.check("web")[2]


def find_module(folder: str) -> None:
    loader = (importlib.machinery.SourceFileLoader, [".py"])
    importlib.machinery.FileFinder(folder, loader).find_spec("nothing")


@pytest.mark.parametrize(("looks", "kept"), [(find_module, True), (os.listdir, False)])
def test_folders_that_python_looks_for_modules_in_may_change(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, looks: Callable[[str], object], kept: bool
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    recorder = Recorder(["check"])
    (tmp_path / "modules").mkdir()
    looks(str(tmp_path / "modules"))
    recorder.keep(Told("clean", 0))

    assert recall(["check"]) == (Told("clean", 0) if kept else None)
