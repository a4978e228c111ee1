"""What is loaded must be what Helm loads: both are saved by Helm, and the archives compared."""

from __future__ import annotations

import io
import json
import os
import pathlib
import re
import tarfile
from collections.abc import Mapping

import helm_python
import pytest
from helm_python import _native

from chartkit.helm import charts
from chartkit.helm.charts.archive import MAX_CHART, MAX_FILE
from chartkit.model.case import Chart
from chartkit.model.errors import NoChart
from chartkit.model.place import Place

Files = Mapping[str, str]


def meta(name: str, more: str = "", version: str = "1.0.0", api: str = "v2") -> str:
    return f"apiVersion: {api}\nname: {name}\nversion: {version}\n{more}"


def write(root: pathlib.Path, files: Files) -> pathlib.Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def pack(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def packed(files: Files) -> bytes:
    return pack({name: text.encode() for name, text in files.items()})


def saved(loaded: helm_python.Chart, folder: pathlib.Path) -> dict[str, bytes]:
    with loaded, tarfile.open(loaded.save(folder)) as archive:
        members = {member.name: archive.extractfile(member) for member in archive}
        return {name: file.read() for name, file in members.items() if file}


def whole(path: pathlib.Path, shown: str = "web") -> Chart:
    loaded = charts.load(path, shown)
    of_lists = ("dependency-undeclared", "lock-out-of-sync")  # these charts are about files, not about lists
    assert [hit for hit in loaded.hits if hit.rule not in of_lists] == []
    assert loaded.chart
    return loaded.chart


def sources(chart: Chart) -> list[str]:
    """The names by which Helm reports the templates of a chart."""
    with helm_python.Chart.load_archive(pack(chart.files)) as loaded:
        return sorted(json.loads(_native.call_string("helm_render", loaded._raw(), "{}", '{"name": "x"}')))


SUB = {"Chart.yaml": meta("sub"), "templates/x.yaml": "a: b\n", "values.yaml": "x: 1\n"}


def below(folder: str, files: Files) -> dict[str, str]:
    return {f"{folder}/{name}": text for name, text in files.items()}


CHARTS: dict[str, Files] = {
    "plain": {
        "Chart.yaml": meta("web"),
        "values.yaml": "a: 1\n",
        "values.schema.json": "{}",
        "templates/x.yaml": "a: b\n",
        "templates/_helpers.tpl": "",
        "templates/.hidden": "",
        "templates/NOTES.txt": "hello",
        "crds/x.yaml": "a: b\n",
        "README.md": "",
        "LICENSE": "",
        "files/\u00e9.bin": "x",
        "tests/x.yaml": "",
    },
    "ignored": {
        "Chart.yaml": meta("web"),
        ".helmignore": "*.md\ndocs/\n",
        "README.md": "",
        "docs/x": "",
        "x": "",
    },
    "old": {
        "Chart.yaml": meta("web", api="v1"),
        "requirements.yaml": "dependencies: [{name: sub, version: 1.0.0, repository: ''}]\n",
        "requirements.lock": "dependencies: []\ndigest: x\ngenerated: 2020-01-01T00:00:00Z\n",
        **below("charts/sub", SUB),
    },
    "folders": {
        "Chart.yaml": meta("web", "dependencies: [{name: sub, version: ^1, repository: ''}]\n"),
        "Chart.lock": "dependencies: []\ndigest: x\ngenerated: 2020-01-01T00:00:00Z\n",
        **below("charts/any-folder", SUB),
        **below("charts/any-folder/charts/deep", {**SUB, "Chart.yaml": meta("deep")}),
        "charts/any-folder/.helmignore": "templates/\n",
        "charts/undeclared/Chart.yaml": meta("undeclared"),
        "charts/_off/Chart.yaml": "no chart",
        "charts/.off/Chart.yaml": "no chart",
        "charts/.gitkeep": "",
        "charts/sub-1.0.0.tgz.prov": "signed",
    },
    "library": {
        "Chart.yaml": meta("web", "type: library\n"),
        "templates/_x.tpl": '{{ define "x" }}{{ end }}',
    },
}


@pytest.mark.parametrize("name", CHARTS)
def test_the_files_of_a_folder_are_those_that_helm_loads(name: str, tmp_path: pathlib.Path) -> None:
    web = write(tmp_path / "web", CHARTS[name])
    theirs = saved(helm_python.Chart.load(web), tmp_path / "theirs")
    ours = saved(helm_python.Chart.load_archive(pack(whole(web).files)), tmp_path / "ours")
    assert ours == theirs


@pytest.mark.parametrize("name", CHARTS)
def test_the_files_of_an_archive_are_those_that_helm_loads(name: str, tmp_path: pathlib.Path) -> None:
    content = packed(below("any-name", CHARTS[name]))
    (tmp_path / "web.tgz").write_bytes(content)
    chart = whole(tmp_path / "web.tgz", "web.tgz")
    theirs = saved(helm_python.Chart.load_archive(content), tmp_path / "theirs")
    assert saved(helm_python.Chart.load_archive(pack(chart.files)), tmp_path / "ours") == theirs
    assert set(chart.origins.values()) == {"web.tgz"}


def test_archives_in_archives_are_unpacked_in_memory(tmp_path: pathlib.Path) -> None:
    inner = packed(below("x", {**SUB, "Chart.yaml": meta("inner")}))
    outer = pack({"outer/Chart.yaml": meta("outer").encode(), "outer/charts/inner-1.0.0.tgz": inner})
    web = write(tmp_path / "web", {"Chart.yaml": meta("web"), "charts/.keep": ""})
    (web / "charts" / "outer-1.0.0.tgz").write_bytes(outer)
    chart = whole(web)
    name = "web/charts/outer/charts/inner/templates/x.yaml"
    assert chart.files[name] == b"a: b\n"
    assert chart.origin(name) == "web/charts/outer-1.0.0.tgz"
    theirs = saved(helm_python.Chart.load(web), tmp_path / "theirs")
    assert saved(helm_python.Chart.load_archive(pack(chart.files)), tmp_path / "ours") == theirs


def test_what_a_chart_says_of_itself_is_read(tmp_path: pathlib.Path) -> None:
    more = (
        "appVersion: 1.10\nkubeVersion: '>=1.22.0-0'\ndependencies:\n- name: sub\n  alias: s\n  version: ^1\n"
    )
    web = write(tmp_path / "web", {"Chart.yaml": meta("web", more), **below("charts/sub", SUB)})
    chart = whole(web)
    assert (chart.name, chart.path, chart.version, chart.app_version) == ("web", "web", "1.0.0", "1.1")
    assert (chart.api_version, chart.type, chart.kube_version) == ("v2", "application", ">=1.22.0-0")
    (one,) = chart.dependencies
    assert (one.name, one.alias, one.version, one.repository) == ("sub", "s", "^1", "")
    assert one.place == Place("web/Chart.yaml", 7, 3)


def test_every_name_that_helm_reports_has_an_origin(tmp_path: pathlib.Path) -> None:
    wants = "dependencies: [{name: sub, version: ^1, alias: one}, {name: sub, version: ^1, alias: two}]\n"
    deep = "dependencies: [{name: web, version: ^1, alias: w, repository: 'file://../web'}]\n"
    write(
        tmp_path,
        {
            "top/Chart.yaml": meta("top", deep),
            "web/Chart.yaml": meta("web", wants),
            "web/templates/y.yaml": "y: 1\n",
            **below("web/charts/folder-name", SUB),
        },
    )
    chart = whole(tmp_path / "top", "charts/top")
    assert sources(chart) == [
        "top/charts/w/charts/one/templates/x.yaml",
        "top/charts/w/charts/two/templates/x.yaml",
        "top/charts/w/templates/y.yaml",
    ]
    assert {chart.origin(name) for name in sources(chart)} == {
        "charts/web/charts/folder-name/templates/x.yaml",
        "charts/web/templates/y.yaml",
    }
    assert "top/charts/web/charts/sub/templates/x.yaml" in chart.files
    assert chart.origin("nothing") == "charts/top"


def test_origins_are_files_that_exist(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wants = "dependencies: [{name: lib, version: ^1, repository: 'file://../../shared/lib'}]\n"
    write(tmp_path, {"charts/web/Chart.yaml": meta("web", wants), "shared/lib/Chart.yaml": meta("lib")})
    for cwd, shown in (
        (".", "charts/web"),
        ("charts/web", "."),
        ("charts", "web"),
        ("shared", "../charts/web"),
    ):
        monkeypatch.chdir(tmp_path / cwd)
        chart = whole(pathlib.Path(shown), shown)
        assert all(pathlib.Path(origin).is_file() for origin in chart.origins.values()), chart.origins
    link = tmp_path / "elsewhere" / "deep" / "web"
    link.parent.mkdir(parents=True)
    link.symlink_to(tmp_path / "charts" / "web")
    monkeypatch.chdir(tmp_path)
    chart = whole(link, "elsewhere/deep/web")
    assert chart.origin("web/charts/lib/Chart.yaml") == str(tmp_path / "shared" / "lib" / "Chart.yaml")


def test_the_digest_is_of_names_and_contents_alone(tmp_path: pathlib.Path) -> None:
    first = whole(write(tmp_path / "a", CHARTS["folders"]), "a").digest
    assert (
        whole(write(tmp_path / "b", dict(reversed(list(CHARTS["folders"].items())))), "elsewhere").digest
        == first
    )
    assert re.fullmatch("[0-9a-f]{32}", first)
    (tmp_path / "b" / "new").write_text("")
    assert whole(tmp_path / "b").digest != first
    known = whole(write(tmp_path / "c", {"Chart.yaml": meta("c"), "x": "\u00e9"})).digest
    assert known == "dae9d1c9742a2ca7b617d2fc3a15bce2"  # on every machine


def test_a_path_that_is_not_there_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(NoChart, match="no such file or folder: 'web'"):
        charts.load(tmp_path / "web", "web")


def refused(path: pathlib.Path, shown: str = "web") -> list[tuple[str, Place | None]]:
    loaded = charts.load(path, shown)
    assert loaded.chart is None
    assert {hit.rule for hit in loaded.hits} == {"chart-unreadable"}
    return [(hit.message, hit.place) for hit in loaded.hits]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        (
            meta("web", version="latest"),
            "'version': 'latest' is not a version",
            Place("web/Chart.yaml", 3, 10),
        ),
        (meta("web", api="v3"), "'apiVersion' is 'v3': expected 'v2'", Place("web/Chart.yaml", 1, 13)),
        ("a: [\n", "is not YAML that Helm reads", Place("web/Chart.yaml", 1, 4)),
        ("", "'name' is missing", Place("web/Chart.yaml", 1, 1)),
        (meta("web", "dependencies:\n- name: a\n- {}\n- {}\n"), "a second", Place("web/Chart.yaml", 7, 3)),
    ],
)
def test_a_bad_chart_yaml_is_told_with_its_line(
    tmp_path: pathlib.Path, text: str, message: str, place: Place
) -> None:
    (first, *_) = refused(write(tmp_path / "web", {"Chart.yaml": text}))
    assert first[0].startswith(message)
    assert first[1] == place


