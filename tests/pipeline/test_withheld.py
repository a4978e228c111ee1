"""What is unsafe to read in a chart is told by all that prints or keeps renders, not by `check` alone."""

from __future__ import annotations

import json
import os
import pathlib

import pytest

import chartkit
from chartkit import RenderFailed
from chartkit.__main__ import run

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
READS = CONFIG_MAP + 'data: {{- (.Files.Glob "conf/*").AsConfig | nindent 2 }}\n'


@pytest.fixture
def tree(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A tree that no repository holds, with a chart and a folder beside it."""
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "tree"
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root / "charts/web/templates/web.yaml", CONFIG_MAP)
    write(root / "shared/app.conf", "level: info")
    monkeypatch.chdir(root)
    return root


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def link(root: pathlib.Path, name: str) -> None:
    path = root / "charts/web" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(os.path.relpath(root / "shared", path.parent))


@pytest.fixture
def linked(tree: pathlib.Path) -> pathlib.Path:
    """The tree with a link out of the chart, which a template reads."""
    link(tree, "conf")
    write(tree / "charts/web/templates/web.yaml", READS)
    return tree


@pytest.mark.parametrize(
    "name",
    ["templates/conf", "crds/conf", "values.yaml", ".helmignore", "charts/conf", "charts/a/templates"],
)
def test_render_refuses_what_it_would_render_otherwise_than_helm(
    tree: pathlib.Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    link(tree, name)

    assert run(["render", "charts/web", "-s", "templates/web.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert f"error: charts/web/{name}: '{name}' is a link out of the repository: it was not read" in said.err
    assert "hint: put a copy of the file into the chart, or a chartkit.yaml at the root" in said.err


def test_render_refuses_where_a_template_reads_files(
    linked: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["render", "charts/web"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "charts/web/conf" in said.err


@pytest.mark.parametrize("name", ["README.md", "docs/more", "charts/cache/LICENSE"])
def test_what_no_template_reads_is_told_and_the_chart_is_rendered(
    tree: pathlib.Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree / "charts/web/charts/cache/Chart.yaml", "apiVersion: v2\nname: cache\nversion: 1.0.0\n")
    link(tree, name)

    assert run(["render", "charts/web"]) == 0
    said = capsys.readouterr()
    assert "kind: ConfigMap" in said.out
    assert (
        f"warning: charts/web/{name}: '{name}' is a link out of the repository: it was not read" in said.err
    )


@pytest.mark.parametrize("mark", [".git", ".github", "chartkit.yaml"])
def test_a_link_within_the_tree_is_followed_where_its_root_is_marked(
    linked: pathlib.Path, mark: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if mark == "chartkit.yaml":
        write(linked / mark, "")
    else:
        (linked / mark).mkdir()

    assert run(["render", "charts/web"]) == 0
    said = capsys.readouterr()
    assert "level: info" in said.out
    assert said.err == ""


def test_a_chart_does_not_widen_what_it_may_read_by_a_file_of_its_own(
    linked: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(linked / "charts/web/chartkit.yaml", "")

    assert run(["render", "charts/web"]) == 1
    assert "hint: put a copy of the file into the chart\n" in capsys.readouterr().err


def test_no_golden_file_is_written_and_none_is_lost(
    linked: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(linked / "chartkit.yaml", "charts: {charts/web: {}}\ngolden: golden\n")
    assert run(["golden", "update"]) == 0
    recorded = (linked / "golden/web/default.yaml").read_text()
    assert "level: info" in recorded
    (linked / "charts/web/conf").unlink()
    (linked / "charts/web/conf").symlink_to(linked.parent)
    capsys.readouterr()

    assert run(["golden", "update"]) == 1
    said = capsys.readouterr().out
    assert "charts/web/conf error chart-file-unsafe" in said
    assert "not recorded, as Helm would render something else" in said
    assert (linked / "golden/web/default.yaml").read_text() == recorded


def test_tests_do_not_get_another_render_than_helms(linked: pathlib.Path) -> None:
    with pytest.raises(RenderFailed, match="'conf' is a link out of the repository"):
        chartkit.render("charts/web")
    assert chartkit.RenderSession().chart("charts/web").version == "1.0.0"


def test_coverage_and_explain_say_it(linked: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(linked / "charts/web/templates/web.yaml", READS + "oops: 1\n")

    assert run(["coverage", "--format", "json"]) == 0
    remarks = json.loads(capsys.readouterr().out)["remarks"]
    assert "'conf' is a link out of the repository: it was not read" in json.dumps(remarks)
    assert run(["explain", "field-unknown"]) == 0
    assert "what Helm makes of 'conf': it is unsafe to read" in capsys.readouterr().out


def test_render_tells_what_check_tells_of_the_files(
    tree: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tree / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    for version in ("1.0.0", "1.1.0"):
        write(
            tree / f"charts/web/charts/cache-{version}/Chart.yaml",
            f"apiVersion: v2\nname: cache\nversion: {version}\n",
        )

    assert run(["render", "charts/web"]) == 0
    assert "warning: charts/web/charts/cache-1.1.0: 'charts/' holds 'cache' twice" in capsys.readouterr().err


def test_render_tells_why_random_functions_are_not_frozen(
    tree: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = '{{ if ne (len (randAlphaNum 8)) 8 }}{{ fail "odd" }}{{ end }}{{ $x := randAlphaNum 8 }}'
    odd += '{{ if contains "frozen" $x }}{{ fail "odd" }}{{ end }}'
    write(tree / "charts/web/templates/web.yaml", odd + CONFIG_MAP)

    assert run(["render", "charts/web"]) == 0
    said = "warning: random functions are not frozen, because the chart then fails: odd\n"
    assert capsys.readouterr().err == said


def test_a_missing_dependency_is_told_once(tree: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    needed = "dependencies: [{name: cache, version: 1.0.0, repository: 'https://example.org/charts'}]\n"
    write(tree / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n" + needed)

    assert run(["render", "charts/web"]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["error", "hint"]
