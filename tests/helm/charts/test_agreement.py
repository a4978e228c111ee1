"""Helm itself packs the copies: what it would pack anew is not outdated."""

from __future__ import annotations

import pathlib
import shutil
import tarfile
from collections.abc import Callable, Mapping

import helm_python
import pytest

from chartkit.helm import charts
from chartkit.model.place import Place
from chartkit.model.render import Hit

Files = Mapping[str, str | bytes]

SUB: Files = {
    "sub/Chart.yaml": """\
# a comment
apiVersion: v2
name: sub
version: 1.10
appVersion: 1.20
description:
keywords: []
deprecated: false
annotations: {b: 2, a: yes}
maintainers: [{name: somebody, url: ''}]
unknown: {x: 1}
dependencies:
- {name: deep, version: ^1, alias: d, condition: d.on, import-values: [{parent: p, child: c}]}
""",
    "sub/.helmignore": "*.md\nci/\n",
    "sub/README.md": "not packed",
    "sub/ci/x-values.yaml": "not: packed\n",
    "sub/values.yaml": b"\xef\xbb\xbfa: 1\r\n",
    "sub/values.schema.json": "{}",
    "sub/templates/x.yaml": "a: b\n",
    "sub/templates/_x.tpl": "",
    "sub/crds/x.yaml": "a: b\n",
    "sub/files/x.bin": b"\0\xff",
    "sub/charts/deep/Chart.yaml": "apiVersion: v2\nname: deep\nversion: 1.0.0\n",
    "sub/charts/deep/templates/y.yaml": "c: d\n",
}
WEB = """\
apiVersion: v2
name: web
version: 1.0.0
dependencies:
- {name: sub, version: ^1, repository: 'file://../sub'}
"""


def write(root: pathlib.Path, files: Files) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def outdated(root: pathlib.Path) -> list[Hit]:
    return [hit for hit in charts.load(root / "web", "web").hits if hit.rule == "dependency-copy-outdated"]


def archive(root: pathlib.Path) -> None:
    helm_python.dependency_update(root / "web", skip_refresh=True)


def unpacked(root: pathlib.Path) -> None:
    archive(root)
    (packed,) = (root / "web" / "charts").glob("*.tgz")
    with tarfile.open(packed) as members:
        files = [(member.name, members.extractfile(member)) for member in members]
        write(root / "web" / "charts", {name: file.read() for name, file in files if file})
    packed.unlink()


def copied(root: pathlib.Path) -> None:
    shutil.copytree(root / "sub", root / "web" / "charts" / "sub")


