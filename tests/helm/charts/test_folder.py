from __future__ import annotations

import os
import pathlib
import shutil
import socket

import pytest

from chartkit.helm.charts import folder as chart_folder
from chartkit.helm.charts.archive import MAX_FILE, ChartBudget, TooLarge
from chartkit.helm.charts.folder import Contents, read
from chartkit.model.place import Place


def write(root: pathlib.Path, *names: str) -> pathlib.Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"content of {name}\n")
    return root


@pytest.fixture
def repository(tmp_path: pathlib.Path) -> pathlib.Path:
    (tmp_path / "repository" / ".git").mkdir(parents=True)
    (tmp_path / "repository" / ".git" / "config").write_text("token")
    return write(tmp_path / "repository", "shared/x.yaml", "web/Chart.yaml", "web/values.yaml")


@pytest.fixture
def web(repository: pathlib.Path) -> pathlib.Path:
    return repository / "web"


def names(contents: Contents) -> list[str]:
    return [file.name for file in contents.files]


def told(contents: Contents) -> list[tuple[str, str]]:
    return [(hit.rule, hit.message) for hit in contents.hits]


def test_files_come_in_the_order_of_helm_with_where_to_edit_them(web: pathlib.Path) -> None:
    write(web, "a/x", "a.yaml", "a/b/y", "B")
    contents = read(web, "charts/web", ChartBudget())
    assert names(contents) == ["B", "Chart.yaml", "a/b/y", "a/x", "a.yaml", "values.yaml"]
    assert {file.name: file.origin for file in contents.files}["a/x"] == "charts/web/a/x"
    assert [file.origin for file in read(web, ".", ChartBudget()).files] == names(contents)
    assert contents.hits == []


def test_a_byte_order_mark_is_cut_off_and_other_bytes_are_kept(web: pathlib.Path) -> None:
    (web / "values.yaml").write_bytes(b"\xef\xbb\xbfa: \xff\r\n")
    assert {file.name: file.content for file in read(web, "web", ChartBudget()).files}[
        "values.yaml"
    ] == b"a: \xff\r\n"


def test_the_rules_of_the_chart_decide_and_not_those_below(web: pathlib.Path) -> None:
    write(web, "charts/sub/Chart.yaml", "charts/sub/keep.bak", "x.bak", "docs/x", "templates/.hidden")
    (web / ".helmignore").write_text("/x.bak\ndocs/\n")
    (web / "charts" / "sub" / ".helmignore").write_text("keep.bak\n")
    assert set(names(read(web, "web", ChartBudget()))) == {
        ".helmignore",
        "Chart.yaml",
        "values.yaml",
        "charts/sub/.helmignore",
        "charts/sub/Chart.yaml",
        "charts/sub/keep.bak",
    }


def test_what_is_left_out_is_known_with_the_rule_that_says_so(web: pathlib.Path) -> None:
    write(web, "docs/x", "a.bak", "keep", "templates/.hidden")
    (web / ".helmignore").write_text("# rules\ndocs/\n\n*.bak\n")
    (web / "files").symlink_to("/etc")

    assert read(web, "web", ChartBudget()).left_out == {
        "docs": 2,
        "a.bak": 4,
        "templates/.hidden": 0,
        "files": None,
    }


def test_a_rule_that_is_no_pattern_is_told_with_its_line(web: pathlib.Path) -> None:
    (web / ".helmignore").write_text("# rules\n**/x\n")
    contents = read(web, "web", ChartBudget())
    assert contents.refused
    assert [hit.place for hit in contents.hits] == [Place("web/.helmignore", 2)]


def test_a_link_within_the_repository_is_followed(web: pathlib.Path) -> None:
    (web / "files").symlink_to("../shared")
    (web / "one").symlink_to("../shared/x.yaml")
    contents = read(web, "web", ChartBudget())
    assert {file.name: file.content for file in contents.files}[
        "files/x.yaml"
    ] == b"content of shared/x.yaml\n"
    assert "one" in names(contents)
    assert contents.hits == []


