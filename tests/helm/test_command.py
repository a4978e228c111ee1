"""The cli engine runs any Helm from 3.14 on, alone, and cleans up."""

from __future__ import annotations

import contextlib
import os
import pathlib
import tempfile
import time
from collections.abc import Callable
from typing import Any

import pytest

from chartkit.helm import command, engines
from chartkit.helm.set_values import Integer
from chartkit.model.errors import EngineError, OutOfTime

Make = Callable[..., Any]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the helm command is run by a POSIX shell")


def script(tmp_path: pathlib.Path, text: str) -> str:
    path = tmp_path / "helm"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


VERSION = 'case "$1" in version) echo v4.1.4; exit;; esac\n'


def test_an_absent_command_is_an_error_with_a_hint() -> None:
    with pytest.raises(EngineError, match="there is no command 'no-such-helm'") as caught:
        engines.open_engine("cli", "no-such-helm")
    assert caught.value.hint.startswith("install Helm 3.14 or later")


@pytest.mark.parametrize("version", ["v3.13.9", "v2.17.0", "Client: nonsense", ""])
def test_an_old_or_strange_helm_is_an_error(version: str, tmp_path: pathlib.Path) -> None:
    with pytest.raises(EngineError, match=r"expected 3\.14 or later"):
        engines.open_engine("cli", script(tmp_path, f"echo '{version}'"))


def test_a_helm_that_does_not_run_is_an_error(tmp_path: pathlib.Path) -> None:
    with pytest.raises(EngineError, match="is no Helm that can be used: no good"):
        engines.open_engine("cli", script(tmp_path, "echo no good >&2; exit 3"))


