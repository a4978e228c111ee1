"""What a run shares between its stages: settings, store, scratch folder and workers.

It holds no chart's files longer than it takes to hand them to the workers, so that a thousand
charts need no more memory than ten.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import os
import pathlib
import pickle
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from chartkit.findings.judge_chart import judge_outcome
from chartkit.findings.writer import UNMATCHED, Rules
from chartkit.helm import charts
from chartkit.helm.charts.dependency_sources import (
    NO_SOURCES,
    DependencySources,
    Downloads,
    helm_cache_folder,
)
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.render import Failure, Render
from chartkit.pipeline import cache_keys, codec, untried
from chartkit.pipeline.records import Drift, Record, Said, Settings
from chartkit.plan.chart_folders import siblings_of
from chartkit.plan.config import Config
from chartkit.plan.config.known_rules import rules_of
from chartkit.plan.discover import PlannedChart
from chartkit.source_map.values.include_stack import Span
from chartkit.system import cache, replay
from chartkit.system.worker_pool import Bounds, Lost, Pool

_HINTS: Final = {
    "timeout": "find the loop, or raise limits.seconds in chartkit.yaml if the chart is slow on purpose",
    "memory": "find what grows, or raise limits.memory in chartkit.yaml if the chart is large on purpose",
}

Progress = Callable[[int, int, str], None]
"""Called with the number of cases done and of all, and the name of the one just done."""

_A_DAY: Final = 24 * 3600

Value = TypeVar("Value")
Answer = tuple[Value | Lost, bool]
"""What came of a piece of work, and whether the cache had it."""


@dataclass(frozen=True, slots=True)
class LoadedChart:
    """A chart of the run; *chart* has its files only until the next one is loaded.

    *file* is where workers find it whole, once one of its cases has to be rendered.
    """

    planned: PlannedChart
    chart: Chart
    file: pathlib.Path

    def light(self) -> LoadedChart:
        """The same without the files."""
        return dataclasses.replace(self, chart=dataclasses.replace(self.chart, files={}))


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case, and what became of it; *cached* where nothing had to be done."""

    loaded: LoadedChart
    case: Case
    record: Record
    cached: bool

    @property
    def is_refused(self) -> bool:
        """Whether Helm refuses a case that is not meant to fail."""
        return self.record.failure is not None and self.case.scenario.fails is None

    @property
    def is_untried(self) -> bool:
        """Whether nothing is known of the case, as it was given up before it was tried."""
        return self.record.failure is not None and self.record.failure.kind in untried.REASONS

    @property
    def is_late(self) -> bool:
        """Whether the case used up its time."""
        return self.record.failure is not None and self.record.failure.kind == "timeout"


