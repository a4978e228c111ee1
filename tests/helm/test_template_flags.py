"""`chartkit render` prints what `helm template` prints under the same flags, whichever engine renders."""

from __future__ import annotations

import os
import pathlib
import subprocess
from collections.abc import Callable

import pytest

from chartkit.__main__ import run

Find = Callable[[str], pathlib.Path]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the helm command is run by a POSIX shell")

SCHEMA = '{"type": "object", "required": ["size"]}'
HOOK = 'apiVersion: v1\nkind: %s\nmetadata: {name: a, annotations: {"helm.sh/hook": "%s"}}\n'
CHART = {
    "Chart.yaml": "apiVersion: v2\nname: web\nversion: 1.0.0\ndependencies: [{name: sub, version: 1.0.0}]\n",
    "values.schema.json": SCHEMA,
    "crds/x.yaml": "kind: X\n",
    "templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
    "templates/pre.yaml": HOOK % ("Job", "pre-install"),
    "templates/both.yaml": HOOK % ("Pod", " Test , pre-install"),
    "templates/tests/old.yaml": HOOK % ("Service", "test-success"),
    "templates/tests/new.yaml": HOOK % ("Pod", "test"),
    "charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n",
    "charts/sub/values.schema.json": SCHEMA,
    "charts/sub/templates/map.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: sub}\n",
}
UNASKED = "--skip-schema-validation"


@pytest.fixture
def chart(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    monkeypatch.setenv("CHARTKIT_CACHE_DIR", str(tmp_path / "cache"))
    for name, text in CHART.items():
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "web"


@pytest.mark.parametrize("version", ["helm3", "helm4"])
@pytest.mark.parametrize("only_hooks", [False, True])
def test_render_prints_what_helm_prints(
    chart: pathlib.Path,
    find_command: Find,
    capsys: pytest.CaptureFixture[str],
    version: str,
    only_hooks: bool,
) -> None:
    helm = str(find_command(version))
    if only_hooks:
        for path in ("templates/map.yaml", "charts/sub/templates/map.yaml"):
            (chart / path).unlink()
    for flags in (
        [UNASKED],
        [UNASKED, "--skip-tests"],
        [UNASKED, "--no-hooks"],
        [UNASKED, "--skip-tests", "--include-crds"],
        ["--set", "size=1,sub.size=1", "--skip-tests"],
    ):
        command = [helm, "template", "demo", "web", *flags]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        for engine in ([], ["--helm", helm]):
            assert run(["render", "demo", "web", *flags, *engine]) == 0
            assert capsys.readouterr().out == printed, flags


@pytest.mark.parametrize("version", ["helm3", "helm4"])
def test_render_for_debugging_prints_the_documents_that_helm_prints(
    chart: pathlib.Path, find_command: Find, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    helm = str(find_command(version))
    (chart / "templates/bad.yaml").write_text("a: b: c\n")
    command = [helm, "template", "demo", "web", UNASKED, "--debug"]
    refused = subprocess.run(command, capture_output=True, text=True, check=False)
    texts = []
    for engine in ([], ["--helm", helm]):
        assert run(["render", "demo", "web", UNASKED, "--debug", *engine]) == 1
        said = capsys.readouterr()
        texts.append(said.out)
        message = said.err.removeprefix("error: ").rstrip("\n")
        assert f"Error: {message}" in refused.stderr
    # in which order Helm prints them, nobody knows
    assert sorted(map(str.strip, texts[0].split("---\n"))) == sorted(
        map(str.strip, refused.stdout.split("---\n"))
    )
    assert texts[0] == texts[1]
