"""Why a template does not find a file, in charts as they lie on disk."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Mapping

import pytest

from chartkit.helm import charts, engines
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.rules import load

FILES = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\n",
    "values.yaml": "",
    "README.md": "text",
    ".helmignore": "# rules\nscripts/\n*.key\n",
    "scripts/run.sh": "echo",
    "files/app.conf": "a = 1",
    "files/Web.yml": "a: 1",
    "files/tls.key": "key",
    "conf/deep/a.yaml": "a: 1",
    "templates/.hidden.yaml": "",
    "charts/cache/Chart.yaml": "apiVersion: v2\nname: cache\nversion: 1.0.0\n",
    "charts/cache/files/cache.conf": "b = 1",
}
NO_FILE = "the chart has no such file"
NO_FIT = "no file of the chart fits the pattern"
NAMED = "names begin at the chart's folder and go straight down"
ADD = "add the file, or correct the name; if it may be missing, say so: `{{ with .Files.Get … }}`"
COPY = "put a copy of the file into the chart's folder"
RULE = "change the rule, or move the file"
FOLDER = "write 'files/*', or 'files/**' for its folders, too"


def write(folder: pathlib.Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def read(folder: pathlib.Path) -> Chart:
    chart = charts.load(folder, "charts/web").chart
    assert chart
    return chart


def judge(chart: Chart) -> list[Hit]:
    check = load()["chart-file-missing"].check
    assert check
    return list(check(chart))


@pytest.mark.parametrize(
    ("read_by", "cause", "hint"),
    [
        ('.Files.Get "files/backup.sh"', NO_FILE, ADD),
        ('.Files.Get "files/app.cnf"', NO_FILE, "did you mean 'files/app.conf'?"),
        ('.Files.Get "app.conf"', NO_FILE, "did you mean 'files/app.conf'?"),
        ('.Files.Get "./files/app.conf"', NAMED, "write 'files/app.conf'"),
        ('.Files.Get "/files/app.conf"', NAMED, "write 'files/app.conf'"),
        ('.Files.Get "files/web.yml"', "the file is called 'files/Web.yml'", "write 'files/Web.yml'"),
        ('.Files.Get "scripts/run.sh"', "charts/web/.helmignore:2 leaves out 'scripts'", RULE),
        ('.Files.Get "files/tls.key"', "charts/web/.helmignore:3 leaves out 'files/tls.key'", RULE),
        ('.Files.Glob "scripts/*"', "charts/web/.helmignore:2 leaves out 'scripts'", RULE),
        ('.Files.Glob "files/*.key"', "charts/web/.helmignore:3 leaves out 'files/tls.key'", RULE),
        ('.Files.Get "templates/.hidden.yaml"', "Helm leaves out 'templates/.hidden.yaml'", RULE),
        ('.Files.Lines "../outside.env"', "it is outside of the chart", COPY),
        ('.Files.Get "/etc/hostname"', "it is outside of the chart", COPY),
        ('.Files.Get "files"', "it is a folder", "name a file, or use '.Files.Glob \"files/*\"'"),
        ('.Files.Glob "files"', "it is a folder", FOLDER),
        ('.Files.Glob "files/"', "it is a folder", FOLDER),
        ('.Files.Glob "conf/*.yaml"', "'*' does not go into folders", "write 'conf/**.yaml'"),
        ('.Files.Glob "./files/*"', NAMED, "write 'files/*'"),
        ('.Files.Glob "files/*.yaml"', NO_FIT, "correct the pattern: there is 'files/Web.yml'"),
        ('.Files.Glob "dashboards/*"', NO_FIT, ADD),
        ('.Files.Get "values.yaml"', "Helm keeps values.yaml out of '.Files'", "read '.Values'"),
        ('.Files.Get "Chart.yaml"', "Helm keeps Chart.yaml out of '.Files'", "read '.Chart'"),
        (
            '.Files.Get "templates/web.yaml"',
            "Helm keeps templates/ out of '.Files'",
            "put the file somewhere else, as in 'files/'",
        ),
        (
            '.Files.Get "files/cache.conf"',
            "it is a file of 'web/charts/cache', and a chart sees its own files only",
            "put a copy of the file into the chart",
        ),
    ],
)
def test_a_file_that_is_not_there_is_told_with_its_cause(
    tmp_path: pathlib.Path, read_by: str, cause: str, hint: str
) -> None:
    write(tmp_path, {**FILES, "templates/web.yaml": f"apiVersion: v1\na: {{{{ {read_by} | toString }}}}\n"})

    (hit,) = judge(read(tmp_path))

    method, name = read_by.removesuffix('"').split(' "')
    assert hit.message == f"'{method}' finds nothing by {name!r}: {cause}"
    assert hit.hint == hint
    assert hit.place == Place("charts/web/templates/web.yaml", 2, 7)


def test_helm_finds_exactly_what_is_not_told(tmp_path: pathlib.Path) -> None:
    names = [
        *(name for name in FILES if not name.startswith("charts/cache")),
        *(
            "templates/web.yaml",
            "./files/app.conf",
            "/files/app.conf",
            "files",
            "files/",
            "charts/x.prov",
            "",
        ),
        *(
            "crds/a.yaml",
            ".dot",
            "ci/x.yaml",
            "Chart.lock",
            "values.schema.json",
            "files/APP.conf",
            "LICENSE",
        ),
    ]
    there = dict.fromkeys(("charts/x.prov", "crds/a.yaml", ".dot", "ci/x.yaml"), "text")
    lines = [f'a{number}: {{{{ .Files.Get "{name}" | len }}}}' for number, name in enumerate(names)]
    lines = [f"{line}\n" for line in ["apiVersion: v1", "kind: ConfigMap", "metadata: {name: x}", *lines]]
    write(tmp_path, {**FILES, **there, "values.schema.json": "{}", "templates/web.yaml": "".join(lines)})
    (tmp_path / "Chart.lock").write_text("dependencies: []\n")
    chart = read(tmp_path)

    template = chart.files["web/templates/web.yaml"].replace(b" | len", b"")
    told = judge(dataclasses.replace(chart, files={**chart.files, "web/templates/web.yaml": template}))

    case = Case("web", "web", Scenario("default"), "1.34.0")
    render = engines.render(engines.open_engine("embedded"), chart, case)
    assert render.failure is None
    empty = {line for line in render.text.splitlines() if line.startswith("a") and line.endswith(": 0")}
    assert {f"a{(hit.place.line or 0) - 4}: 0" for hit in told if hit.place} == empty


def test_what_is_not_read_for_safety_is_not_missing(tmp_path: pathlib.Path) -> None:
    template = (
        '{{ .Files.Get "link/a" }}{{ .Files.Get "link" }}{{ .Files.Glob "l*/*" }}{{ .Files.Glob "link/*" }}'
    )
    write(tmp_path, {"beside/a": "text", **{f"web/{name}": text for name, text in FILES.items()}})
    write(tmp_path / "web", {"templates/web.yaml": template})
    (tmp_path / "web" / ".git").mkdir()
    (tmp_path / "web" / "link").symlink_to("../beside")

    assert judge(read(tmp_path / "web")) == []


def test_a_read_in_a_packed_subchart_is_told_at_the_archive() -> None:
    files = {
        "web/Chart.yaml": b"name: web\n",
        "web/charts/cache/Chart.yaml": b"name: cache\n",
        "web/charts/cache/templates/a.yaml": b'{{ .Files.Get "x" }}',
    }
    origins = dict.fromkeys(files, "charts/web/charts/cache-1.0.0.tgz")

    (hit,) = judge(Chart("web", "charts/web", "1.0.0", "", "v2", "", "", (), files, origins, ""))

    assert hit.place == Place("charts/web/charts/cache-1.0.0.tgz")
    assert hit.message.endswith("(in web/charts/cache/templates/a.yaml, line 1)")
