"""Golden files are written where they belong and nowhere else, and nothing goes that is not one."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
import sys
from collections.abc import Callable

import pytest

from chartkit.__main__ import run

CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {mode: %s}\n"
RENDER = "---\n# Source: web/templates/map.yaml\n" + CONFIG_MAP % "old"
COMMANDS = {
    "check": ["check"],
    "diff": ["golden", "diff"],
    "update": ["golden", "update"],
    "update --dry-run": ["golden", "update", "--dry-run"],
    "update --hook": ["golden", "update", "--hook", "--", "charts/web/values.yaml"],
}


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def held(root: pathlib.Path) -> dict[str, bytes | str]:
    """All that is below *root*: names, what files hold, where links lead."""
    return {
        path.relative_to(root).as_posix(): str(path.readlink())
        if path.is_symlink()
        else path.read_bytes()
        if path.is_file()
        else "folder"
        for path in sorted(root.rglob("*"))
        if "cache" not in path.parts
    }


@pytest.fixture
def root(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A repository of git with a chart, beside a folder of somebody's that looks like golden files."""
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    root = tmp_path / "repository"
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: web\nversion: 1.0.0\n")
    write(root / "charts/web/values.yaml", "mode: plain\n")
    write(root / "charts/web/templates/map.yaml", CONFIG_MAP % "{{ .Values.mode }}")
    write(root / ".hidden/api/Chart.yaml", "apiVersion: v2\nname: api\nversion: 1.0.0\n")
    write(root / "renders/web/default.yaml", RENDER)
    write(tmp_path / "victim/web/default.yaml", RENDER)
    write(tmp_path / "victim/web/gone.yaml", RENDER)
    monkeypatch.chdir(root)
    subprocess.run(["git", "init", "-q"], check=True)
    return root


def record(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[str]]:
    """`golden update` with *arguments*."""
    code = run(["golden", "update", *arguments])
    said = capsys.readouterr()
    assert said.err == ""
    return code, said.out.splitlines()


def linked(link: str, target: str) -> Callable[[pathlib.Path], None]:
    def make(root: pathlib.Path) -> None:
        (root / link).parent.mkdir(parents=True, exist_ok=True)
        (root / link).symlink_to(target.format(victim=root.parent / "victim"))

    return make


def nothing(_: pathlib.Path) -> None:
    pass


WRONG = [
    (".", nothing, "holds the configuration itself"),
    ("./charts/..", nothing, "holds the configuration itself"),
    ("charts", nothing, "holds the chart 'charts/web'"),
    ("charts/", nothing, "holds the chart 'charts/web'"),
    (".hidden", nothing, "holds the chart '.hidden/api'"),
    ("charts/web", nothing, "is a chart"),
    ("charts/web/templates", nothing, "lies in the chart 'charts/web'"),
    ("charts/web/golden/new", nothing, "lies in the chart 'charts/web'"),
    ("..", nothing, "lies outside of the repository"),
    ("../victim", nothing, "lies outside of the repository"),
    ("../repository2", nothing, "lies outside of the repository"),
    ("golden/../../victim", nothing, "lies outside of the repository"),
    ("{victim}", nothing, "lies outside of the repository"),
    (".git", nothing, "lies in the folder of git"),
    (".Git/hooks", nothing, "lies in the folder of git"),
    ("golden", linked("golden", "../victim"), "is reached through a link, 'golden'"),
    ("golden", linked("golden", "{victim}"), "is reached through a link, 'golden'"),
    ("golden", linked("golden", "renders"), "is reached through a link, 'golden'"),
    ("golden", linked("golden", "../nowhere"), "is reached through a link, 'golden'"),
    ("golden/deep", linked("golden", "../victim"), "is reached through a link, 'golden'"),
]


@pytest.mark.parametrize(("folder", "make", "why"), WRONG)
def test_a_folder_that_is_not_for_golden_files_is_a_mistake_and_nothing_is_touched(
    root: pathlib.Path,
    capsys: pytest.CaptureFixture[str],
    folder: str,
    make: Callable[[pathlib.Path], None],
    why: str,
) -> None:
    folder = folder.format(victim=root.parent / "victim")
    make(root)
    write(root / "chartkit.yaml", f"golden: {folder}\n")
    before = held(root.parent)
    for arguments in COMMANDS.values():
        assert run(arguments) == 2
        said = capsys.readouterr().err
        assert f"chartkit.yaml:1:9: golden: {folder!r} {why}" in said
        assert "name a folder for golden files alone, inside the repository" in said
    assert held(root.parent) == before


EVERYWHERE = """
def test_case(chart, golden):
    assert chart.render() == golden

def test_name(chart, golden):
    assert chart.render() == golden(name="web/gone")
"""


def run_pytest(root: pathlib.Path, why: str) -> None:
    """Both tests of a file fail, in a process of its own, because of *why*, and change nothing."""
    write(root / "test_web.py", EVERYWHERE)
    before = held(root.parent)
    command = [
        sys.executable,
        "-B",
        "-m",
        "pytest",
        "-q",
        "--snapshot-update",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
    ]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert "2 failed" in done.stdout, done.stdout
    assert done.stdout.count(why) >= 2
    assert held(root.parent) == before


