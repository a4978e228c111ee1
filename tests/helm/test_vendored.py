"""What ``charts/`` holds is rendered as the real Helm renders it, from the chart's own folder."""

from __future__ import annotations

import io
import pathlib
import subprocess
import tarfile
from collections.abc import Callable, Mapping

import pytest

from chartkit.helm import charts, engines
from chartkit.model.case import Case, Scenario

Files = Mapping[str, str | bytes]
Run = Callable[..., subprocess.CompletedProcess[str]]

LOCAL = "name: sub, version: ^1, repository: 'file://../sub'"
REMOTE = "name: sub, version: ^2, alias: two, repository: 'https://charts.example.com'"


def meta(name: str, *wants: str, version: str = "1.0.0", api: str = "v2", more: str = "") -> str:
    return f"apiVersion: {api}\nname: {name}\nversion: {version}\n{more}{listed(*wants)}"


def listed(*wants: str) -> str:
    return "dependencies:\n" + "".join(f"- {{{one}}}\n" for one in wants) if wants else ""


def chart(folder: str, name: str, mark: str, *wants: str, version: str = "1.0.0", more: str = "") -> Files:
    """A chart that says where it comes from, and under which name it is known."""
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{mark}-{{{{ .Chart.Name }}}}'}}\n"
    text += "data: {version: '{{ .Chart.Version }}', x: '{{ .Values.x }}'}\n"
    return {
        f"{folder}/Chart.yaml": meta(name, *wants, version=version, more=more),
        f"{folder}/values.yaml": f"x: {mark}\n",
        f"{folder}/templates/{name}.yaml": text,
    }


def packed(name: str, mark: str, *wants: str, version: str = "1.0.0") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for path, text in chart(name, name, mark, *wants, version=version).items():
            info = tarfile.TarInfo(path)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(str(text).encode()))
    return out.getvalue()


def write(root: pathlib.Path, files: Files) -> pathlib.Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