@pytest.mark.parametrize("target", ["../../secret", "/etc/hostname", "../.git/config", "../.git", "../.."])
def test_a_link_out_of_the_repository_is_not_read(web: pathlib.Path, target: str) -> None:
    write(web.parent.parent, "secret")
    (web / "files").symlink_to(target)
    contents = read(web, "web", ChartBudget())
    assert told(contents) == [
        ("chart-file-unsafe", "'files' is a link out of the repository: it was not read")
    ]
    assert names(contents) == ["Chart.yaml", "values.yaml"]
    assert not contents.refused
    assert contents.hits[0].place == Place("web/files")


def test_without_a_repository_the_chart_is_the_boundary(tmp_path: pathlib.Path) -> None:
    write(tmp_path, "web/Chart.yaml", "web/x", "beside")
    (tmp_path / "web" / "inside").symlink_to("x")
    (tmp_path / "web" / "outside").symlink_to("../beside")
    contents = read(tmp_path / "web", "web", ChartBudget())
    assert names(contents) == ["Chart.yaml", "inside", "x"]
    assert [rule for rule, _ in told(contents)] == ["chart-file-unsafe"]


def test_rules_that_are_a_link_out_of_the_repository_do_not_count(web: pathlib.Path) -> None:
    write(web.parent.parent, "secret").joinpath("secret").write_text("values.yaml\n")
    (web / ".helmignore").symlink_to("../../secret")
    contents = read(web, "web", ChartBudget())
    assert names(contents) == ["Chart.yaml", "values.yaml"]
    assert [rule for rule, _ in told(contents)] == ["chart-file-unsafe"]


def test_links_that_go_round_or_nowhere_end(web: pathlib.Path) -> None:
    (web / "up").symlink_to("..")
    (web / "self").symlink_to("self")
    (web / "gone").symlink_to("nowhere")
    (web / "a").mkdir()
    (web / "a" / "back").symlink_to("../a")
    contents = read(web, "web", ChartBudget())
    assert contents.refused
    assert {message.split(":")[0] for _, message in told(contents)} == {
        "'a/back' is a link to a folder that it is in",
        "'gone' is a link that leads nowhere",
        "'self' is a link that leads nowhere",
        "'up/web/up' is a link to a folder that it is in",
        "'up/.git' would become part of the chart, with what git keeps there",
        "'up/web/a/back' is a link to a folder that it is in",
        "'up/web/gone' is a link that leads nowhere",
        "'up/web/self' is a link that leads nowhere",
    }


def test_what_git_keeps_is_never_read(repository: pathlib.Path) -> None:
    write(repository, "Chart.yaml", ".helmignore").joinpath(".helmignore").write_text("web/\n")
    contents = read(repository, ".", ChartBudget())
    assert not any(".git/" in name for name in names(contents))
    assert [(hit.rule, hit.hint) for hit in contents.hits] == [
        ("chart-file-unsafe", "add '.git/' to .helmignore")
    ]
    (repository / ".helmignore").write_text(".git/\n")
    (repository / "web" / "all").symlink_to("..")
    assert read(repository, ".", ChartBudget()).hits[0].message.startswith("'web/all' is a link to a folder")
    contents = read(repository / "web", "web", ChartBudget())
    assert not any(".git/" in name for name in names(contents))


def test_a_link_that_is_ignored_is_not_looked_at(web: pathlib.Path) -> None:
    (web / ".helmignore").write_text("venv/\nout\n")
    (web / "venv").symlink_to("/usr")
    (web / "out").symlink_to("/etc/hostname")
    assert read(web, "web", ChartBudget()).hits == []


