"""`chartkit init` in repositories of all kinds: what it writes, leaves alone and says."""

from __future__ import annotations

import dataclasses
import pathlib
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from chartkit.__main__ import run
from chartkit.cli.init import config_text, files
from chartkit.cli.init.files import FileChange
from chartkit.cli.init.survey import TEST_DATA, survey
from chartkit.model.case import Case
from chartkit.model.errors import ChartkitError
from chartkit.plan import discover
from chartkit.plan.config import Flags, configure
from chartkit.syntax.yaml.yaml_file import loads

MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\n"


def write(root: pathlib.Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def chart(name: str, more: str = "") -> dict[str, str]:
    return {
        f"{name}/Chart.yaml": f"apiVersion: v2\nname: {pathlib.PurePath(name).name}\nversion: 1.0.0\n{more}",
        f"{name}/templates/map.yaml": MAP,
    }


def cases(root: pathlib.Path) -> set[Case]:
    """The cases of a check in *root*, wherever they are configured."""
    plan = discover.plan(configure.read(Flags(), root, {}))
    return {
        dataclasses.replace(one, scenario=dataclasses.replace(one.scenario, place=None)) for one in plan.cases
    }


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "repository"
    write(folder, {".git/HEAD": "ref: refs/heads/trunk\n", "README.md": ""})
    monkeypatch.chdir(folder)
    return folder


def init(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["init", *arguments])
    said = capsys.readouterr()
    return code, said.out + said.err


REPOSITORIES: dict[str, dict[str, str]] = {
    "one chart at the root": {
        "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
        "values-ha.yaml": "",
    },
    "scenarios by every convention": {
        **chart("charts/web"),
        "charts/web/ci/a-values.yaml": "",
        "charts/web/values-b.yml": "",
        "charts/web/linter_values.yaml": "",
    },
    "two values files of one name": {
        **chart("web"),
        "web/ci/ha-values.yaml": "",
        "web/values-ha.yaml": "",
    },
    "versions that charts allow": {
        **chart("old", 'kubeVersion: "<1.30"\n'),
        **chart("new", 'kubeVersion: ">=1.34"\n'),
        **chart("any"),
        **chart("other"),
    },
    "words that YAML takes for others": {
        **chart("no"),
        **chart("1e3"),
        **chart("a: b #c"),
        "no/values-on.yaml": "",
        "no/values-0x1.yaml": "",
        "no/ci/[x] {y}-values.yaml": "",
    },
    "a configuration of chart-testing": {
        **chart("charts/web"),
        **chart("charts/db"),
        **chart("elsewhere/web"),
        "ct.yaml": "chart-dirs: [charts]\nexcluded-charts: [db]\ntarget-branch: master\n"
        "helm-extra-args: -n ours --set a=b --set-string c=1 -f base.yaml --api-versions x/v1 --timeout 1s\n",
        "base.yaml": "",
        "charts/web/ci/ha-values.yaml": "",
    },
    "a library and what depends on it": {
        **chart("lib", "type: library\n"),
        **chart("web", "dependencies: [{name: lib, version: '*', repository: 'file://../lib'}]\n"),
    },
    "a chart whose Chart.yaml is broken": {**chart("web"), "bad/Chart.yaml": "{{ .Name }}"},
}


@pytest.mark.parametrize("name", REPOSITORIES)
def test_a_check_does_the_same_with_the_file_as_without_it(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    write(root, REPOSITORIES[name])
    before = cases(root)
    code, said = init(capsys)
    assert (code, "wrote chartkit.yaml" in said) == (0, True), said
    assert cases(root) == before
    assert not discover.plan(configure.read(Flags(), root, {})).hits


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=12).filter(
    lambda name: not name.startswith(".") and name not in TEST_DATA
)


@example({"0": [":", ";"]})
@example({"0": [":_"]})
@example({"0": [], "\x7f": ["\x7f"]})
@given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3), min_size=1, max_size=3))
def test_no_name_of_a_chart_or_a_file_breaks_the_configuration(found: dict[str, list[str]]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, files in found.items():
            write(root, {f"{name}/Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n"})
            write(root, {f"{name}/values-{file}.yaml": "" for file in files})
            write(root, {f"{name}/{file}values.yaml": "" for file in files})
        before = cases(root)
        text = config_text.text(survey(root), golden=False)
        write(root, {"chartkit.yaml": text})
        assert cases(root) == before


def test_the_file_teaches_and_can_be_read(root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, REPOSITORIES["scenarios by every convention"])
    write(root, {"charts/web/values.prod.yaml": ""})
    init(capsys)
    text = (root / "chartkit.yaml").read_text()
    data: Any = loads(text, "").data
    assert data["charts"]["charts/web"]["scenarios"]["a"] == {"values": ["ci/a-values.yaml"]}
    assert "# prod: {values: [values.prod.yaml]}" in text
    for key in ("fails:", "ignore:", "rules:", "golden:", "extends:"):
        assert key in text
    assert all(len(line) <= 115 for line in text.splitlines())

    uncommented = text.replace("      # prod:", "      prod:")
    write(root, {"chartkit.yaml": uncommented})
    assert {case.scenario.name for case in cases(root)} == {"default", "a", "b", "linter", "prod"}


def test_test_data_is_left_out_where_there_are_other_charts(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {**chart("pkg/testdata/web"), "pkg/testdata/web/values-x.yaml": ""})
    assert "left out" not in init(capsys)[1]
    (root / "chartkit.yaml").unlink()

    write(root, {**chart("charts/web"), "ct.yaml": "excluded-charts: [old]\n"})
    code, said = init(capsys)
    assert (code, "left out pkg/testdata" in said, "found 1 chart" in said) == (0, True, True)
    assert loads((root / "chartkit.yaml").read_text(), "").data["excluded-charts"] == ["old", "pkg/testdata"]
    assert {case.path for case in cases(root)} == {"charts/web"}


def test_nothing_is_overwritten(root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, chart("web"))
    everything = ("--golden", "--pre-commit", "--workflow", "github")
    code, said = init(capsys, *everything)
    assert code == 0
    assert "recorded 1 render in golden" in said
    files = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    assert {path.relative_to(root).as_posix() for path in files} >= {
        "chartkit.yaml",
        ".pre-commit-config.yaml",
        ".github/workflows/chartkit.yaml",
        "golden/web/default.yaml",
    }
    code, said = init(capsys, *everything)
    assert (code, said.count("left ")) == (0, 4)
    assert {path: path.read_bytes() for path in root.rglob("*") if path.is_file()} == files
    assert run(["check"]) == 0


def test_a_dry_run_prints_and_writes_nothing(root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, chart("web"))
    before = {*root.rglob("*")}
    code, said = init(capsys, "--golden", "--pre-commit", "--workflow", "gitlab", "--dry-run")
    assert code == 0
    for name in ("chartkit.yaml", ".pre-commit-config.yaml", ".gitlab-ci.yml"):
        assert f"would write {name}:\n  #" in said
    assert "would record" in said
    assert {*root.rglob("*")} == before


LINKS = {
    "chartkit.yaml": (),
    ".pre-commit-config.yaml": ("--pre-commit",),
    ".github": ("--workflow", "github"),
    ".github/workflows": ("--workflow", "github"),
    ".github/workflows/chartkit.yaml": ("--workflow", "github", "--dry-run"),
    "golden": ("--golden",),
}


@pytest.mark.parametrize(("link", "asked"), LINKS.items())
@pytest.mark.parametrize("target", ["victim", "nowhere"])
def test_no_link_out_of_the_repository_is_written_through(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], link: str, asked: tuple[str, ...], target: str
) -> None:
    write(root, chart("web"))
    (root.parent / "victim").mkdir()
    (root / link).parent.mkdir(parents=True, exist_ok=True)
    (root / link).symlink_to(root.parent / target)
    before = {*root.parent.rglob("*")}
    code, said = init(capsys, *asked)
    if link.endswith("chartkit.yaml") and "--dry-run" in asked:  # its place is taken, whatever is there
        assert (code, "it is there already" in said) == (0, True)
    elif link == ".pre-commit-config.yaml" and target == "victim":
        assert (code, "through a link" in said) == (2, True)
    else:
        assert (code, f"{link}" in said, "through a link" in said) == (2, True, True)
    assert {*root.parent.rglob("*")} == before


