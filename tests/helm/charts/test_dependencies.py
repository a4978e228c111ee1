from __future__ import annotations

import io
import pathlib
import tarfile
from collections.abc import Mapping

import helm_python
import pytest

from chartkit.helm import charts
from chartkit.helm.charts import Loaded
from chartkit.model.place import Place


def meta(name: str, *wants: str, version: str = "1.0.0") -> str:
    lines = "".join(f"- {{{one}}}\n" for one in wants)
    more = f"dependencies:\n{lines}" if wants else ""
    return f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}"


def write(root: pathlib.Path, files: Mapping[str, str | bytes]) -> pathlib.Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def packed(name: str, *wants: str, version: str = "1.0.0") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for file, text in (("Chart.yaml", meta(name, *wants, version=version)), ("from", "archive")):
            info = tarfile.TarInfo(f"{name}/{file}")
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def told(loaded: Loaded) -> list[tuple[str, str, Place | None]]:
    return [(hit.rule, hit.message, hit.place) for hit in loaded.hits]


LATEST = "dependency 'sub': 'latest' is not a version constraint: expected one like '>=1.22.0-0' or '^1.2.3'"
LOCAL = "name: sub, version: ^1, repository: 'file://../sub'"
REMOTE = "name: sub, version: ^1, repository: 'https://charts.example.com'"


def test_local_dependencies_are_followed_to_any_depth(tmp_path: pathlib.Path) -> None:
    deep = "name: deep, version: '*', repository: 'file://../../elsewhere/deep'"
    write(
        tmp_path,
        {
            "charts/web/Chart.yaml": meta("web", LOCAL),
            "charts/sub/Chart.yaml": meta("sub", deep),
            "charts/sub/.helmignore": "*.md\n",
            "charts/sub/README.md": "",
            "elsewhere/deep/Chart.yaml": meta("deep"),
        },
    )
    loaded = charts.load(tmp_path / "charts" / "web", "charts/web")
    assert loaded.hits == ()
    assert loaded.chart
    assert loaded.chart.origins == {
        "web/Chart.yaml": "charts/web/Chart.yaml",
        "web/charts/sub/.helmignore": "charts/sub/.helmignore",
        "web/charts/sub/Chart.yaml": "charts/sub/Chart.yaml",
        "web/charts/sub/charts/deep/Chart.yaml": "elsewhere/deep/Chart.yaml",
    }


def test_a_chart_with_local_dependencies_is_what_helm_would_build(tmp_path: pathlib.Path) -> None:
    absolute = f"name: other, version: ^1, alias: o, repository: 'file://{tmp_path}/other'"
    files = {
        "web/Chart.yaml": meta("web", LOCAL, absolute),
        "sub/Chart.yaml": meta("sub"),
        "sub/templates/x.yaml": "a: b\n",
        "other/Chart.yaml": meta("other"),
    }
    loaded = charts.load(write(tmp_path, files) / "web", "web")
    assert loaded.hits == ()
    assert loaded.chart
    helm_python.dependency_update(tmp_path / "web", skip_refresh=True)
    with helm_python.Chart.load(tmp_path / "web") as theirs:
        assert sorted(one["name"] for one in theirs.dependencies) == ["other", "sub"]
    built = charts.load(tmp_path / "web", "web")
    assert built.chart
    assert set(built.chart.files) - {"web/Chart.lock"} == set(loaded.chart.files)


@pytest.mark.parametrize("where", ["file://charts/sub", "file://./charts/sub"])
def test_a_dependency_in_the_charts_folder_may_be_named_as_local(tmp_path: pathlib.Path, where: str) -> None:
    wants = f"name: sub, version: ^1, repository: '{where}'"
    web = write(tmp_path, {"Chart.yaml": meta("web", wants), "charts/sub/Chart.yaml": meta("sub")})
    loaded = charts.load(web, "web")
    assert loaded.hits == ()
    assert loaded.chart
    assert loaded.chart.origin("web/charts/sub/Chart.yaml") == "web/charts/sub/Chart.yaml"