def test_a_folder_without_chart_yaml_is_told(tmp_path: pathlib.Path) -> None:
    assert refused(tmp_path) == [("the chart has no Chart.yaml", Place("web"))]
    write(tmp_path, {"Chart.yaml": meta("web"), ".helmignore": "Chart.yaml\n"})
    assert refused(tmp_path) == [("the chart has no Chart.yaml", Place("web"))]


def test_what_is_no_chart_is_told(tmp_path: pathlib.Path) -> None:
    (tmp_path / "values.yaml").write_text("a: 1\n")
    assert refused(tmp_path / "values.yaml", "x.tgz") == [("is not a gzip archive", Place("x.tgz"))]
    os.mkfifo(tmp_path / "pipe")
    assert refused(tmp_path / "pipe", "pipe") == [("is neither a folder nor a file", Place("pipe"))]
    (tmp_path / "bad.tgz").write_bytes(packed({"web/Chart.yaml": "name: web\n"}))
    message = "'Chart.yaml' in the archive: 'version' is missing: expected one like '1.2.3'"
    assert refused(tmp_path / "bad.tgz", "bad.tgz") == [(message, Place("bad.tgz"))]


def test_an_archive_that_cannot_be_read_is_told(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "web.tgz").write_bytes(b"")
    monkeypatch.setattr(pathlib.Path, "read_bytes", refuse)
    assert refused(tmp_path / "web.tgz", "web.tgz") == [
        ("cannot be read: permission denied", Place("web.tgz"))
    ]


