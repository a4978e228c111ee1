"""A chart that is rendered with one set of inputs after the other."""

from __future__ import annotations

import dataclasses
import functools
import os
import pathlib
import re
from typing import TYPE_CHECKING, Any, Final, Unpack

from chartkit.model.case import Case, Chart
from chartkit.model.errors import ConfigError
from chartkit.model.render import Failure
from chartkit.plan.discover import PlannedChart
from chartkit.system.did_you_mean import suggestion
from chartkit.system.paths import shown
from chartkit.system.terminal import visible
from chartkit.testing import inputs as asked
from chartkit.testing.chart import RenderedChart, RenderFailed
from chartkit.testing.edges import Told
from chartkit.testing.inputs import Inputs

if TYPE_CHECKING:
    from chartkit.testing.opened import Opened
    from chartkit.testing.session import RenderSession

__tracebackhide__ = True

_DEFAULT: Final = "default"


class OpenChart:
    """A chart to be rendered with one set of inputs after the other."""

    def __init__(self, session: RenderSession, path: str | None) -> None:
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
            with Told():
                raise ConfigError(message, hint)
        return charts[0].shown

    @property
    def name(self) -> str:
        return self._opened.planned.name

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
        return tuple(dict.fromkeys(case.scenario.name for case in self._opened.planned.cases))

    def render(self, **inputs: Unpack[Inputs]) -> RenderedChart:
        """What Helm makes of it with these `Inputs`; raises `RenderFailed` where Helm refuses it."""
        asked.check_names(inputs)
        with Told():
            return self._session.render(self.path, self._case(inputs))

    def refuses(self, match: str | None = None, **inputs: Unpack[Inputs]) -> Failure:
        """Fail unless Helm refuses it with a message in which the regular expression *match* is found.

        Without one it is what the scenario's ``fails`` says, else any message. Gives what Helm says.
        """
        asked.check_names(inputs)
        case = self._case(inputs)
        wanted = match if match is not None else case.scenario.fails or ""
        try:
            with Told():
                rendered = self._session.render(self.path, case)
        except RenderFailed as refusal:
            if re.search(wanted, refusal.failure.text):
                return refusal.failure
            message = f"Helm refuses it, but not with a message that matches {wanted!r}:\n{refusal}"
            raise AssertionError(message) from None
        expected = f" with a message that matches {wanted!r}" if wanted else ""
        raise AssertionError(f"{rendered.id} renders, expected Helm to refuse it{expected}")

    @property
    def _opened(self) -> Opened:
        with Told():
            return self._session.open(self.path)

    @property
    def _chart(self) -> Chart:
        opened = self._opened
        if opened.loaded is None:
            raise _refused(opened)
        return opened.loaded.chart

    def _case(self, inputs: Inputs) -> Case:
        opened = self._opened
        planned = opened.planned
        with Told():
            chosen = _chosen(planned, inputs)
            if chosen is None:
                raise _refused(opened)
            home = planned.path if planned.path.is_dir() else planned.path.parent
            scenario = asked.changed(chosen.scenario, inputs, home, self._session.config)
            return dataclasses.replace(chosen, scenario=scenario)


def _refused(opened: Opened) -> RenderFailed:
    assert opened.refusal
    return RenderFailed(visible(opened.refusal.message), opened.refusal)


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
        lost = [hit.message for hit in planned.hits if f"scenario {name!r}" in hit.message]
        message = f"chart {planned.shown!r} has no scenario {name!r}"
        raise ConfigError("; ".join(lost) or message, "" if lost else hint)
    newest = fitting[-1]
    exact = next((case for case in fitting if case.kube_version == version), None)
    return exact or dataclasses.replace(newest, kube_version=version or newest.kube_version)
