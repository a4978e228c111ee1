"""What Helm accepts in ``charts/``, and what of it a chart must answer for."""

from __future__ import annotations

import io
import pathlib
import tarfile
from collections.abc import Mapping

import helm_python
import pytest

from chartkit.helm import charts
from chartkit.model.place import Place


def meta(name: str, more: str = "", version: str = "1.0.0") -> str:
    return f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}"


def write(root: pathlib.Path, files: Mapping[str, str | bytes]) -> pathlib.Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def packed(files: Mapping[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def helm_takes(path: pathlib.Path) -> bool:
    try:
        helm_python.Chart.load(path).close()
    except helm_python.HelmError:
        return False
    return True


REFUSED: list[tuple[str, dict[str, str | bytes], str, Place]] = [
    (
        "a file in charts/",
        {"charts/README.md": "x"},
        "'charts/README.md' is not a chart: Helm wants only charts in 'charts/'",
        Place("web/charts/README.md"),
    ),
    (
        "a folder that is no chart",
        {"charts/sub/x": "x"},
        "the chart has no Chart.yaml",
        Place("web/charts/sub"),
    ),
    (
        "a folder called like an archive",
        {"charts/sub.tgz/Chart.yaml": meta("sub")},
        "'sub.tgz' is a folder: expected a packed chart",
        Place("web/charts/sub.tgz/Chart.yaml"),
    ),
    (
        "a bad subchart",
        {"charts/sub/Chart.yaml": "name: sub\n"},
        "'version' is missing: expected one like '1.2.3'",
        Place("web/charts/sub/Chart.yaml", 1, 1),
    ),
    ("no archive", {"charts/sub.tgz": "x"}, "is not a gzip archive", Place("web/charts/sub.tgz")),
    (
        "an archive of no chart",
        {"charts/sub.tgz": packed({"sub/x": "x"})},
        "'Chart.yaml' in the archive: the chart has no Chart.yaml",
        Place("web/charts/sub.tgz"),
    ),
    (
        "an archive with a bad subchart",
        {"charts/sub.tgz": packed({"sub/Chart.yaml": meta("sub"), "sub/charts/in/Chart.yaml": "name: in\n"})},
        "'charts/in/Chart.yaml' in the archive: 'version' is missing: expected one like '1.2.3'",
        Place("web/charts/sub.tgz"),
    ),
]


@pytest.mark.parametrize(
    ("files", "message", "place"), [one[1:] for one in REFUSED], ids=[one[0] for one in REFUSED]
)
def test_what_helm_refuses_in_charts_is_told(
    tmp_path: pathlib.Path, files: dict[str, str | bytes], message: str, place: Place
) -> None:
    web = write(tmp_path / "web", {"Chart.yaml": meta("web"), **files})
    assert not helm_takes(web)
    loaded = charts.load(web, "web")
    assert loaded.chart is None
    told = [hit for hit in loaded.hits if hit.rule != "dependency-undeclared"]
    assert [(hit.rule, hit.message, hit.place) for hit in told] == [("chart-unreadable", message, place)]


def test_all_that_is_wrong_is_told_at_once(tmp_path: pathlib.Path) -> None:
    web = write(
        tmp_path / "web",
        {"Chart.yaml": meta("web"), "charts/a/Chart.yaml": "", "charts/b.tgz": "x", ".helmignore": "**\n"},
    )
    loaded = charts.load(web, "web")
    assert [hit.place for hit in loaded.hits if hit.place] == [
        Place("web/.helmignore", 1),
        Place("web/charts/a/Chart.yaml", 1, 1),
        Place("web/charts/a/Chart.yaml", 1, 1),
        Place("web/charts/b.tgz"),
    ]


def test_the_doubts_of_an_archive_are_hits_and_the_chart_is_still_read(tmp_path: pathlib.Path) -> None:
    archive = packed({"sub/Chart.yaml": meta("sub"), "sub/a\nb": "x", "/etc/x": "x"})
    wants = "dependencies: [{name: sub, version: ^1}]\n"
    web = write(tmp_path / "web", {"Chart.yaml": meta("web", wants), "charts/sub.tgz": archive})
    loaded = charts.load(web, "web")
    assert loaded.chart
    assert set(loaded.chart.files) == {"web/Chart.yaml", "web/charts/sub/Chart.yaml"}
    assert [(hit.rule, hit.message) for hit in loaded.hits] == [
        (
            "chart-file-unsafe",
            r"the archive's entry 'sub/a\nb' holds a control character or is not UTF-8: it is left out",
        ),
        ("chart-file-unsafe", "the archive's entry '/etc/x' is a name outside of the chart: it is left out"),
    ]


@pytest.mark.parametrize("name", ["_sub", ".sub", "sub.tgz", "sub.prov"])
def test_names_that_helm_would_pass_over_as_folders_get_another_folder(
    tmp_path: pathlib.Path, name: str
) -> None:
    web = write(tmp_path / "web", {"Chart.yaml": meta("web"), "charts/folder/Chart.yaml": meta(name)})
    assert helm_takes(web)
    chart = charts.load(web, "web").chart
    assert chart
    assert f"web/charts/chart-{name}-/Chart.yaml" in chart.files
    assert chart.origin(f"web/charts/{name}/Chart.yaml") == "web/charts/folder/Chart.yaml"


def test_of_two_charts_of_one_name_the_declared_one_comes_first(tmp_path: pathlib.Path) -> None:
    wants = "dependencies: [{name: sub, version: ^2, repository: 'https://127.0.0.1'}]\n"
    files: dict[str, str | bytes] = {"Chart.yaml": meta("web", wants)}
    for version in ("1.0.0", "2.0.0"):
        sub = {"sub/Chart.yaml": meta("sub", version=version), "sub/templates/x.yaml": f"v: {version}\n"}
        files[f"charts/sub-{version}.tgz"] = packed({**sub, f"sub/templates/only-{version}.yaml": "a: b\n"})
    loaded = charts.load(write(tmp_path / "web", files), "web")
    assert loaded.chart
    assert loaded.chart.files["web/charts/sub/templates/x.yaml"] == b"v: 2.0.0\n"
    assert loaded.chart.files["web/charts/sub~2/templates/x.yaml"] == b"v: 1.0.0\n"
    assert loaded.chart.origin("web/charts/sub/templates/x.yaml") == "web/charts/sub-2.0.0.tgz"
    assert loaded.chart.origin("web/charts/sub/templates/only-1.0.0.yaml") == "web/charts/sub-1.0.0.tgz"
    (hit,) = loaded.hits
    assert (hit.rule, hit.place) == ("dependency-ambiguous", Place("web/charts/sub-1.0.0.tgz"))
    assert hit.message == "'charts/' holds 'sub' twice, as 2.0.0 and as 1.0.0: Helm renders both"


@pytest.mark.parametrize("wants", ["dependencies: [{name: sub, version: ^1}]\n", ""])
def test_where_helm_chooses_by_chance_the_first_is_taken(tmp_path: pathlib.Path, wants: str) -> None:
    files: dict[str, str | bytes] = {"Chart.yaml": meta("web", wants)}
    for version in ("1.0.0", "1.1.0"):
        files[f"charts/{version}/Chart.yaml"] = meta("sub", version=version)
        files[f"charts/{version}/templates/x.yaml"] = f"v: {version}\n"
    loaded = charts.load(write(tmp_path / "web", files), "web")
    assert loaded.chart
    templates = [text for name, text in loaded.chart.files.items() if name.endswith("x.yaml")]
    assert templates == [b"v: 1.0.0\n"]
    (hit,) = [hit for hit in loaded.hits if hit.rule == "dependency-ambiguous"]
    what = "one or the other, by chance" if wants else "both"
    assert hit.message == f"'charts/' holds 'sub' twice, as 1.0.0 and as 1.1.0: Helm renders {what}"
    assert hit.place == Place("web/charts/1.1.0")


@pytest.mark.parametrize("name", ["web", "outer"])
def test_what_is_not_declared_is_told_to_those_who_can_declare_it(tmp_path: pathlib.Path, name: str) -> None:
    archive = packed({f"{name}/Chart.yaml": meta(name), f"{name}/charts/stray/Chart.yaml": meta("stray")})
    wants = "dependencies: [{name: outer, version: ^1}]\n"
    web = write(tmp_path, {"web/Chart.yaml": meta("web", wants), "web/charts/outer.tgz": archive}) / "web"
    (tmp_path / "web.tgz").write_bytes(archive)
    loaded = charts.load(web, "web") if name == "outer" else charts.load(tmp_path / "web.tgz", "web.tgz")
    assert [(hit.rule, hit.place) for hit in loaded.hits] == (
        [] if name == "outer" else [("dependency-undeclared", Place("web.tgz"))]
    )


def test_charts_in_charts_without_end_are_stopped(tmp_path: pathlib.Path) -> None:
    content = packed({"c/Chart.yaml": meta("c")})
    for _ in range(40):
        content = packed({"c/Chart.yaml": meta("c"), "c/charts/c-1.0.0.tgz": content})
    (tmp_path / "c.tgz").write_bytes(content)
    loaded = charts.load(tmp_path / "c.tgz", "c.tgz")
    assert loaded.chart is None
    assert "charts are nested more than 32 levels deep" in [hit.message for hit in loaded.hits]


def test_bombs_in_charts_share_one_budget(tmp_path: pathlib.Path) -> None:
    large = {f"c/x{number}": bytes(5 << 20) for number in range(8)}
    files: dict[str, str | bytes] = {
        f"charts/c{number}.tgz": packed({"c/Chart.yaml": meta(f"c{number}"), **large}) for number in range(4)
    }
    loaded = charts.load(write(tmp_path / "web", {"Chart.yaml": meta("web"), **files}), "web")
    assert loaded.chart is None
    assert "the chart has more than 100 MiB with all it depends on" in {hit.message for hit in loaded.hits}