def test_a_second_workflow_goes_beside_the_first(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {**chart("web"), ".gitlab-ci.yml": "ours: {}\n"})
    code, said = init(capsys)
    assert "chartkit init --workflow gitlab" in said
    code, said = init(capsys, "--workflow", "gitlab")
    assert code == 0
    assert "include: [{local: .gitlab/chartkit.yml}]" in said
    assert (root / ".gitlab-ci.yml").read_text() == "ours: {}\n"


def test_workflows_of_several_services_are_written_in_one_run(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, chart("web"))
    both = ("--workflow", "github", "--workflow", "gitlab")
    code, said = init(capsys, *both)
    assert code == 0
    for file in (".github/workflows/chartkit.yaml", ".gitlab-ci.yml"):
        assert f"wrote {file}\n" in said
        assert "chartkit check" in (root / file).read_text()
    assert "--workflow" not in said.partition("next:")[2]
    assert init(capsys, *both, "--workflow", "jenkins")[0] == 2


@pytest.mark.parametrize(
    ("head", "branch"),
    [("ref: refs/heads/trunk\n", "trunk"), ("ref: refs/heads/a'b\n", "main"), ("a" * 40, "main")],
)
def test_a_workflow_names_the_branch_that_was_cloned(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], head: str, branch: str
) -> None:
    write(root, {**chart("web"), ".git/HEAD": head})
    init(capsys, "--workflow", "github")
    assert f"branches: [{branch}]\n" in (root / ".github/workflows/chartkit.yaml").read_text()