@pytest.mark.parametrize(("folder", "make", "why"), [WRONG[2], WRONG[9], WRONG[15]])
def test_pytest_neither_reads_nor_writes_there(
    root: pathlib.Path, folder: str, make: Callable[[pathlib.Path], None], why: str
) -> None:
    make(root)
    write(root / "chartkit.yaml", f"golden: {folder}\n")
    run_pytest(root, f"{folder!r} {why}")


LINKS = {
    "the folder of the chart": linked("golden/web", "../../victim/web"),
    "the folder, inside of the repository": linked("golden/web", "../renders/web"),
    "a file": linked("golden/web/default.yaml", "../../../victim/web/default.yaml"),
    "a file, inside of the repository": linked("golden/web/default.yaml", "../../renders/web/default.yaml"),
    "a file that leads nowhere": linked("golden/web/default.yaml", "../../../victim/new.yaml"),
    "a file of one version": linked("golden/web/default@1.31.yaml", "../../../victim/web/default.yaml"),
}


@pytest.mark.parametrize("make", LINKS.values(), ids=LINKS)
def test_no_golden_file_is_reached_through_a_link(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], make: Callable[[pathlib.Path], None]
) -> None:
    make(root)
    write(root / "chartkit.yaml", "golden: golden\ndefaults: {kube-versions: ['1.31', '1.37']}\n")
    before = held(root.parent)
    for arguments in COMMANDS.values():
        assert run(arguments) == 2
        assert "is a link, and golden files are reached through none" in capsys.readouterr().err
    assert held(root.parent) == before


@pytest.mark.parametrize("name", ["golden", "golden/web", "golden/web/default.yaml"])
def test_nothing_waits_for_a_pipe(root: pathlib.Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(root / name)
    for arguments in COMMANDS.values():
        assert run(arguments) == 2
        assert "is neither a file nor a folder" in capsys.readouterr().err
    assert stat.S_ISFIFO((root / name).stat().st_mode)


def test_pytest_writes_through_no_link_in_the_golden_folder(root: pathlib.Path) -> None:
    LINKS["the folder of the chart"](root)
    write(root / "chartkit.yaml", "golden: golden\n")
    run_pytest(root, "'golden/web' is a link")


@pytest.mark.parametrize("config", ["", "fail-on: error\n", "golden: false\n"])
def test_the_usual_folder_is_no_link_either(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], config: str
) -> None:
    linked("golden", "../victim")(root)
    if config:
        write(root / "chartkit.yaml", config)
    before = held(root.parent)
    for name, arguments in COMMANDS.items():
        if config != "golden: false\n" or name != "check":
            assert run(arguments) == 2
            said = capsys.readouterr().err
            assert "the golden folder 'golden' is reached through a link" in said
            assert "`golden: FOLDER` in chartkit.yaml" in said
    assert held(root.parent) == before


@pytest.mark.parametrize(
    "folder", ["golden", "./golden/", "charts/../golden/deep", "charts/golden", "..golden"]
)
def test_a_folder_of_their_own_may_be_anywhere_in_the_repository(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], folder: str
) -> None:
    write(root / "chartkit.yaml", f"golden: {folder}\n")
    assert record(capsys)[0] == 0
    assert (root / folder / "web/default.yaml").exists()


def test_a_scenario_may_have_the_name_that_the_file_of_a_chart_has(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "charts/web/values-chart.yaml", "{}\n")
    write(root / "chartkit.yaml", "golden: golden\n")
    assert record(capsys)[0] == 0
    assert (root / "golden/web/chart.yaml").exists()
    assert run(["golden", "diff"]) == 0


