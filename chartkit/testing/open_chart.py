"""A chart that is rendered with one set of inputs after the other."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, Unpack

from chartkit.model.case import Case, Chart
from chartkit.model.errors import ChartkitError, ConfigError
from chartkit.model.render import Failure
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan, PlannedChart
from chartkit.system.did_you_mean import suggestion
from chartkit.system.paths import shown
from chartkit.system.terminal import visible
from chartkit.testing import inputs as asked
from chartkit.testing.caller_errors import EndsAtCaller
from chartkit.testing.chart import RenderedChart, RenderFailed
from chartkit.testing.inputs import Inputs

if TYPE_CHECKING:
    from chartkit.pipeline.run import LoadedChart, Run

__tracebackhide__ = True

_DEFAULT: Final = "default"


Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class ReadChart:
    """A chart with its cases as it was read, and whether its files still are what they were.

    *loaded* is None where it cannot be read, *refusal* is why it is not rendered.
    """

    planned: PlannedChart
    loaded: LoadedChart | None
    refusal: Failure | None
    stamp: Stamp = ()

    @property
    def is_current(self) -> bool:
        """Whether none of its files has changed."""
        return self.stamp == _stamp(self)


class Renderer(Protocol):
    """What renders an `OpenChart`: a `RenderSession`."""

    folder: pathlib.Path

    @property
    def config(self) -> Config: ...

    def chart(self, path: str | os.PathLike[str] | None = None) -> OpenChart: ...

    def plan(self, *paths: str | os.PathLike[str]) -> Plan: ...

    def open(self, path: str) -> ReadChart: ...

    def render(self, path: str, case: Case) -> RenderedChart: ...


class OpenChart:
    """A chart to be rendered with one set of inputs after the other."""

    def __init__(self, session: Renderer, path: str | None) -> None:
        self._session = session
        self._named = path

    def __call__(self, path: str | os.PathLike[str]) -> OpenChart:
        """Another chart."""
        return self._session.chart(path)

    def __repr__(self) -> str:
        return visible(f"<chart {self._named or 'of this repository'}>")

    @functools.cached_property
    def path(self) -> str:
        """Its folder or archive, as reports show it."""
        if self._named is not None:
            folder = self._session.folder
            return shown(pathlib.Path(os.path.normpath(folder / self._named)), folder)
        charts = self._session.plan().charts
        if len(charts) != 1:
            found = ", ".join(chart.shown for chart in charts)
            message = f"there are {len(charts)} charts, and none was named: {found}"
            hint = "mark the test with @pytest.mark.chart('PATH'), or call chart('PATH')"
            with EndsAtCaller():
                raise ConfigError(message, hint)
        return charts[0].shown

    @property
    def name(self) -> str:
        return self._read.planned.name

    @property
    def version(self) -> str:
        return self._chart.version

    @property
    def app_version(self) -> str:
        return self._chart.app_version

    @property
    def values(self) -> dict[str, Any]:
        """Its own defaults: what Kubernetes would read in values.yaml."""
        from chartkit.syntax.yaml import kube_yaml

        chart = self._chart
        text = chart.files.get(f"{chart.name}/values.yaml", b"").decode("utf-8-sig", "replace")
        return dict(kube_yaml.parse(text) or {})

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The names of its scenarios, those that must fail among them."""
        return tuple(dict.fromkeys(case.scenario.name for case in self._read.planned.cases))

    def render(self, **inputs: Unpack[Inputs]) -> RenderedChart:
        """What Helm makes of it with these `Inputs`; raises `RenderFailed` where Helm refuses it."""
        asked.check_names(inputs)
        with EndsAtCaller():
            return self._session.render(self.path, self._case(inputs))

    def refuses(self, match: str | None = None, **inputs: Unpack[Inputs]) -> Failure:
        """Fail unless Helm refuses it with a message in which the regular expression *match* is found.

        Without one it is what the scenario's ``fails`` says, else any message. Gives what Helm says.
        """
        asked.check_names(inputs)
        case = self._case(inputs)
        wanted = match if match is not None else case.scenario.fails or ""
        try:
            with EndsAtCaller():
                rendered = self._session.render(self.path, case)
        except RenderFailed as refusal:
            if re.search(wanted, refusal.failure.text):
                return refusal.failure
            message = f"Helm refuses it, but not with a message that matches {wanted!r}:\n{refusal}"
            raise AssertionError(message) from None
        expected = f" with a message that matches {wanted!r}" if wanted else ""
        raise AssertionError(f"{rendered.id} renders, expected Helm to refuse it{expected}")

    @property
    def _read(self) -> ReadChart:
        with EndsAtCaller():
            return self._session.open(self.path)

    @property
    def _chart(self) -> Chart:
        chart = self._read
        if chart.loaded is None:
            raise _refused(chart)
        return chart.loaded.chart

    def _case(self, inputs: Inputs) -> Case:
        chart = self._read
        planned = chart.planned
        with EndsAtCaller():
            chosen = _chosen(planned, inputs)
            if chosen is None:
                raise _refused(chart)
            home = planned.path if planned.path.is_dir() else planned.path.parent
            scenario = asked.changed(chosen.scenario, inputs, home, self._session.config)
            return dataclasses.replace(chosen, scenario=scenario)