def test_a_folder_below_gets_its_own_file_and_the_rest_goes_to_the_root(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root, chart("deploy/web"))
    code, said = init(capsys, "deploy", "--pre-commit", "--golden")
    assert code == 0
    assert "wrote deploy/chartkit.yaml" in said
    assert (root / ".pre-commit-config.yaml").exists()
    assert (root / "deploy/golden/web/default.yaml").exists()

    monkeypatch.chdir(root / "deploy/web")
    assert "left ../chartkit.yaml as it is" in init(capsys, ".")[1]


def test_dependencies_to_fetch_are_told_and_fetched_by_what_is_written(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    needs = "dependencies: [{name: db, version: 1.0.0, repository: 'https://charts.example'}]\n"
    write(root, chart("web", needs))
    said = init(capsys, "--pre-commit", "--workflow", "github")[1]
    assert "1 chart with dependencies that are to be fetched" in said
    for command in ("check", "baseline", "golden update"):
        assert f"chartkit {command} --update-dependencies " in said
    for name in (".pre-commit-config.yaml", ".github/workflows/chartkit.yaml"):
        assert "--update-dependencies" in (root / name).read_text()


def test_cases_that_do_not_render_have_no_golden_and_are_told(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root, {**chart("web"), **chart("bad"), "bad/templates/map.yaml": '{{ fail "no" }}'})
    code, said = init(capsys, "--golden")
    assert (code, "2 cases without one" in said) == (0, True), said


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--workflow", "jenkins"], "there is no workflow 'jenkins'"),
        (["nowhere"], "there is no folder 'nowhere'"),
        (["empty"], "there is no chart in 'empty'"),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_is_written(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str
) -> None:
    write(root, {**chart("web"), "empty/README.md": ""})
    before = {*root.rglob("*")}
    code, said = init(capsys, *arguments)
    assert (code, message in said) == (2, True), said
    assert {*root.rglob("*")} == before


@pytest.mark.parametrize("content", [b"repos: [", b"\xff"])
def test_an_unreadable_configuration_of_pre_commit_stops_all(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], content: bytes
) -> None:
    write(root, chart("web"))
    (root / ".pre-commit-config.yaml").write_bytes(content)
    code, said = init(capsys, "--pre-commit")
    assert (code, ".pre-commit-config.yaml" in said) == (2, True)
    assert not (root / "chartkit.yaml").exists()


def test_a_file_that_appears_meanwhile_is_not_overwritten(root: pathlib.Path) -> None:
    write(root, {"chartkit.yaml": "ours"})
    with pytest.raises(ChartkitError, match="was made meanwhile"):
        files.write([FileChange(root / "chartkit.yaml", "chartkit.yaml", "theirs")])
    assert (root / "chartkit.yaml").read_text() == "ours"
    assert [path.name for path in root.iterdir() if path.suffix == ".tmp"] == []


def test_a_folder_that_is_a_file_is_told(root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root, {**chart("web"), ".github": ""})
    code, said = init(capsys, "--workflow", "github")
    assert (code, "cannot write '.github/workflows/chartkit.yaml'" in said) == (2, True), said