OUTDATED, MISMATCH = "dependency-copy-outdated", "dependency-version-mismatch"
SOURCE = chart("sub", "sub", "source")
LAYOUTS: dict[str, tuple[Files, set[str]]] = {
    "a folder beside its source": (
        {"web/Chart.yaml": meta("web", LOCAL), **SOURCE, **chart("web/charts/sub", "sub", "copy")},
        {OUTDATED},
    ),
    "an archive beside its source": (
        {"web/Chart.yaml": meta("web", LOCAL), **SOURCE, "web/charts/sub-1.0.0.tgz": packed("sub", "copy")},
        {OUTDATED},
    ),
    "a copy that is the source": (
        {"web/Chart.yaml": meta("web", LOCAL), **SOURCE, "web/charts/sub-1.0.0.tgz": packed("sub", "source")},
        set(),
    ),
    "a copy without its source": (
        {"web/Chart.yaml": meta("web", LOCAL), **chart("web/charts/sub", "sub", "copy")},
        set(),
    ),
    "a folder of another name": (
        {"web/Chart.yaml": meta("web", LOCAL), **SOURCE, **chart("web/charts/any", "sub", "copy")},
        {OUTDATED},
    ),
    "a copy out of the range": (
        {
            "web/Chart.yaml": meta("web", f"{LOCAL}, condition: off"),
            "web/values.yaml": "off: false\n",
            **SOURCE,
            **chart("web/charts/sub", "sub", "copy", version="0.9.0"),
        },
        {MISMATCH},
    ),
    "a copy that one of two wants": (
        {
            "web/Chart.yaml": meta("web", LOCAL, REMOTE),
            **SOURCE,
            "web/charts/sub-2.0.0.tgz": packed("sub", "copy", version="2.0.0"),
        },
        {MISMATCH},
    ),
    "a copy for each of two": (
        {
            "web/Chart.yaml": meta("web", LOCAL, REMOTE),
            **SOURCE,
            "web/charts/sub-1.0.0.tgz": packed("sub", "source"),
            "web/charts/sub-2.0.0.tgz": packed("sub", "copy", version="2.0.0"),
        },
        set(),
    ),
    "a copy under two aliases": (
        {
            "web/Chart.yaml": meta("web", f"{LOCAL}, alias: a", f"{LOCAL}, alias: b"),
            "web/values.yaml": "a: {x: of web}\n",
            **SOURCE,
            **chart("web/charts/sub", "sub", "copy"),
        },
        {OUTDATED},
    ),
    "a dependency of no version": (
        {
            "web/Chart.yaml": meta("web", "name: sub, repository: 'file://../sub'"),
            **SOURCE,
            **chart("web/charts/sub", "sub", "copy"),
        },
        {OUTDATED},
    ),
    "a chart that nothing declares": (
        {"web/Chart.yaml": meta("web"), **chart("web/charts/stray", "stray", "stray")},
        {"dependency-undeclared"},
    ),
    "an archive that nothing declares, and what Helm passes over": (
        {
            "web/Chart.yaml": meta("web", LOCAL),
            **chart("web/charts/sub", "sub", "copy"),
            "web/charts/sub-1.0.0.tgz.prov": "signed",
            "web/charts/stray-1.0.0.tgz": packed("stray", "stray"),
            "web/charts/.gitkeep": "",
            **chart("web/charts/_off", "off", "off"),
        },
        {"dependency-undeclared"},
    ),
    "an archive of another chart than it is called": (
        {
            "web/Chart.yaml": meta("web", LOCAL),
            **chart("web/charts/sub", "sub", "copy"),
            "web/charts/more-1.0.0.tgz": packed("stray", "stray"),
        },
        {"dependency-undeclared"},
    ),
    "requirements.yaml": (
        {
            "web/Chart.yaml": meta("web", api="v1"),
            "web/requirements.yaml": listed(LOCAL),
            **SOURCE,
            **chart("web/charts/sub", "sub", "copy"),
            **chart("web/charts/stray", "stray", "stray"),
        },
        {OUTDATED, "dependency-undeclared"},
    ),
    "a chart below that lacks its dependency": (
        {
            "web/Chart.yaml": meta("web", "name: mid, version: ^1"),
            **chart("web/charts/mid", "mid", "mid", LOCAL.replace("../sub", "../../../sub")),
            **SOURCE,
        },
        {"dependency-missing"},
    ),
    "a chart below with a copy": (
        {
            "web/Chart.yaml": meta("web", "name: mid, version: ^1"),
            **chart("web/charts/mid", "mid", "mid", LOCAL.replace("../sub", "../../../sub")),
            **chart("web/charts/mid/charts/sub", "sub", "copy"),
            **SOURCE,
        },
        {OUTDATED},
    ),
    "a chart below in an archive": (
        {
            "web/Chart.yaml": meta("web", "name: mid, version: ^1"),
            "web/charts/mid-1.0.0.tgz": packed("mid", "mid", LOCAL),
            **SOURCE,
        },
        {"dependency-missing"},
    ),
    "a chart below with one that it does not declare": (
        {
            "web/Chart.yaml": meta("web", "name: mid, version: ^1"),
            **chart("web/charts/mid", "mid", "mid"),
            **chart("web/charts/mid/charts/stray", "stray", "stray"),
        },
        {"dependency-undeclared"},
    ),
    "a library": (
        {
            "web/Chart.yaml": meta("web", LOCAL),
            **chart("sub", "sub", "source", more="type: library\n"),
            **chart("web/charts/sub", "sub", "copy", more="type: library\n"),
        },
        {OUTDATED},
    ),
}


@pytest.mark.helm
@pytest.mark.parametrize("name", LAYOUTS)
def test_charts_are_rendered_as_helm_renders_their_folder(
    name: str, run_helm: Run, embedded: engines.Engine, tmp_path: pathlib.Path
) -> None:
    files, rules = LAYOUTS[name]
    web = write(tmp_path, {**chart("web", "web", "web"), **files}) / "web"
    theirs = run_helm("template", "x", str(web))
    loaded = charts.load(web, "web")
    assert {hit.rule for hit in loaded.hits} == rules
    assert loaded.chart
    ours = engines.render(
        embedded, loaded.chart, Case("web", "web", Scenario("default", release="x"), "1.33.0")
    )
    assert theirs.returncode == 0, theirs.stderr
    assert documents(ours.text) == documents(theirs.stdout)
    folders = [web, *(path.parent for path in web.glob("charts/*/Chart.yaml"))]
    linted = run_helm("lint", *map(str, folders)).stdout
    undeclared = "dependency-undeclared" in rules
    assert ("chart metadata is missing these dependencies" in linted) == undeclared


def documents(text: str) -> list[str]:
    """The documents; which of two charts comes first is chance in Helm where one is not declared."""
    return sorted(one.strip() for one in text.split("---\n") if one.strip())