@dataclass(frozen=True, slots=True)
class Run:
    """What the stages of one run share.

    *shared* is a digest of what all its results depend on, *keeps* whether they outlive the run.
    """

    config: Config
    rules: Rules
    settings: Settings
    shared: str
    store: cache.Store
    keeps: bool
    scratch: pathlib.Path
    pool: Pool
    sources: DependencySources = NO_SOURCES

    @property
    def severities(self) -> Mapping[str, Severity]:
        """The rules that are on, with their severities."""
        return dict(self.settings.rules)

    def load(self, planned: PlannedChart) -> tuple[LoadedChart | None, charts.Loaded]:
        """Read the chart of *planned*; with ``--update-dependencies``, what it lacks is fetched."""
        loaded = charts.load(planned.path, planned.shown, sources=self.sources)
        if loaded.missing and self.config.update_dependencies:
            from chartkit.helm.charts import fetch

            fetched = fetch.fetch(planned.path, loaded.missing, self.scratch, self.sources)
            loaded = charts.load(planned.path, planned.shown, fetched, self.sources)
        if loaded.chart is None:
            return None, loaded
        file = self.scratch / f"{loaded.chart.digest}-{cache.digest(os.fsencode(planned.shown))}.chart"
        return LoadedChart(planned, loaded.chart, file), loaded

    def start(self, loaded: LoadedChart, case: Case, group: str = "") -> Future[Answer[Record]]:
        """Take *case* from the cache, or hand it to the workers; its *group* is else that of its chart."""
        name = self._name(loaded, case)
        submit = functools.partial(self._submit, "check_case", loaded, case, group=group or case.path)
        return self._through_cache(name, Record, submit)

    def start_files(self, loaded: LoadedChart) -> Future[Answer[Said]]:
        """Judge the files of a chart, and the values files of its cases."""
        cases = loaded.planned.cases
        name = cache_keys.of_files(self.shared, loaded.chart, cases)
        return self._through_cache(
            name, Said, functools.partial(self._submit, "judge_chart_files", loaded, cases)
        )

    def start_foreign(self, outcome: Outcome, crds: tuple[str, ...]) -> Future[Answer[Said]]:
        """Judge those objects of *outcome* that *crds* (names in the store) define."""
        rendered, loaded, case = outcome.record.rendered, outcome.loaded, outcome.case
        name = cache.key("foreign", self._name(loaded, case), rendered.text, crds)
        return self._through_cache(
            name, Said, functools.partial(self._submit, "judge_foreign", loaded, case, rendered, crds)
        )

    def start_job(
        self,
        name: str,
        kind: type[Value],
        function: str,
        loaded: LoadedChart,
        *arguments: Any,
        seconds: float | None = None,
        group: str = "",
    ) -> Future[Answer[Value]]:
        """Take what the cache has as *name*, else let a worker call *function* (``module:function``)."""

        def submit() -> Future[Any]:
            return self.submit(function, loaded, *arguments, seconds=seconds, group=group)

        return self._through_cache(name, kind, submit)

    def start_drift(self, outcome: Outcome, golden: str) -> Future[Answer[Drift]]:
        """Find the template lines behind what *outcome* has other than *golden*."""
        rendered, loaded = outcome.record.printed or outcome.record.rendered, outcome.loaded
        case = dataclasses.replace(outcome.case, served=None)
        of_golden = cache.digest(golden.encode("utf-8", "surrogateescape"))
        masks = self.config.golden_masks
        of_masks = [(mask.resource, mask.path) for mask in masks]
        name = cache.key("drift", self._name(loaded, case), rendered.text, of_golden, of_masks)
        return self._through_cache(
            name, Drift, functools.partial(self._submit, "place_drift", loaded, case, rendered, golden, masks)
        )

    def submit(
        self,
        function: str,
        loaded: LoadedChart,
        *arguments: Any,
        seconds: float | None = None,
        group: str = "",
    ) -> Future[Any]:
        """Let a worker call *function* (``module:function``), for as many *seconds*; nothing is kept."""
        chart = self._settings(loaded), self._packed(loaded)
        return self.pool.submit(function, *chart, *arguments, seconds=seconds, group=group)

    def start_render(self, loaded: LoadedChart, case: Case, group: str = "") -> Future[Render | Lost]:
        """Render *case* and nothing else."""
        return self._submit("render_case", loaded, case, group=group)

    def start_release(
        self, outcomes: list[Outcome], absent: tuple[str, ...], told: frozenset[str]
    ) -> Future[Answer[Said]]:
        """Judge the renders of *outcomes* together, for what is to say of the charts *told*."""
        rendered = [(self._name(each.loaded, each.case), each.record.rendered) for each in outcomes]
        name = cache.key("release", codec.encode(tuple(rendered)), absent, sorted(told))

        def submit() -> Future[Any]:
            parts = tuple((self._packed(each.loaded), each.case, each.record.rendered) for each in outcomes)
            return self.pool.submit(
                "chartkit.pipeline.worker_jobs:check_release", self.settings, parts, absent, told
            )

        return self._through_cache(name, Said, submit)

    def _submit(self, function: str, loaded: LoadedChart, *arguments: Any, group: str = "") -> Future[Any]:
        return self.submit(f"chartkit.pipeline.worker_jobs:{function}", loaded, *arguments, group=group)

    def _settings(self, loaded: LoadedChart) -> Settings:
        """The settings of jobs on a chart: of the changed lines, its own."""
        if not self.settings.changed:
            return self.settings
        mine = set(loaded.chart.origins.values())
        changed = tuple(span for span in self.settings.changed if span[0] in mine)
        return dataclasses.replace(self.settings, changed=changed)

    def _name(self, loaded: LoadedChart, case: Case) -> str:
        return cache_keys.of_case(self.shared, loaded.chart, case, self._settings(loaded).changed)

    def _packed(self, loaded: LoadedChart) -> str:
        """Where workers find the chart; it is read again when its files are let go already."""
        if not loaded.file.exists():
            chart = loaded.chart if loaded.chart.files else self.load(loaded.planned)[1].chart
            temporary = loaded.file.with_suffix(".part")
            temporary.write_bytes(pickle.dumps(chart, protocol=pickle.HIGHEST_PROTOCOL))
            temporary.replace(loaded.file)
        return str(loaded.file)

    def _through_cache(
        self, name: str, kind: type[Value], submit: Callable[[], Future[Any]]
    ) -> Future[Answer[Value]]:
        if (kept := self._recorded(name, kind)) is not None:
            future: Future[Answer[Value]] = Future()
            future.set_result((kept, True))
            return future
        return self._keeping(name, submit())

    def _keeping(self, name: str, work: Future[Any]) -> Future[Answer[Any]]:
        future: Future[Answer[Any]] = Future()

        def finish(done: Future[Any]) -> None:
            if done.cancelled():
                future.cancel()
            elif error := done.exception():
                future.set_exception(error)
            else:
                if self.keeps and not isinstance(done.result(), Lost):
                    self.store.put_json(name, codec.encode(done.result()))
                future.set_result((done.result(), False))

        work.add_done_callback(finish)
        return future

    def lost_render(self, lost: Lost) -> Render:
        """What stands for the render of such a case."""
        failure = Failure(lost.kind, lost.message, lost.message, hint=_HINTS.get(lost.kind, ""))
        return Render("", self.settings.engine, failure=failure)

    def lost(self, loaded: LoadedChart, case: Case, lost: Lost) -> Record:
        """The record of a case that took its worker with it, or more time than it may, or was not tried."""
        if lost.kind in untried.REASONS:
            return untried.record(case, lost.kind)
        render = self.lost_render(lost)
        said = list(judge_outcome(loaded.chart, case, render, (), self.rules, strict=self.settings.strict))
        return Record(
            text="",
            failure=render.failure,
            frozen=False,
            objects=0,
            findings=tuple(item for item in said if isinstance(item, Finding)),
            not_judged=tuple(item for item in said if isinstance(item, NotJudged)),
            unmatched=(),
            crds=(),
        )

    def _recorded(self, name: str, kind: type[Value]) -> Value | None:
        if not self.keeps or (data := self.store.get_json(name)) is None:
            return None
        try:
            record = codec.decode(kind, data)
        except (ValueError, TypeError, KeyError):
            return None
        return record if all(self.store.get(name) is not None for name in cache_keys.texts(record)) else None


