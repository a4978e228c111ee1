"""chartkit as pre-commit calls it, in repositories of git, without pre-commit."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.__main__ import run
from chartkit.cli import hook
from chartkit.plan.config import Config
from chartkit.system.git import GitError

GOOD = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
LIBRARY = '{{- define "lib.data" }}\ndata:\n  mode: plain\n{{- end }}\n'
NEEDS = "dependencies: [{name: lib, version: '*', repository: 'file://../lib'}]\n"
FILES = {
    "README.md": "x\n",
    "chartkit.yaml": "defaults: {kube-versions: ['1.37']}\n",
    "lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "lib/templates/_lib.tpl": LIBRARY,
    "web/Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\n{NEEDS}",
    "web/templates/map.yaml": GOOD + '{{- include "lib.data" . }}\n',
    "api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
    "api/templates/map.yaml": GOOD,
}


class Repository:
    """A repository with a library, a chart that uses it, and one that does not; all committed."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.write(**FILES)
        self.git("init", "-q", "-b", "main")
        self.commit()

    def git(self, *arguments: str) -> str:
        identity = ("-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.hooksPath=/dev/null")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=self.root, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "-qm", "x", "--allow-empty")
        return self.git("rev-parse", "HEAD")

    def write(self, **files: str) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.fixture
def repository(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name in (hook.FROM, hook.TO, *(name for name in os.environ if name.startswith("GIT_"))):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "repository").mkdir()
    monkeypatch.chdir(tmp_path / "repository")
    return Repository(tmp_path / "repository")


def judged(capsys: pytest.CaptureFixture[str], *paths: str) -> tuple[set[str], list[str]]:
    """The charts of which cases were judged, and the rules that were broken."""
    run(["check", "--hook", "--format", "json", "--", *paths])
    said = capsys.readouterr()
    report: dict[str, Any] = json.loads(said.out)
    return {one["chart"] for one in report["cases"]}, [one["rule"] for one in report["findings"]]


