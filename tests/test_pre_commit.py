"""The hooks under the real pre-commit: as tried out, and as configured in a repository."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

ROOT = pathlib.Path(__file__).parent.parent
SHIPPED = ("chartkit", "schemas", "pyproject.toml", "README.md", "LICENSE", ".pre-commit-hooks.yaml")
TEMPLATE = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"
PARTIAL = '{{- define "lib.data" }}\ndata:\n  mode: plain\n{{- end }}\n'
NEEDS = "dependencies: [{name: lib, version: '*', repository: 'file://../lib'}]\n"
CHARTS = {
    "README.md": "x\n",
    "chartkit.yaml": "defaults: {kube-versions: ['1.37']}\n",
    "charts/lib/Chart.yaml": "apiVersion: v2\nname: lib\nversion: 1.0.0\ntype: library\n",
    "charts/lib/templates/_lib.tpl": PARTIAL,
    "charts/web/Chart.yaml": f"apiVersion: v2\nname: web\nversion: 1.0.0\n{NEEDS}",
    "charts/web/templates/map.yaml": TEMPLATE + '{{- include "lib.data" . }}\n',
    "charts/api/Chart.yaml": "apiVersion: v2\nname: api\nversion: 1.0.0\n",
    "charts/api/templates/map.yaml": TEMPLATE,
}

pytestmark = pytest.mark.slow


def git(folder: pathlib.Path, *arguments: str) -> str:
    identity = ("-c", "user.name=a", "-c", "user.email=a@example.com")
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def write(folder: pathlib.Path, **files: str) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def commit(folder: pathlib.Path) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x", "--no-verify")


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A folder that all processes of this test run see; pre-commit has locks of its own."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@pytest.fixture(scope="session")
def home(shared: pathlib.Path) -> pathlib.Path:
    """Where pre-commit keeps the one environment that all tests but one share."""
    return shared / "pre-commit"


@pytest.fixture(scope="session")
def hooks(shared: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """A repository of git with chartkit as it is now."""
    folder = tmp_path_factory.mktemp("hooks")
    for name in SHIPPED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    commit(folder)
    with contextlib.suppress(OSError):  # another process was first
        folder.rename(shared / "chartkit-hooks")
    return shared / "chartkit-hooks"


class Scratch:
    """A repository of charts with the hooks installed."""

    def __init__(self, root: pathlib.Path, home: pathlib.Path) -> None:
        self.root = root
        hidden = {name for name in os.environ if name.startswith(("GIT_", "CHARTKIT_", "PRE_COMMIT"))}
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        self.environ = {
            **kept,
            "PRE_COMMIT_HOME": str(home),
            "CHARTKIT_CACHE_DIR": str(root.parent / "cache"),
        }
        write(root, **CHARTS)
        git(root, "init", "-q", "-b", "main")
        commit(root)

    def run(self, *arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "pre_commit", *arguments]
        done = subprocess.run(
            command, cwd=self.root, env=self.environ, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def staged(self, *flags: str, **files: str) -> tuple[int, str]:
        """What pre-commit says to a commit of *files* and of whatever else was changed."""
        write(self.root, **files)
        git(self.root, "add", "-A")
        return self.run("run", *flags)


@pytest.fixture
def scratch(tmp_path: pathlib.Path, home: pathlib.Path) -> Scratch:
    (tmp_path / "scratch").mkdir()
    return Scratch(tmp_path / "scratch", home)


def configure(scratch: Scratch, hooks: pathlib.Path, *ids: str) -> None:
    rev = git(hooks, "rev-parse", "HEAD")
    listed = "".join(f"      - id: {one}\n" for one in ids)
    config = f"repos:\n  - repo: {hooks}\n    rev: {rev}\n    hooks:\n{listed}"
    write(scratch.root, **{".pre-commit-config.yaml": config})
    commit(scratch.root)


@pytest.fixture
def checked(scratch: Scratch, hooks: pathlib.Path) -> Scratch:
    configure(scratch, hooks, "chartkit-check")
    return scratch


@pytest.fixture
def golden(scratch: Scratch, hooks: pathlib.Path) -> Scratch:
    configure(scratch, hooks, "chartkit-golden")
    return scratch


def test_the_hooks_can_be_tried_out(scratch: Scratch, hooks: pathlib.Path) -> None:
    write(scratch.root, **{"charts/api/templates/map.yaml": TEMPLATE + "oops: 1\n"})
    git(scratch.root, "add", "-A")
    code, said = scratch.run("try-repo", str(hooks), "chartkit-check")
    assert code == 1
    assert "charts/api/templates/map.yaml:5:1 error field-unknown" in said
    assert "1 chart, 1 case" in said


def test_a_good_change_passes(checked: Scratch) -> None:
    code, said = checked.staged("-v", **{"charts/web/values.yaml": "mode: plain\n"})
    assert (code, "clean: 1 chart" in said) == (0, True), said


def test_a_change_of_no_chart_looks_at_none(checked: Scratch) -> None:
    write(checked.root, **{"charts/api/templates/map.yaml": "{{ broken"})
    commit(checked.root)
    code, said = checked.staged("-v", **{"README.md": "y\n"})
    assert (code, "0 charts" in said) == (0, True), said


def test_a_change_in_a_partial_is_judged_where_it_is_used(checked: Scratch) -> None:
    code, said = checked.staged(**{"charts/lib/templates/_lib.tpl": PARTIAL.replace("\ndata", "\ndato")})
    assert code == 1
    assert "field-unknown" in said
    assert "included at charts/web/templates/map.yaml" in said
    assert "looked at 1 chart" in said


def test_a_removed_partial_is_missed(checked: Scratch) -> None:
    (checked.root / "charts/lib/templates/_lib.tpl").unlink()
    code, said = checked.staged()
    assert (code, "render-failed" in said) == (1, True), said


def test_a_removed_chart_that_nothing_needs_passes(checked: Scratch) -> None:
    shutil.rmtree(checked.root / "charts/api")
    code, said = checked.staged("-v")
    assert (code, "0 charts" in said) == (0, True), said


def test_a_removed_chart_that_another_needs_fails(checked: Scratch) -> None:
    shutil.rmtree(checked.root / "charts/lib")
    code, said = checked.staged()
    assert (code, "dependency-missing" in said) == (1, True), said


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("golden/api/default.yaml", "---\n# Source: api/templates/map.yaml\n", "golden-drifted"),
        ("chartkit.yaml", "charts: {charts/api: {values: none.yaml}}\n", "values-file-missing"),
    ],
)
def test_a_change_of_goldens_or_configuration_alone_is_judged(
    checked: Scratch, file: str, text: str, rule: str
) -> None:
    code, said = checked.staged(**{file: text})
    assert (code, rule in said) == (1, True), said


def test_all_files_are_judged_in_one_run(checked: Scratch) -> None:
    write(checked.root, **{f"charts/api/files/{number}.txt": "" for number in range(500)})
    commit(checked.root)
    code, said = checked.run("run", "--all-files", "-v")
    assert code == 0
    assert said.count("clean: ") == 1
    assert "clean: 2 charts" in said


def test_what_is_pushed_is_judged(checked: Scratch) -> None:
    (checked.root / "charts/lib/templates/_lib.tpl").unlink()
    commit(checked.root)
    code, said = checked.run("run", "--from-ref", "HEAD~1", "--to-ref", "HEAD", "--hook-stage", "pre-push")
    assert (code, "render-failed" in said) == (1, True), said


def test_new_goldens_are_written_and_fail_the_commit_once(golden: Scratch) -> None:
    code, said = golden.staged(**{"charts/api/values.yaml": "{}\n"})
    assert (code, "wrote golden/api/default.yaml" in said) == (1, True), said
    assert not (golden.root / "golden/web").exists()

    assert golden.staged()[0] == 0


def test_drifted_goldens_are_rewritten_and_fail_the_commit_once(golden: Scratch) -> None:
    golden.run("run", "--all-files")
    commit(golden.root)
    code, said = golden.staged(**{"charts/lib/templates/_lib.tpl": PARTIAL.replace("plain", "loud")})
    assert code == 1
    assert "files were modified by this hook" in said
    assert "mode: loud" in (golden.root / "golden/web/default.yaml").read_text()

    assert golden.staged()[0] == 0