@contextlib.contextmanager
def open_run(config: Config, changed: tuple[Span, ...] = ()) -> Iterator[Run]:
    """A run with its scratch folder and workers, which are gone when it is left.

    *changed* are the lines that the change under review touches.
    """
    _, rules = rules_of(config)
    with contextlib.ExitStack() as stack:
        with replay.unnoticed():
            _clear_up()
        folder = tempfile.TemporaryDirectory(prefix=replay.SCRATCH, ignore_cleanup_errors=True)
        scratch = pathlib.Path(stack.enter_context(folder))
        store, keeps = _open_store(config, scratch)
        pool = Pool(config.jobs, Bounds(config.limits.seconds, config.limits.memory), config.deadline)
        settings = Settings(
            engine=config.engine,
            helm=config.helm,
            real=config.real,
            rules=tuple((name, rule.severity) for name, rule in rules.items()),
            policies=tuple(map(str, config.policies)),
            crds=_shared_crds(config, scratch),
            store=str(store.root),
            strict=config.strict or UNMATCHED in rules,
            golden=config.golden is not None and config.command_line is None,
            seconds=config.limits.seconds,
            changed=changed,
        )
        shared = cache_keys.of_run(settings, rules)
        sources = _dependency_sources(config, store if keeps else None)
        yield Run(config, rules, settings, shared, store, keeps, scratch, stack.enter_context(pool), sources)
        store.prune()


def _dependency_sources(config: Config, store: cache.Store | None) -> DependencySources:
    downloads = Downloads(store, helm_cache_folder(), asks=config.update_dependencies)
    return DependencySources(siblings_of(config), downloads)


def _clear_up() -> None:
    """Remove the scratch folders of runs that were killed a day ago or earlier."""
    for folder in pathlib.Path(tempfile.gettempdir()).glob(f"{replay.SCRATCH}*"):
        with contextlib.suppress(OSError):
            if time.time() - folder.stat().st_mtime > _A_DAY:
                shutil.rmtree(folder)


def _open_store(config: Config, scratch: pathlib.Path) -> tuple[cache.Store, bool]:
    """Where results go, and whether they outlive the run: not where the cache cannot be written."""
    if config.cache_dir is not None:
        store = cache.Store(config.cache_dir)
        if store.is_writable():
            return store, True
    return cache.Store(scratch / "store"), False


def _shared_crds(config: Config, scratch: pathlib.Path) -> str:
    """The file in *scratch* with the CRDs that the configuration names; empty where it names none."""
    if not config.crds:
        return ""
    from chartkit.plan import crds

    file = scratch / "crds.json"
    file.write_text(json.dumps(crds.read(config.crds, config.shown)))
    return str(file)