def test_only_the_charts_of_changed_files_are_judged(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.write(**{"api/templates/map.yaml": GOOD + "oops: 1\n", "lib/values.yaml": "{}\n"})
    assert judged(capsys, "lib/values.yaml", "README.md") == ({"web"}, [])
    assert judged(capsys, "api/templates/map.yaml") == ({"api"}, ["field-unknown"])


def test_a_commit_that_concerns_no_chart_is_clean(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--hook", "--", "README.md"]) == 0
    assert run(["check", "--hook"]) == 0
    assert "0 charts" in capsys.readouterr().out


def test_what_is_removed_counts_though_nobody_names_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("rm", "-q", "lib/templates/_lib.tpl")
    assert judged(capsys, "api/templates/map.yaml") == ({"api", "web"}, ["render-failed"])


def test_a_removed_chart_is_missed_by_those_that_need_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("rm", "-qr", "lib")
    charts, rules = judged(capsys)
    assert charts == {"web"}
    assert "dependency-missing" in rules


def test_the_goldens_of_a_removed_chart_are_orphans(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["golden", "update"])
    capsys.readouterr()
    repository.commit()
    repository.git("rm", "-qr", "api")
    assert judged(capsys) == (set(), ["golden-orphaned"])

    assert run(["golden", "update", "--hook"]) == 1
    assert "removed golden/api/default.yaml" in capsys.readouterr().out


def test_where_two_commits_are_compared_what_is_removed_between_them_counts(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("rm", "-q", "lib/templates/_lib.tpl")
    monkeypatch.setenv(hook.FROM, first)
    monkeypatch.setenv(hook.TO, repository.commit())
    assert judged(capsys) == ({"web"}, ["render-failed"])

    repository.git("checkout", "-q", "--orphan", "other")
    monkeypatch.setenv(hook.TO, repository.commit())
    assert judged(capsys)[0] == {"web"}


def test_a_moved_chart_is_gone_from_where_it_was(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("mv", "lib", "library")
    charts, rules = judged(capsys, "library/Chart.yaml", "library/templates/_lib.tpl")
    assert charts == {"web"}
    assert "dependency-missing" in rules


def test_a_definition_that_is_removed_is_missed_by_charts_that_speak_of_its_group(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    crd = "kind: CustomResourceDefinition\nspec:\n  group: example.com\n"
    repository.write(**{"api/crds/thing.yaml": crd, "web/templates/NOTES.txt": "example.com\n"})
    repository.commit()
    repository.git("rm", "-q", "api/crds/thing.yaml")
    assert judged(capsys)[0] == {"api", "web"}


def test_the_first_commit_has_nothing_before_it(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    repository.git("update-ref", "-d", "HEAD")
    assert judged(capsys, "api/Chart.yaml") == ({"api"}, [])


def test_names_that_no_shell_likes_are_only_names(
    repository: Repository, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ["api/a b.yaml", "api/$(touch oops).yaml", "api/-rf", "--fail-on=never", "api/\udcff", "api/x\ny"]
    repository.write(**dict.fromkeys(names, ""))
    repository.git("add", "-A")
    repository.commit()
    assert judged(capsys, *names)[0] == {"api"}

    repository.git("rm", "-q", "--", *names)
    assert judged(capsys) == ({"api"}, [])
    assert not (repository.root / "oops").exists()


def test_thousands_of_files_are_mapped(repository: Repository, capsys: pytest.CaptureFixture[str]) -> None:
    assert judged(capsys, *(f"api/files/{number}" for number in range(3000)))[0] == {"api"}


@pytest.mark.parametrize("name", ["golden/web/default.yaml", "lib/templates/_lib.tpl"])
def test_the_golden_hook_fails_where_it_changed_a_file(
    repository: Repository, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert run(["golden", "update", "--hook", "--", "web/Chart.yaml"]) == 1
    recorded = (repository.root / "golden/web/default.yaml").read_text()
    assert not (repository.root / "golden/api").exists()
    assert run(["golden", "update", "--hook", "--", "web/Chart.yaml"]) == 0

    repository.write(**{name: (repository.root / name).read_text().replace("plain", "loud")})
    capsys.readouterr()
    assert run(["golden", "update", "--hook", "--", name]) == 1
    assert "wrote golden/web/default.yaml" in capsys.readouterr().out
    changed = (repository.root / "golden/web/default.yaml").read_text() != recorded
    assert changed == name.startswith("lib/")


def test_each_hook_asks_git_anew(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = repository.git("rev-parse", "HEAD")
    repository.git("rm", "-q", "api/templates/map.yaml")
    second = repository.commit()
    assert judged(capsys) == (set(), [])

    monkeypatch.setenv(hook.FROM, first)
    monkeypatch.setenv(hook.TO, second)
    assert judged(capsys) == ({"api"}, ["render-empty"])


def test_a_folder_without_git_is_told(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    config = Config(root=tmp_path, cwd=tmp_path)
    with pytest.raises(GitError, match="--hook: this is not a git repository") as caught:
        hook.narrowed(config, [], {})
    assert caught.value.hint == "run it inside of a clone, or leave --hook out"

    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitError, match="--hook: there is no git on PATH"):
        hook.narrowed(config, [], {})


CHANGES: dict[str, Callable[[Repository], object]] = {
    "a chart": lambda one: one.write(**{"api/values.yaml": "a: 1\n"}),
    "a dependency": lambda one: one.write(**{"lib/values.yaml": "a: 1\n"}),
    "a chart that is removed": lambda one: one.git("rm", "-qr", "api"),
    "a dependency that is removed": lambda one: one.git("rm", "-qr", "lib"),
    "a chart that is moved": lambda one: one.git("mv", "api", "store"),
    "a chart of another name": lambda one: one.write(
        **{"api/Chart.yaml": FILES["api/Chart.yaml"].replace("api", "web")}
    ),
    "the configuration": lambda one: one.git("rm", "-q", "chartkit.yaml"),
    "a golden": lambda one: one.git("rm", "-q", "golden/api/default.yaml"),
    "a golden of nobody": lambda one: one.write(**{"golden/nobody/default.yaml": "a: 1\n"}),
    "a baseline": lambda one: one.write(**{"chartkit-baseline.json": '{"version": 1, "findings": []}'}),
    "what is of no chart": lambda one: one.write(**{"README.md": "y\n"}),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_hook_judges_what_a_review_of_the_same_change_judges(
    repository: Repository, capsys: pytest.CaptureFixture[str], change: str
) -> None:
    run(["golden", "update"])
    repository.commit()
    CHANGES[change](repository)
    repository.git("add", "-A")
    named = repository.git("diff", "--cached", "--name-only", "--diff-filter=d").splitlines()
    capsys.readouterr()
    run(["check", "--since", "HEAD", "--format", "json"])
    report = json.loads(capsys.readouterr().out)

    assert judged(capsys, *named) == (
        {one["chart"] for one in report["cases"]},
        [one["rule"] for one in report["findings"]],
    )