def test_a_vendored_copy_does_where_the_folder_is_gone(tmp_path: pathlib.Path) -> None:
    web = write(tmp_path, {"Chart.yaml": meta("web", LOCAL), "charts/sub-1.0.0.tgz": packed("sub")})
    loaded = charts.load(web, "web")
    assert loaded.hits == ()
    assert loaded.chart


def test_an_archive_names_no_folder_of_this_machine(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"sub/Chart.yaml": meta("sub"), "web/web.tgz": packed("web", LOCAL)})
    loaded = charts.load(tmp_path / "web" / "web.tgz", "web.tgz")
    (hit,) = loaded.hits
    assert (hit.rule, hit.place) == ("dependency-missing", Place("web.tgz"))
    assert loaded.chart


MISSING = [
    (
        LOCAL,
        "dependency 'sub' (^1) is not in 'charts/', and there is no chart at 'file://../sub'",
        "correct the path, or vendor the chart",
    ),
    (
        REMOTE,
        "dependency 'sub' (^1) is not in 'charts/'; its repository is 'https://charts.example.com'",
        "run `helm dependency build shown/web`, or let chartkit fetch it with --update-dependencies",
    ),
    (
        "name: sub, repository: 'oci://ghcr.io/x', condition: sub.enabled",
        "dependency 'sub' (any version) is not in 'charts/'; its repository is 'oci://ghcr.io/x'",
        "run `helm dependency build shown/web`, or let chartkit fetch it with --update-dependencies",
    ),
    (
        "name: sub, version: '1', repository: '@stable'",
        "dependency 'sub' (1) is not in 'charts/'; its repository is '@stable'",
        "run `helm dependency build shown/web`",
    ),
    (
        "name: sub, version: '1', repository: '@stable', alias: s",
        "dependency 'sub' (1, alias 's') is not in 'charts/'; its repository is '@stable'",
        "run `helm dependency build shown/web`",
    ),
    (
        "name: sub, version: '1', alias: s",
        "dependency 'sub' (alias 's') is not in 'charts/', and names no repository",
        "put the chart into 'charts/sub', or add its repository",
    ),
    (
        "name: sub, version: '1'",
        "dependency 'sub' is not in 'charts/', and names no repository",
        "put the chart into 'charts/sub', or add its repository",
    ),
]


@pytest.mark.parametrize(("wants", "message", "hint"), MISSING)
def test_a_missing_dependency_is_told_with_its_line_and_the_command(
    tmp_path: pathlib.Path, wants: str, message: str, hint: str
) -> None:
    loaded = charts.load(write(tmp_path / "web", {"Chart.yaml": meta("web", wants)}), "shown/web")
    assert told(loaded) == [("dependency-missing", message, Place("shown/web/Chart.yaml", 5, 3))]
    assert loaded.hits[0].hint == hint
    assert [one.declared.name for one in loaded.missing] == ["sub"]
    assert loaded.chart


def test_requirements_are_told_with_their_own_line(tmp_path: pathlib.Path) -> None:
    files = {
        "Chart.yaml": "name: web\nversion: 1.0.0\n",
        "requirements.yaml": f"dependencies:\n\n- {{{REMOTE}}}\n",
    }
    loaded = charts.load(write(tmp_path, files), "web")
    assert [hit.place for hit in loaded.hits] == [Place("web/requirements.yaml", 3, 3)]


def test_a_chart_in_the_charts_folder_lacks_what_it_would_have_to_fetch(tmp_path: pathlib.Path) -> None:
    """Helm renders it without: its folder is not built where the one above it is."""
    wants = "name: sub, version: ^1, repository: 'file://../../../sub'"
    files = {
        "web/Chart.yaml": meta("web", "name: mid, version: ^1"),
        "web/charts/mid/Chart.yaml": meta("mid", wants),
        "sub/Chart.yaml": meta("sub"),
    }
    loaded = charts.load(write(tmp_path, files) / "web", "web")
    message = "dependency 'sub' (^1) is not in 'charts/': Helm renders 'mid' without it"
    assert told(loaded) == [("dependency-missing", message, Place("web/charts/mid/Chart.yaml", 5, 3))]
    assert loaded.hits[0].hint == "run `helm dependency build web/charts/mid`"