def _refused(chart: ReadChart) -> RenderFailed:
    assert chart.refusal
    return RenderFailed(visible(chart.refusal.message), chart.refusal)


def _chosen(planned: PlannedChart, inputs: Inputs) -> Case | None:
    """The case to begin with: the scenario and version that are asked for, else ``default`` on the newest.

    None where the chart has no scenario at all.
    """
    if not planned.cases:
        return None
    name, version = inputs.get("scenario", _DEFAULT), asked.wanted_version(inputs)
    fitting = [case for case in planned.cases if case.scenario.name == name]
    if not fitting:
        names = list(dict.fromkeys(case.scenario.name for case in planned.cases))
        hint = suggestion(name, names) or f"use one of its {len(names)} scenarios"
        reasons = [hit.message for hit in planned.hits if f"scenario {name!r}" in hit.message]
        message = f"chart {planned.shown!r} has no scenario {name!r}"
        raise ConfigError("; ".join(reasons) or message, "" if reasons else hint)
    newest = fitting[-1]
    exact = next((case for case in fitting if case.kube_version == version), None)
    return exact or dataclasses.replace(newest, kube_version=version or newest.kube_version)


def read_chart(run: Run, path: str) -> ReadChart:
    """Read the one chart at *path*; raises ChartkitError where there is none, or several."""
    from chartkit.pipeline import render

    plan = discover.plan(run.config, [path])
    if len(plan.charts) != 1:
        found = ", ".join(chart.shown for chart in plan.charts)
        raise ChartkitError(f"{path!r} holds {len(plan.charts)} charts: {found}", "name one of them")
    planned = plan.charts[0]
    loaded, report = run.load(planned)
    refusal = render.refused(planned, report)
    chart = ReadChart(planned, loaded, refusal)
    return dataclasses.replace(chart, stamp=_stamp(chart))


def _stamp(chart: ReadChart) -> Stamp:
    """What changes when a file of the chart does, or one comes or goes."""
    files = set(chart.loaded.chart.origins.values()) if chart.loaded else set()
    roots = {chart.planned.path, chart.planned.path / "ci"}
    paths = {*files, *(os.path.dirname(file) for file in files), *map(str, roots)}  # noqa: PTH120
    return tuple(sorted(filter(None, map(_stamp_of, paths))))


def _stamp_of(path: str) -> tuple[str, int, int] | None:
    try:
        stat = os.stat(path or ".")  # noqa: PTH116
    except OSError:
        return None
    return path, stat.st_mtime_ns, stat.st_size
