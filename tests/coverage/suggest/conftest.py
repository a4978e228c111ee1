"""Charts made of text, and what is suggested for them."""

from __future__ import annotations

import dataclasses
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from chartkit.coverage import suggest
from chartkit.coverage.suggest import Advice, Suggestion
from chartkit.helm import engines
from chartkit.helm.embedded import Embedded
from chartkit.model.case import Case, Chart, Scenario
from chartkit.source_map.trace import blocks, trace

CHART_YAML = "apiVersion: v2\nname: web\nversion: 1.0.0\n"
ROOT = ("Chart.yaml", "values.yaml", "values.schema.json")


@functools.cache
def embedded() -> Embedded:
    return Embedded()


def chart_of(files: Mapping[str, str]) -> Chart:
    """A chart of *files*, named from its root; a bare ``a.yaml`` is a template."""
    full = {
        f"web/{name if '/' in name or name in ROOT else f'templates/{name}'}": text.encode()
        for name, text in {"Chart.yaml": CHART_YAML, **files}.items()
    }
    return Chart("web", "web", "1.0.0", "", "v2", "application", "", (), full, {}, "")


@dataclass(frozen=True)
class Advised:
    chart: Chart
    case: Case
    advice: Advice

    @property
    def scenarios(self) -> list[dict[str, Any]]:
        return [dict(one.scenario) for one in self.advice.suggestions]

    @property
    def reasons(self) -> list[str]:
        return [one.reason for one in self.advice.unreached]

    @property
    def left(self) -> list[tuple[str, int]]:
        """The kind and line of each block that no scenario is suggested for."""
        known = blocks(self.chart)
        return [(known[one.block].kind, known[one.block].line) for one in self.advice.unreached]

    def case_of(self, one: Suggestion) -> Case:
        """The case that a suggestion makes, by hand."""
        said = dict(one.scenario)
        scenario = dataclasses.replace(
            self.case.scenario,
            name=one.name,
            values=json.dumps(said["values"]) if "values" in said else "",
            is_upgrade=said.get("upgrade", False),
            namespace=said.get("namespace", "default"),
            release=said.get("release", "release-name"),
            api_versions=tuple(said.get("api-versions", ())),
        )
        version = said.get("kube-versions", [self.case.kube_version])[0]
        return dataclasses.replace(self.case, scenario=scenario, kube_version=f"{version}.0"[:6])

    def reached(self) -> set[int]:
        """What the suggested scenarios really run, by their source maps."""
        found: set[int] = set()
        for one in self.advice.suggestions:
            case = self.case_of(one)
            render = engines.render(embedded(), self.chart, case)
            if "fails" not in one.scenario:
                assert render.failure is None, render.failure
            found |= set(trace(embedded(), self.chart, case, render, counts=True).counts)
        return found


Advise = Callable[..., Advised]


def advise_files(files: Mapping[str, str], **options: Any) -> Advised:
    """What is suggested for a chart of *files* that has nothing but its defaults."""
    chart = chart_of(files)
    case = Case("web", "web", Scenario("default"), "1.33.0")
    return Advised(chart, case, suggest.suggest(embedded(), chart, [case], **options))


@pytest.fixture
def advise() -> Advise:
    return advise_files
