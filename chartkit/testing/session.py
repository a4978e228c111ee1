"""Charts that are rendered again and again: one worker, one configuration, and nothing rendered twice."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import pathlib
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chartkit.model.case import Case
from chartkit.model.render import Render
from chartkit.model.report import Report
from chartkit.plan import discover
from chartkit.plan.config import Config, Flags, configure
from chartkit.plan.config.entries import ChartSettings, CoverageConfig
from chartkit.plan.discover import Plan
from chartkit.testing.caller_errors import EndsAtCaller, in_folder, refusal_message
from chartkit.testing.chart import RenderedChart, RenderFailed
from chartkit.testing.open_chart import OpenChart, ReadChart, read_chart

if TYPE_CHECKING:
    from chartkit.pipeline.run import Run

__tracebackhide__ = True


class RenderSession:
    """Renders charts in *folder* (the working directory), to which all paths are relative.

    As a context manager it keeps its worker until it is left; outside of one, each render starts its own.
    Equal inputs are rendered once. A chart whose files change is read anew; the configuration is not.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None, flags: Flags | None = None) -> None:
        self.folder = pathlib.Path(os.path.abspath(folder or "."))  # noqa: PTH100  # links stay
        self._flags = flags
        self._kept = contextlib.ExitStack()
        self._entered = False
        self._run: Run | None = None
        self._charts: dict[str, ReadChart] = {}
        self._renders: dict[str, Render] = {}
        self._rendered: dict[tuple[str, Case], RenderedChart] = {}
        self._lock = threading.RLock()

    def __enter__(self) -> RenderSession:
        self._entered = True
        return self

    def __exit__(self, *_: object) -> None:
        self._entered, self._run = False, None
        self._charts.clear()
        self._kept.close()

    @functools.cached_property
    def configured(self) -> Config:
        """The configuration as it is written, less what flags and variables would leave out."""
        with EndsAtCaller():
            config = configure.read(self._flags, self.folder)
        return dataclasses.replace(
            config,
            jobs=1,
            deadline=None,
            scenario_names=(),
            overrides=ChartSettings(),
            is_upgrade=False,
            command_line=None,
        )

    @functools.cached_property
    def config(self) -> Config:
        """The configuration of single renders: golden files and coverage are about whole charts."""
        return dataclasses.replace(self.configured, golden=None, coverage=CoverageConfig())

    def chart(self, path: str | os.PathLike[str] | None = None) -> OpenChart:
        """The chart at *path*: a folder or an archive; without one, the only chart there is."""
        return OpenChart(self, None if path is None else os.fspath(path))

    def plan(self, *paths: str | os.PathLike[str]) -> Plan:
        """The charts that *paths* mean (none: all that are configured), with their cases."""
        with EndsAtCaller(), in_folder(self.folder):
            return discover.plan(self.config, [os.fspath(path) for path in paths])

    def open(self, path: str) -> ReadChart:
        """The chart at *path* as it is now."""
        with self.running() as run:
            known = self._charts.get(path)
            if known is None or not known.is_current:
                self._charts[path] = known = read_chart(run, path)
            return known

    def render(self, path: str, case: Case) -> RenderedChart:
        """*case* of the chart at *path*; raises `RenderFailed`."""
        from chartkit.pipeline import render as rendering
        from chartkit.pipeline.worker_jobs import render_case

        with self.running() as run:
            opened = self.open(path)
            if opened.refusal is not None:
                raise RenderFailed(refusal_message(case, opened.refusal, lambda _: case.path), opened.refusal)
            assert opened.loaded
            name = run.name_of(render_case, opened.loaded, case)
            if name not in self._renders:
                self._renders[name] = rendering.rendered(run, opened.loaded, case)
            failure = self._renders[name].failure
            if failure is not None:
                raise RenderFailed(refusal_message(case, failure, opened.loaded.chart.origin), failure)
        return self._rendered.setdefault(
            (name, case), RenderedChart(case, self._renders[name], self.config, self.judge)
        )

    def judge(self, case: Case) -> Report:
        """What ``chartkit check`` says of *case*, golden files and other charts apart."""
        from chartkit.pipeline import stages
        from chartkit.pipeline.scope import RunScope

        with self.running() as run:
            planned = dataclasses.replace(self.open(case.path).planned, cases=(case,))
            return stages.check_charts(run, RunScope(Plan((planned,))))

    @contextlib.contextmanager
    def running(self) -> Iterator[Run]:
        """The run of this session, or where it is not entered one for the time being."""
        from chartkit.pipeline.run import open_run

        with self._lock, EndsAtCaller(), in_folder(self.folder):
            if self._run is not None:
                yield self._run
            elif self._entered:
                self._run = self._kept.enter_context(open_run(self.config))
                yield self._run
            else:
                with open_run(self.config) as run:
                    self._run = run
                    try:
                        yield run
                    finally:
                        self._run = None
                        self._charts.clear()