def test_a_chart_of_another_name_is_not_the_dependency(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"web/Chart.yaml": meta("web", LOCAL), "sub/Chart.yaml": meta("other")})
    (hit,) = charts.load(tmp_path / "web", "web").hits
    assert hit.rule == "dependency-missing"
    assert hit.message.endswith("is not in 'charts/', and the chart at 'file://../sub' is called 'other'")


def test_what_charts_below_lack_is_told_where_it_is_written(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "web/Chart.yaml": meta("web", LOCAL, "name: arch, version: '1'"),
            "web/charts/arch-1.0.0.tgz": packed("arch", REMOTE),
            "sub/Chart.yaml": meta("sub", "name: gone, version: '1', repository: 'https://x.example.com'"),
        },
    )
    loaded = charts.load(tmp_path / "web", "web")
    assert {(hit.rule, hit.place) for hit in loaded.hits} == {
        ("dependency-missing", Place("web/charts/arch-1.0.0.tgz")),
        ("dependency-missing", Place("sub/Chart.yaml", 5, 3)),
    }
    hints = {hit.place.file: hit.hint for hit in loaded.hits if hit.place}
    assert hints["sub/Chart.yaml"].startswith("run `helm dependency build sub`,")


@pytest.mark.parametrize(
    ("wants", "version", "message"),
    [
        (REMOTE, "2.0.0", "dependency 'sub' is there as 2.0.0, expected '^1'"),
        (f"{REMOTE}, alias: s", "2.0.0", "dependency 'sub' (alias 's') is there as 2.0.0, expected '^1'"),
        (REMOTE, "1.2.0-rc.1", "dependency 'sub' is there as 1.2.0-rc.1, expected '^1'"),
        (
            "name: sub, version: latest",
            "1.0.0",
            LATEST,
        ),
        (
            "name: sub, alias: s",
            "1.0.0",
            "dependency 'sub' has an alias and no version: Helm then does not find it",
        ),
    ],
)
def test_a_version_outside_of_the_range_is_told(
    tmp_path: pathlib.Path, wants: str, version: str, message: str
) -> None:
    web = write(
        tmp_path, {"Chart.yaml": meta("web", wants), "charts/sub/Chart.yaml": meta("sub", version=version)}
    )
    loaded = charts.load(web, "web")
    assert [(hit.rule, hit.message) for hit in loaded.hits] == [("dependency-version-mismatch", message)]
    assert loaded.hits[0].place
    assert loaded.hits[0].place.line == 5
    assert loaded.hits[0].hint
    assert loaded.chart


def test_a_vendored_dependency_without_a_version_is_fine(tmp_path: pathlib.Path) -> None:
    web = write(tmp_path, {"Chart.yaml": meta("web", "name: sub"), "charts/sub/Chart.yaml": meta("sub")})
    loaded = charts.load(web, "web")
    assert (loaded.hits, loaded.missing) == ((), ())


def test_a_local_dependency_outside_of_the_range_is_told(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"web/Chart.yaml": meta("web", LOCAL), "sub/Chart.yaml": meta("sub", version="2.0.0")})
    assert [hit.rule for hit in charts.load(tmp_path / "web", "web").hits] == ["dependency-version-mismatch"]


@pytest.mark.parametrize("rule", ["*.tgz", "charts/", "charts/sub-*"])
def test_rules_that_hide_the_packed_dependency_are_told(tmp_path: pathlib.Path, rule: str) -> None:
    files = {"web/Chart.yaml": meta("web", LOCAL), "web/.helmignore": rule, "sub/Chart.yaml": meta("sub")}
    (hit,) = charts.load(write(tmp_path, files) / "web", "web").hits
    assert hit.rule == "dependency-missing"
    assert hit.message == "'.helmignore' leaves out dependency 'sub', packed as 'charts/sub-1.0.0.tgz'"


