"""Charts made of text, and what is measured of them."""

from __future__ import annotations

import dataclasses
import functools
import json
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from chartkit.coverage import values as values_coverage
from chartkit.coverage.values import ValuesCoverage
from chartkit.coverage.values.keys import dotted
from chartkit.helm import engines
from chartkit.model.case import Case, Chart, Dependency, Scenario
from chartkit.model.place import Place

CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"


@functools.cache
def engine() -> engines.Engine:
    return engines.open_engine("embedded")


def chart_of(files: Mapping[str, str]) -> Chart:
    """A chart of *files*, named from its root; one without Chart.yaml is called web."""
    texts = {"Chart.yaml": CHART_YAML, **{name: textwrap.dedent(text) for name, text in files.items()}}
    needed = re.findall(r"- name: (\S+)", texts["Chart.yaml"])
    return Chart(
        name="web",
        path="charts/web",
        version="1.0.0",
        app_version="",
        api_version="v2",
        type="",
        kube_version="",
        dependencies=tuple(Dependency(name, "1.0.0", "", Place("Chart.yaml")) for name in needed),
        files={f"web/{name}": text.encode() for name, text in texts.items()},
        origins={f"web/{name}": name for name in texts},
        digest="",
    )


def measured(
    files: Mapping[str, str], scenarios: Mapping[str, Any] | None = None, **options: Any
) -> ValuesCoverage:
    """The values coverage of *files*; *scenarios* are values by name, else there is one with the defaults."""
    chart = dataclasses.replace(chart_of(files), type=options.pop("type", ""))
    given = {"default": {}} if scenarios is None else scenarios
    cases = [
        Case("web", "charts/web", Scenario(name, values=json.dumps(values)), "1.33.0")
        for name, values in given.items()
    ]
    return values_coverage.measure(engine(), chart, cases, **options)


def statuses(coverage: ValuesCoverage) -> dict[str, str]:
    return {dotted(entry.path): entry.status.value for entry in coverage.entries}


@pytest.fixture(scope="session")
def measure() -> Callable[..., ValuesCoverage]:
    return measured


@pytest.fixture(scope="session")
def status_of() -> Callable[..., dict[str, str]]:
    """What is said of each key of the files given."""
    return lambda *args, **options: statuses(measured(*args, **options))