def test_large_charts_are_refused_before_they_are_read(tmp_path: pathlib.Path) -> None:
    with (tmp_path / "web.tgz").open("wb") as file:
        file.truncate(MAX_CHART + 1)
    assert refused(tmp_path / "web.tgz")[0][0] == "the archive has more than 100 MiB"
    web = write(tmp_path / "web", {"Chart.yaml": meta("web")})
    for number in range(MAX_CHART // MAX_FILE + 1):
        with (web / f"x{number}").open("wb") as file:
            file.truncate(MAX_FILE)
    assert refused(web)[0][0] == "the chart has more than 100 MiB with all it depends on"


def test_a_chart_of_charts_of_charts_is_stopped(tmp_path: pathlib.Path) -> None:
    """Each of twenty charts depends twice on the next: a million copies when written out."""
    for number in range(20):
        wants = f"repository: 'file://../c{number + 1}', version: ^1, name: c{number + 1}"
        more = f"dependencies: [{{alias: a, {wants}}}, {{alias: b, {wants}}}]\n"
        write(tmp_path / f"c{number}", {"Chart.yaml": meta(f"c{number}", more)})
    write(tmp_path / "c20", {"Chart.yaml": meta("c20")})
    (hit,) = charts.load(tmp_path / "c0", "c0").hits
    assert hit.message == "Helm would know the files of the chart by too many names"


def test_charts_are_found_in_the_order_of_names(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "b/Chart.yaml": "",
            "b/charts/sub/Chart.yaml": "",
            "b/templates/x/Chart.yaml": "",
            "b/examples/web/Chart.yaml": "",
            "a/charts/c/Chart.yaml": "",
            "a/.hidden/Chart.yaml": "",
            "node_modules/x/Chart.yaml": "",
            ".git/x/Chart.yaml": "",
            "env/pyvenv.cfg": "",
            "env/lib/Chart.yaml": "",
            "no/Chart.yaml/x": "",
        },
    )
    (tmp_path / "a" / "round").symlink_to(tmp_path)
    (tmp_path / "b" / "round").symlink_to(tmp_path / "b")
    found = [path.relative_to(tmp_path).as_posix() for path in charts.find(tmp_path)]
    assert found == ["a/charts/c", "b", "b/examples/web"]
    assert list(charts.find(tmp_path / "b" / "charts" / "sub")) == [tmp_path / "b" / "charts" / "sub"]
    assert list(charts.find(tmp_path / "nowhere")) == []
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert [path.name for path in charts.find(tmp_path / "link")] == ["c"]