def test_the_golden_folder_may_be_above_the_configuration(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(root / "deploy/chartkit.yaml", "golden: ../golden\nchart-dirs: [../charts]\n")
    monkeypatch.chdir(root / "deploy")
    assert record(capsys)[0] == 0
    assert (root / "golden/web/default.yaml").exists()


def test_a_chart_that_is_the_whole_repository_has_its_golden_files_beside_its_templates(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root / "charts/web")
    write(root / "charts/web/chartkit.yaml", "golden: golden\n")
    assert record(capsys)[0] == 0
    assert (root / "charts/web/golden/web/default.yaml").exists()

    for folder in ("templates", "crds/golden", "charts"):
        write(root / "charts/web/chartkit.yaml", f"golden: {folder}\n")
        assert run(["golden", "update"]) == 2
        assert "lies in the chart 'charts/web'" in capsys.readouterr().err


THEIRS = {
    "golden/web/gone.yaml": "mode: mine\n",
    "golden/web/broken.yaml": "--- # Source: web\n",
    "golden/prod/web.yaml": RENDER,  # as `helm template web > prod/web.yaml` writes it
    "golden/web/deep/default.yaml": RENDER,
    "golden/default.yaml": RENDER,
    "golden/web/my notes.yaml": RENDER,
}


def test_what_chartkit_has_not_written_stays_and_is_named(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    record(capsys)
    for name, text in {**THEIRS, "golden/README.md": "x", "golden/web/.hidden.yaml": RENDER}.items():
        write(root / name, text)
    linked("golden/web/linked.yaml", "../../../victim/web/gone.yaml")(root)
    os.mkfifo(root / "golden/web/pipe.yaml")
    before = held(root.parent)

    code, lines = record(capsys)
    left = sorted([*THEIRS, "golden/web/linked.yaml", "golden/web/pipe.yaml"])
    why = "no case is compared with it, and chartkit did not write it"
    assert (code, lines[: len(left)]) == (0, [f"left {name} as it is: {why}" for name in left])
    assert held(root.parent) == before

    assert run(["golden", "diff"]) == 1
    said = " ".join(capsys.readouterr().out.split())  # whatever the width of the terminal
    assert said.count("golden-orphaned") == len(left)
    assert "move it out of the golden folder, or remove it: chartkit did not write it" in said


@pytest.mark.parametrize("text", [RENDER, RENDER.replace("\n", "\r\n"), "", "\n"])
@pytest.mark.parametrize(
    "name", ["web/gone.yaml", "web/default@1.2.yaml", "web/a%2Fb.yaml", "charts+web/x.yaml"]
)
def test_what_chartkit_has_written_goes_when_nothing_is_compared_with_it(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], name: str, text: str
) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    record(capsys)
    (root / "golden" / name).parent.mkdir(exist_ok=True)
    (root / "golden" / name).write_bytes(text.encode())
    assert record(capsys) == (0, [f"removed golden/{name}"])
    assert not (root / "golden" / name).exists()


@pytest.mark.parametrize("text", ["mode: mine\n", "# a head\n" + RENDER, "---\nkind: Secret\n"])
def test_a_file_that_is_no_render_is_not_overwritten_but_told(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    write(root / "charts/api/Chart.yaml", "apiVersion: v2\nname: api\nversion: 1.0.0\n")
    write(root / "golden/web/default.yaml", text)
    code, lines = record(capsys)
    assert (code, lines[0]) == (1, "wrote golden/api/default.yaml")
    assert (root / "golden/web/default.yaml").read_text() == text
    said = " ".join("\n".join(lines).split())
    assert "golden/web/default.yaml:1 error golden-drifted" in said
    assert "is no render, which begins with '---' and '# Source:'" in said
    assert "move it out of the golden folder, or remove it" in said

    assert run(["check"]) == 1
    assert "is no render" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text", [RENDER, RENDER.replace("\n", "\r\n"), "", "\n", "---\n# Source: other/x.yaml\n"]
)
def test_a_render_is_overwritten_whatever_has_become_of_its_line_ends(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    write(root / "golden/web/default.yaml", "")
    (root / "golden/web/default.yaml").write_bytes(text.encode())
    assert record(capsys) == (0, ["wrote golden/web/default.yaml"])
    assert (root / "golden/web/default.yaml").read_text() == RENDER.replace("old", "plain")


def test_a_dry_run_says_what_would_be_done_and_touches_nothing(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    write(root / "golden/web/gone.yaml", RENDER)
    write(root / "golden/web/other.yaml", "x\n")
    before = held(root.parent)
    code, lines = record(capsys, "--dry-run")
    assert (code, lines) == (
        1,
        [
            "would write golden/web/default.yaml",
            "would remove golden/web/gone.yaml",
            "left golden/web/other.yaml as it is: no case is compared with it, and chartkit did not write it",
        ],
    )
    assert held(root.parent) == before

    assert record(capsys)[0] == 0
    code, lines = record(capsys, "--dry-run")
    assert (code, lines[-1]) == (0, "nothing to do: 2 cases render what was recorded")


def test_names_of_charts_and_scenarios_lead_nowhere_else(
    root: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: ..\nversion: 1.0.0\n")
    for name in ("values-...yaml", "values-..\\..\\x.yaml", "ci/.-values.yaml"):
        write(root / "charts/web" / name, "{}\n")
    write(root / "chartkit.yaml", "golden: golden\n")
    before = held(root.parent)
    record(capsys)
    after = held(root.parent)
    assert all(name.startswith("repository/golden") for name in {*after} - {*before})
    assert {name: after[name] for name in before} == before


def test_what_a_killed_run_left_is_cleaned_up(root: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(root / "chartkit.yaml", "golden: golden\n")
    killed = (
        "import os, chartkit.system.atomic_write as atomic\n"
        "atomic.os.fsync = lambda _: os._exit(9)\n"
        "from chartkit.__main__ import run\n"
        "run(['golden', 'update'])\n"
    )
    assert subprocess.run([sys.executable, "-c", killed], check=False).returncode == 9
    (left,) = (root / "golden/web").iterdir()
    write(root / "charts/web/Chart.yaml", "apiVersion: v2\nname: other\nversion: 1.0.0\n")
    write(root / "golden/web/.theirs.tmp", "x")

    record(capsys, "--dry-run")
    assert left.exists()
    record(capsys)
    assert not left.exists()
    assert (root / "golden/web/.theirs.tmp").exists()