@pytest.mark.parametrize("first", [".", "", "bin"])
def test_a_helm_in_the_repository_is_not_run(
    tmp_path: pathlib.Path, make_chart: Make, make_case: Make, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    (tmp_path / "installed").mkdir()
    script(tmp_path / "installed", VERSION)
    for folder in (tmp_path, tmp_path / "bin"):
        folder.mkdir(exist_ok=True)
        for name in ("env", "sh", "helm"):
            pathlib.Path(script(folder, f": >{tmp_path}/canary\n{VERSION}")).rename(folder / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", os.pathsep.join((first, str(tmp_path / "installed"))))
    engine = engines.open_engine("cli")
    chart = make_chart({})
    engines.render(engine, chart, make_case(chart))
    assert not (tmp_path / "canary").exists()


def test_the_command_sees_neither_cluster_nor_repositories_nor_secrets(
    tmp_path: pathlib.Path, make_chart: Make, make_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", "/home/me/.kube/config")
    monkeypatch.setenv("HELM_NAMESPACE", "mine")
    monkeypatch.setenv("SECRET", "hush")
    engine = engines.open_engine("cli", script(tmp_path, VERSION + "env"))
    chart = make_chart({})
    seen = dict(
        line.split("=", 1) for line in engines.render(engine, chart, make_case(chart)).text.splitlines()
    )
    assert set(seen) - {"PWD", "SHLVL", "_", "OLDPWD"} <= {
        "PATH", "TMPDIR", "LANG", "LC_ALL", "HOME", "KUBECONFIG", "TZ", "HELM_NO_PLUGINS",
        "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_PLUGINS",
    }  # fmt: skip
    assert (seen["KUBECONFIG"], seen["TZ"]) == ("/dev/null", "UTC")
    assert not pathlib.Path(seen["HOME"]).exists()


def test_the_scratch_folder_is_gone_whatever_happens(
    tmp_path: pathlib.Path, make_chart: Make, make_case: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    chart = make_chart({"templates/a b;$(x).yaml": "x: 1"})
    for ending in ("exit 0", "exit 1", "kill -9 $$", "exec sleep 60"):
        engine = command.HelmCommand(script(tmp_path, VERSION + ending), seconds=0.2)
        with contextlib.suppress(OutOfTime):
            engines.render(engine, chart, make_case(chart, namespace="it's; $(touch x)"))
        assert list(scratch.iterdir()) == []


def test_a_render_that_waits_too_long_is_out_of_time(
    tmp_path: pathlib.Path, make_chart: Make, make_case: Make
) -> None:
    engine = command.HelmCommand(script(tmp_path, VERSION + "exec sleep 60"), seconds=0.1)
    chart = make_chart({})
    with pytest.raises(OutOfTime, match=r"^waited, and did not end within 0\.4 seconds$"):
        engines.render(engine, chart, make_case(chart))


@pytest.mark.parametrize("name", ["helm3", "helm4"])
def test_a_render_that_computes_too_long_is_out_of_time(
    name: str,
    find_command: Callable[[str], pathlib.Path],
    make_chart: Make,
    make_case: Make,
) -> None:
    engine = command.HelmCommand(str(find_command(name)), seconds=1)
    loops = "{{ range until 100000 }}" * 3 + "{{ end }}" * 3
    chart = make_chart({"templates/endless.yaml": loops})
    begun = time.monotonic()
    with pytest.raises(OutOfTime, match="did not end within 1 seconds of processor time"):
        engines.render(engine, chart, make_case(chart))
    assert time.monotonic() - begun < 60


def test_warnings_lose_what_helm_adds_to_them(
    tmp_path: pathlib.Path, make_chart: Make, make_case: Make
) -> None:
    said = (
        'level=INFO msg="warning: \\"x\\" is odd"\nlevel=WARN msg=deprecated since=1\n'
        'level=WARN msg="\\x1b \\xff \\a \\U0001f600"\n'
        "coalesce.go:298: warning: y\\n\nWARNING: z\nWARNING: z\n"
    )
    (tmp_path / "said").write_text(said)
    engine = engines.open_engine("cli", script(tmp_path, VERSION + f"cat {tmp_path}/said >&2"))
    chart = make_chart({})
    assert engines.render(engine, chart, make_case(chart)).warnings == (
        'warning: "x" is odd',
        "deprecated since=1",
        "\x1b \udcff \a \U0001f600",
        "warning: y\\n",
        "WARNING: z",
    )


def test_files_never_leave_the_scratch_folder(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "in"
    command._write(folder, {"../out": b"", "web/../../out": b"", str(tmp_path / "abs"): b"", "web/ok": b"x"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["in", "ok", "web"]


@pytest.mark.parametrize("name", ["templates", "templates/" + "x" * 300, "a\0b"])
def test_a_chart_that_no_folder_can_hold_is_a_failure(
    name: str, tmp_path: pathlib.Path, make_chart: Make, make_case: Make
) -> None:
    engine = engines.open_engine("cli", script(tmp_path, VERSION + "exit 0"))
    chart = make_chart({"templates/a.yaml": "x: 1", name: "text"})
    failure = engines.render(engine, chart, make_case(chart)).failure
    assert failure is not None
    assert (failure.kind, "scratch folder" in failure.message) == ("chart", True)


def test_keys_are_escaped_for_set() -> None:
    assert command._set_path(("a.b", 0, "c,d=[e\\", 1)) == "a\\.b[0].c\\,d\\=\\[e\\\\[1]"


@pytest.mark.helm
def test_values_yaml_is_read_without_the_library(helm4: engines.Engine) -> None:
    assert helm4.read_yaml("a: 1e3\nb: y\n") == {"a": 1000, "b": True}
    with pytest.raises(ValueError, match="yaml: line "):
        helm4.read_yaml("a: [\n")


@pytest.mark.helm
def test_a_failing_render_tells_warnings_from_the_error(
    helm3: engines.Engine, helm4: engines.Engine, make_chart: Make, make_case: Make
) -> None:
    chart = make_chart(
        {"values.yaml": "t: {u: {v: 1}}\n", "templates/a.yaml": "{{ fail `no\n\nError: way` }}"}
    )
    for engine in (helm3, helm4):
        render = engines.render(engine, chart, make_case(chart, values='{"t": {"u": 3}}'))
        assert render.failure is not None
        assert render.failure.message == "no\n\nError: way"
        assert render.warnings == ("warning: cannot overwrite table with non table for web.t.u (map[v:1])",)


@pytest.mark.helm
def test_integers_reach_the_command(helm4: engines.Engine, make_chart: Make, make_case: Make) -> None:
    from chartkit.helm.values import HelmInputs

    chart = make_chart({"templates/a.yaml": "x: {{ .Values }}\n"})
    values = {"a.b": {"c": Integer(10000000)}, "l": [{"d": Integer(20000000)}]}
    text = helm4.render(chart, chart.files, HelmInputs("r", "ns", values, "1.33.0")).text
    assert text.endswith("x: map[a.b:map[c:10000000] l:[map[d:20000000]]]\n")