@pytest.mark.parametrize("kind", ["fifo", "socket"])
def test_pipes_and_sockets_are_refused_and_never_opened(web: pathlib.Path, kind: str) -> None:
    path = web / "x"
    if kind == "fifo":
        os.mkfifo(path)
    else:
        with socket.socket(socket.AF_UNIX) as one:
            one.bind(os.path.relpath(path))
    contents = read(web, "web", ChartBudget())
    assert contents.refused
    assert told(contents) == [
        ("chart-unreadable", "'x' is not a file: Helm refuses pipes, sockets and devices")
    ]


def test_a_device_behind_a_link_is_not_opened(web: pathlib.Path) -> None:
    (web / ".helmignore").symlink_to("/dev/zero")
    assert [rule for rule, _ in told(read(web, "web", ChartBudget()))] == ["chart-file-unsafe"]


@pytest.mark.parametrize("name", ["a\x1b[31m", "a\nb", "a\\b", "..data", os.fsdecode(b"a\xff")])
def test_names_that_no_archive_can_hold_are_left_out_and_told(web: pathlib.Path, name: str) -> None:
    (web / name).write_text("")
    contents = read(web, "web", ChartBudget())
    assert names(contents) == ["Chart.yaml", "values.yaml"]
    (hit,) = contents.hits
    assert (hit.rule, hit.place) == ("chart-file-unsafe", Place("web"))
    assert hit.message.isprintable()


def test_what_cannot_be_opened_is_told(web: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    (web / "templates").mkdir()
    monkeypatch.setattr(os, "open", refuse)
    contents = read(web, "web", ChartBudget())
    assert told(contents)[0] == ("chart-unreadable", "'Chart.yaml' cannot be read: permission denied")
    monkeypatch.setattr(os, "scandir", refuse)
    contents = read(web, "web", ChartBudget())
    assert told(contents) == [("chart-unreadable", "the folder cannot be read: permission denied")]
    assert contents.hits[0].place == Place("web")


def test_limits_stop_before_a_file_is_read(web: pathlib.Path) -> None:
    with (web / "large").open("wb") as file:
        file.truncate(MAX_FILE + 1)
    with pytest.raises(TooLarge, match="'large' has 5242881 bytes"):
        read(web, "web", ChartBudget())
    (web / ".helmignore").write_text("large\n")
    assert "large" not in names(read(web, "web", ChartBudget()))
    with pytest.raises(TooLarge, match="too many files"):
        read(web, "web", ChartBudget(files=2))


def test_a_folder_without_end_is_stopped(web: pathlib.Path) -> None:
    (web / pathlib.Path(*["d"] * 70)).mkdir(parents=True)
    with pytest.raises(TooLarge, match="more than 64 folders deep"):
        read(web, "web", ChartBudget())


def test_the_repository_is_the_nearest_with_git(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert chart_folder.repository(repository / "web") == repository
    assert chart_folder.repository(tmp_path) == tmp_path


def test_rules_that_take_too_long_are_stopped(web: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (web / ".helmignore").write_text("*a?b*c\n" * 900)
    assert names(read(web, "web", ChartBudget())) == [".helmignore", "Chart.yaml", "values.yaml"]
    monkeypatch.setattr(chart_folder, "MAX_STEPS", 100_000)
    with pytest.raises(TooLarge, match="too many rules for so many files"):
        read(web, "web", ChartBudget())


@pytest.mark.parametrize("mark", [".github", ".gitlab-ci.yml"])
def test_a_repository_without_its_git_folder_is_known_by_what_its_host_reads(
    mark: str, web: pathlib.Path
) -> None:
    shutil.rmtree(web.parent / ".git")
    (web / "link.yaml").symlink_to("../shared/x.yaml")
    assert [rule for rule, _ in told(read(web, "web", ChartBudget()))] == ["chart-file-unsafe"]
    (web.parent / mark).mkdir()
    contents = read(web, "web", ChartBudget())
    assert "link.yaml" in names(contents)
    assert contents.hits == []