WAYS = [archive, unpacked, copied]
OLD: Files = {
    **{name: text for name, text in SUB.items() if name != "sub/charts/deep/Chart.yaml"},
    "sub/charts/deep/Chart.yaml": "name: deep\nversion: 1.0.0\n",
    "sub/Chart.yaml": "name: sub\nversion: 1.0.0\nhome: x\n",
    "sub/requirements.yaml": "dependencies: [{name: deep, version: ^1, repository: ''}]\n",
    "sub/requirements.lock": "dependencies: []\ndigest: x\ngenerated: 2020-01-01T00:00:00Z\n",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("files", [SUB, OLD], ids=["v2", "v1"])
def test_what_helm_has_just_packed_is_not_outdated(
    files: Files, way: Callable[[pathlib.Path], None], tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {**files, "web/Chart.yaml": WEB})
    way(tmp_path)
    assert outdated(tmp_path) == []


CHANGES: dict[str, tuple[Files, str]] = {
    "a template": ({"sub/templates/x.yaml": "a: c\n"}, "templates/x.yaml differs"),
    "a new file": ({"sub/templates/z.yaml": "a: c\n"}, "templates/z.yaml differs"),
    "the values": ({"sub/values.yaml": "a: 2\n"}, "values.yaml differs"),
    "a chart below": ({"sub/charts/deep/templates/y.yaml": ""}, "charts/deep/templates/y.yaml differs"),
    "a new chart below": ({"sub/charts/new/Chart.yaml": "name: new\nversion: 1.0.0\n"}, "charts/new differs"),
    "the description": (
        {"sub/Chart.yaml": str(SUB["sub/Chart.yaml"]).replace("description:", "description: new")},
        "Chart.yaml differs",
    ),
    "a condition": (
        {"sub/Chart.yaml": str(SUB["sub/Chart.yaml"]).replace("d.on", "d.off")},
        "Chart.yaml differs",
    ),
    "much": (
        {f"sub/templates/{name}.yaml": "" for name in "abcde"},
        "templates/a.yaml, templates/b.yaml, templates/c.yaml and 2 more differ",
    ),
}
SAME: dict[str, Files] = {
    "how it is written": {
        "sub/Chart.yaml": str(SUB["sub/Chart.yaml"])
        .replace("# a comment", "home: ''")
        .replace("1.10", '"1.1"')
    },
    "a lock file": {"sub/Chart.lock": "digest: x\ngenerated: 2020-01-01T00:00:00Z\ndependencies: []\n"},
    "what is ignored": {"sub/README.md": "new", "sub/ci/more.yaml": "new"},
    "a signature": {"sub/charts/deep-1.0.0.tgz.prov": "signed"},
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_the_source_makes_the_copy_outdated(
    name: str, way: Callable[[pathlib.Path], None], tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    way(tmp_path)
    files, message = CHANGES[name]
    write(tmp_path, files)
    (hit,) = outdated(tmp_path)
    assert hit.place == Place("web/Chart.yaml", 5, 3)
    assert hit.message == (
        "the copy of 'sub' in 'charts/' is not 'file://../sub', and Helm renders the copy: " + message
    )
    remove = "" if way is archive else "remove 'web/charts/sub', and "
    assert hit.hint == f"{remove}run `helm dependency update web`"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", SAME)
def test_what_changes_nothing_in_the_copy_does_not_count(
    name: str, way: Callable[[pathlib.Path], None], tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    way(tmp_path)
    write(tmp_path, SAME[name])
    assert outdated(tmp_path) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_file_that_is_gone_from_the_source_counts(
    way: Callable[[pathlib.Path], None], tmp_path: pathlib.Path
) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    way(tmp_path)
    (tmp_path / "sub" / "templates" / "x.yaml").unlink()
    (hit,) = outdated(tmp_path)
    assert hit.message.endswith(": templates/x.yaml differs")


def test_another_version_is_named(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    archive(tmp_path)
    write(tmp_path, {"sub/Chart.yaml": str(SUB["sub/Chart.yaml"]).replace("1.10", "1.3.0")})
    (hit,) = outdated(tmp_path)
    assert "'charts/' is 1.1, 'file://../sub' is 1.3.0, and Helm" in hit.message


def test_what_the_charts_own_helmignore_hides_of_a_copy_does_not_count(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB, "web/.helmignore": "*.bin\ncharts/sub/crds/\n"})
    copied(tmp_path)
    assert outdated(tmp_path) == []


def test_a_copy_has_what_the_source_has_yet_to_get(tmp_path: pathlib.Path) -> None:
    """Where ``charts/`` is not committed, a fresh clone is not built from the bottom up."""
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    archive(tmp_path)
    shutil.rmtree(tmp_path / "sub" / "charts")
    assert outdated(tmp_path) == []


def test_a_source_that_cannot_be_read_is_told_and_the_copy_rendered(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    archive(tmp_path)
    write(tmp_path, {"sub/Chart.yaml": "name: sub\n"})
    (hit,) = outdated(tmp_path)
    assert hit.message == (
        "the copy of 'sub' in 'charts/' cannot be compared with the chart at 'file://../sub', "
        "which cannot be read"
    )
    assert hit.hint == "run `chartkit check sub`, which says why"
    assert charts.load(tmp_path / "web", "web").chart


def test_a_link_to_the_source_is_no_copy(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB, ".git/HEAD": ""})
    (tmp_path / "web" / "charts").mkdir()
    (tmp_path / "web" / "charts" / "sub").symlink_to("../../sub")
    assert charts.load(tmp_path / "web", "web").hits == ()


def test_a_copy_of_another_version_than_the_locked_one_is_told(tmp_path: pathlib.Path) -> None:
    write(tmp_path, {**SUB, "web/Chart.yaml": WEB})
    unpacked(tmp_path)
    chart = tmp_path / "web" / "charts" / "sub" / "Chart.yaml"
    chart.write_text(
        chart.read_text().replace('version: "1.1"', "version: 1.0.9").replace("1.1\n", "1.0.9\n")
    )
    shutil.rmtree(tmp_path / "sub")
    (hit,) = outdated(tmp_path)
    assert hit.message == (
        "the copy of 'sub' in 'charts/' is 1.0.9, Chart.lock says 1.1, and Helm renders the copy"
    )
    assert hit.hint == "remove 'web/charts/sub', and run `helm dependency build web`"
