"""Small repositories, judged in this process, and where their findings are."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Iterator, Mapping, Sequence

import pytest

from chartkit.helm import charts, engines
from chartkit.model.case import SetValue
from chartkit.model.finding import Finding, merge, number_occurrences
from chartkit.model.place import Place
from chartkit.pipeline import worker_checks, worker_state
from chartkit.pipeline.records import Settings
from chartkit.plan import discover
from chartkit.plan.config import Flags, configure
from chartkit.rules import catalogue

CHART = "apiVersion: v2\nname: {}\nversion: 1.0.0\n"
RULES = ("field-", "label-", "list-", "yaml-", "annotations-", "render-", "object-")


def spot(place: Place | None) -> str:
    """``web/templates/a.yaml:3:5``, without what is not known."""
    parts = (place.file, place.line, place.column) if place else ()
    return ":".join(str(part) for part in parts if part)


@dataclasses.dataclass
class Repository:
    """A folder with charts; every chart that is named only by its files has a Chart.yaml."""

    root: pathlib.Path

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        for name in {name.split("/")[0] for name in files if "/" in name}:
            if not (self.root / name / "Chart.yaml").exists():
                (self.root / name / "Chart.yaml").write_text(CHART.format(name))

    def findings(self, path: str = "web", set_values: Sequence[str] = ()) -> tuple[Finding, ...]:
        """What is found in the chart at *path*, as a run says it."""
        return number_occurrences(merge(self._findings(path, [SetValue("set", each) for each in set_values])))

    def _findings(self, path: str, given: Sequence[SetValue]) -> Iterator[Finding]:
        rules = tuple(
            (name, rule.severity) for name, rule in catalogue.known(()).items() if name.startswith(RULES)
        )
        settings = Settings("embedded", None, False, rules, (), "", str(self.root / "store"))
        config = configure.read(cwd=self.root, environ={}, flags=Flags(set_values=tuple(given)))
        for planned in discover.plan(config, [path]).charts:
            chart = charts.load(planned.path, planned.shown).chart
            assert chart is not None
            for case in planned.cases:
                render = engines.render(worker_state.open_engine(settings), chart, case)
                yield from worker_checks.judge_render(settings, chart, case, render).findings

    def places(self, path: str = "web", set_values: Sequence[str] = ()) -> list[str]:
        """Each finding as `told`."""
        return [self.told(finding) for finding in self.findings(path, set_values)]

    @staticmethod
    def told(finding: Finding) -> str:
        """The place of a finding and how it came there: ``values.yaml:3:5 via a.yaml:1:3 < b.yaml:1:3``."""
        passed = f" via {spot(finding.display.passed_on)}" if finding.display.passed_on else ""
        return spot(finding.place) + passed + "".join(f" < {spot(place)}" for place in finding.includes)


@pytest.fixture
def repository(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    (tmp_path / "chartkit.yaml").write_text("defaults: {kube-versions: ['1.34']}\n")
    monkeypatch.chdir(tmp_path)
    return Repository(tmp_path)