def test_a_cycle_ends_and_is_told(tmp_path: pathlib.Path) -> None:
    back = "name: web, version: ^1, repository: 'file://../web'"
    write(tmp_path, {"web/Chart.yaml": meta("web", LOCAL), "sub/Chart.yaml": meta("sub", back)})
    loaded = charts.load(tmp_path / "web", "web")
    assert told(loaded) == [
        ("dependency-cycle", "the chart depends on itself: web -> sub -> web", Place("sub/Chart.yaml", 5, 3))
    ]
    assert loaded.chart
    assert set(loaded.chart.files) == {"web/Chart.yaml", "web/charts/sub/Chart.yaml"}


def test_a_chart_that_names_its_own_folder_is_a_cycle(tmp_path: pathlib.Path) -> None:
    itself = "name: web, version: ^1, repository: 'file://.'"
    web = write(tmp_path / "web", {"Chart.yaml": meta("web", itself)})
    loaded = charts.load(web, "web")
    assert [hit.message for hit in loaded.hits] == ["the chart depends on itself: web -> web"]
    assert loaded.chart
    assert set(loaded.chart.files) == {"web/Chart.yaml"}


@pytest.mark.parametrize("back", ["name: web, version: ^1, repository: 'file://../web'", ""])
def test_a_cycle_is_told_beside_copies_which_are_rendered(tmp_path: pathlib.Path, back: str) -> None:
    files: dict[str, str | bytes] = {
        "web/Chart.yaml": meta("web", LOCAL if back else LOCAL.replace("../sub", ".")),
        "web/charts/sub-1.0.0.tgz": packed("sub"),
        "sub/Chart.yaml": meta("sub", back),
    }
    loaded = charts.load(write(tmp_path, files) / "web", "web")
    assert "dependency-cycle" in {hit.rule for hit in loaded.hits}
    assert loaded.chart
    assert loaded.chart.origin("web/charts/sub/from") == "web/charts/sub-1.0.0.tgz"


def test_a_local_chart_that_cannot_be_read_is_told_once(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "web/Chart.yaml": meta("web", LOCAL, "name: b, version: ^1, repository: 'file://../b'"),
            "b/Chart.yaml": meta("b", LOCAL),
            "sub/Chart.yaml": "name: sub\n",
        },
    )
    loaded = charts.load(tmp_path / "web", "web")
    assert loaded.chart is None
    unreadable = [hit for hit in loaded.hits if hit.rule == "chart-unreadable"]
    assert [hit.place for hit in unreadable] == [Place("sub/Chart.yaml", 1, 1)]
    assert len(loaded.hits) == 1


def test_one_folder_may_be_two_dependencies(tmp_path: pathlib.Path) -> None:
    twice = [f"{LOCAL}, alias: a", f"{LOCAL}, alias: b"]
    write(tmp_path, {"web/Chart.yaml": meta("web", *twice), "sub/Chart.yaml": meta("sub")})
    loaded = charts.load(tmp_path / "web", "web")
    assert loaded.hits == ()
    assert loaded.chart
    assert set(loaded.chart.files) == {"web/Chart.yaml", "web/charts/sub/Chart.yaml"}
    assert loaded.chart.origin("web/charts/b/Chart.yaml") == "sub/Chart.yaml"


def test_fetched_archives_are_taken_where_nothing_else_is(tmp_path: pathlib.Path) -> None:
    write(
        tmp_path,
        {
            "web/Chart.yaml": meta("web", REMOTE),
            "sub-more-1.0.0.tgz": packed("sub-more"),
            "sub-2.0.0.tgz": packed("sub", version="2.0.0"),
            "sub-1.5.0.tgz": packed("sub", version="1.5.0"),
        },
    )
    loaded = charts.load(tmp_path / "web", "web", sorted(tmp_path.glob("*.tgz")))
    assert (loaded.hits, loaded.missing) == ((), ())
    assert loaded.chart
    assert loaded.chart.origin("web/charts/sub/from") == "web/charts/sub-1.5.0.tgz"


def test_a_fetched_archive_that_is_damaged_is_told(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"web/Chart.yaml": meta("web", REMOTE), "sub-1.5.0.tgz": b"x"})
    loaded = charts.load(tmp_path / "web", "web", [tmp_path / "sub-1.5.0.tgz"])
    assert told(loaded) == [("chart-unreadable", "is not a gzip archive", Place("web/charts/sub-1.5.0.tgz"))]
    assert loaded.chart is None
