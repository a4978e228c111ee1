"""The engines, the real Helm commands, and charts made of text."""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import pathlib
import re
import subprocess
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from chartkit.helm import engines
from chartkit.model.case import Case, Chart, Dependency, Scenario
from chartkit.model.place import Place

_FETCH = pathlib.Path(__file__).parents[1] / "tools/fetch_helm.py"

KUBE_VERSION = "1.33.0"
CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@functools.cache
def find_helm(name: str) -> pathlib.Path | str:
    """The command ``helm3`` or ``helm4``, or why there is none."""
    spec = importlib.util.spec_from_file_location("fetch_helm", _FETCH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        command: pathlib.Path = module.fetch(name)
    except (OSError, subprocess.SubprocessError) as error:
        return f"cannot fetch {name}: {error}"
    return command


@functools.cache
def open_command(name: str) -> engines.Engine | str:
    command = find_helm(name)
    return command if isinstance(command, str) else engines.open_engine("cli", str(command))


def real(name: str) -> engines.Engine:
    engine = open_command(name)
    if isinstance(engine, str):
        # CI must not take a missing Helm for a pass
        (pytest.fail if os.environ.get("REQUIRE_HELM") else pytest.skip)(engine)
    return engine


@functools.cache
def embedded_engine() -> engines.Engine:
    return engines.open_engine("embedded")


@pytest.fixture(scope="session")
def embedded() -> engines.Engine:
    return embedded_engine()


@pytest.fixture
def find_command() -> Callable[[str], pathlib.Path]:
    """Finds the command itself, for what chartkit does not do with it."""

    def find(name: str) -> pathlib.Path:
        real(name)
        command = find_helm(name)
        assert isinstance(command, pathlib.Path)
        return command

    return find


@pytest.fixture(params=["helm3", "helm4"])
def run_helm(
    request: pytest.FixtureRequest, find_command: Callable[[str], pathlib.Path], tmp_path: pathlib.Path
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs each of the real commands, with ``home`` for its own files."""
    command = str(find_command(request.param))
    homes = {f"HELM_{kind}_HOME": str(tmp_path / "home") for kind in ("CACHE", "CONFIG", "DATA")}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [command, *arguments], env={**os.environ, **homes}, capture_output=True, text=True, check=False
        )

    return run


@pytest.fixture
def helm3() -> engines.Engine:
    return real("helm3")


@pytest.fixture
def helm4() -> engines.Engine:
    return real("helm4")


def chart_of(files: Mapping[str, str], name: str = "web") -> Chart:
    """A chart of *files*, named from its root (``templates/x.yaml``), with a Chart.yaml where it has none."""
    texts = {"Chart.yaml": CHART_YAML, **{path: textwrap.dedent(text) for path, text in files.items()}}
    try:
        metadata: dict[str, Any] = yaml.safe_load(texts["Chart.yaml"])
    except yaml.YAMLError:
        metadata = {}
    root = str(metadata.get("name", name))
    needed = metadata.get("dependencies") or yaml.safe_load(texts.get("requirements.yaml", "{}")).get(
        "dependencies", []
    )
    return Chart(
        name=root,
        path=f"charts/{root}",
        version=str(metadata.get("version", "")),
        app_version="",
        api_version=str(metadata.get("apiVersion", "")),
        type=str(metadata.get("type", "")),
        kube_version=str(metadata.get("kubeVersion", "")),
        dependencies=tuple(
            Dependency(each["name"], each["version"], "", Place("Chart.yaml"), each.get("alias", ""))
            for each in needed
        ),
        files={f"{root}/{path}": text.encode() for path, text in texts.items()},
        origins={},
        digest="",
    )


def case_of(chart: Chart, kube_version: str = KUBE_VERSION, **scenario: Any) -> Case:
    return Case(chart.name, chart.path, Scenario("default", **scenario), kube_version)


@pytest.fixture
def make_chart() -> Callable[..., Chart]:
    return chart_of


@pytest.fixture
def make_case() -> Callable[..., Case]:
    return case_of


@pytest.fixture
def assert_equal_renders() -> Callable[[Chart, Case], None]:
    return check_equal_renders


def check_equal_renders(chart: Chart, case: Case) -> None:
    """Assert that both real Helms print what the embedded engine prints, or refuse in the same way."""
    ours, again = (engines.render(embedded_engine(), chart, case, real=True) for _ in range(2))
    made_anew = ours.text != again.text
    for name in ("helm3", "helm4"):
        theirs = engines.render(real(name), chart, case, real=True)
        assert _essence(theirs.failure) == _essence(ours.failure), name
        assert _comparable(theirs.text, name, made_anew) == _comparable(ours.text, name, made_anew), name


def _comparable(text: str, name: str, made_anew: bool) -> str:
    """*text* less what may differ: certificates that are made at every render, and the place of webhook
    configurations, which Helm 3.17 installs in another order among kinds that it does not know."""
    if made_anew:
        text = re.sub(r"\b(LS0t[A-Za-z0-9+/=]{99,}|[0-9a-f]{64})", "…", text)
    if name == "helm3" and "WebhookConfiguration" in text:
        return "\n---\n".join(sorted(re.split(r"(?m)^---\n", text)))
    return text


def _essence(failure: Any) -> Any:
    """A failure without the words that differ between versions of Helm."""
    if failure is None:
        return None
    kept = {field: getattr(failure, field) for field in ("kind", "template", "line", "column", "includes")}
    return {**kept, "expression": failure.expression}


def masked(text: str) -> str:
    return re.sub(r"\b[0-9a-f]{8,}\b", "…", text)


def with_files(chart: Chart, **files: str) -> Chart:
    fresh = {f"{chart.name}/{path}": text.encode() for path, text in files.items()}
    return dataclasses.replace(chart, files={**chart.files, **fresh})
