"""What a run shares between its stages: settings, results, scratch folder and workers.

It holds no chart's files longer than it takes to hand them to the workers, so that a thousand
charts need no more memory than ten.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import pathlib
import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, as_completed
from dataclasses import dataclass
from typing import Generic, TypeVar, TypeVarTuple

from chartkit.findings.writer import UNMATCHED, Rules
from chartkit.helm import charts
from chartkit.helm.charts.dependency_sources import (
    NO_SOURCES,
    DependencySources,
    Downloads,
    helm_cache_folder,
)
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Severity
from chartkit.pipeline import worker_jobs
from chartkit.pipeline.records import CaseRecord, Settings
from chartkit.pipeline.result_cache import (
    Answer,
    ResultCache,
    answer_type,
    digest_of_run,
    name_of,
    open_results,
)
from chartkit.plan.chart_folders import siblings_of
from chartkit.plan.config import Config
from chartkit.plan.config.known_rules import rules_of
from chartkit.plan.discover import PlannedChart
from chartkit.system import cache
from chartkit.system.scratch import remove_left_behind, scratch_folder
from chartkit.system.worker_pool import UNTRIED, UNTRIED_KINDS, Bounds, Pool, WorkerFailure, given_up, is_late

Progress = Callable[[int, int, str], None]
"""Called with the number of cases done and of all, and the name of the one just done."""

Value = TypeVar("Value")
Arguments = TypeVarTuple("Arguments")
Job = Callable[[Settings, str, *Arguments], Value]
"""What a worker does for a chart: called with settings and the file that the chart is pickled in."""


@dataclass(frozen=True, slots=True)
class LoadedChart:
    """A chart of the run; *chart* has its files only until the next one is loaded.

    *file* is where workers find it whole, once there is work for them; *key* names what it is, and where.
    """

    planned: PlannedChart
    chart: Chart
    file: pathlib.Path
    key: str

    def light(self) -> LoadedChart:
        """The same without the files."""
        return dataclasses.replace(self, chart=dataclasses.replace(self.chart, files={}))


@dataclass(frozen=True, slots=True)
class CaseAnswer(Generic[Value]):
    """What came of the work on one case; *cached* where nothing had to be done."""

    loaded: LoadedChart
    case: Case
    value: Value | WorkerFailure
    cached: bool


@dataclass(frozen=True, slots=True)
class CaseOutcome:
    """A case, and what became of it; *cached* where nothing had to be done."""

    loaded: LoadedChart
    case: Case
    record: CaseRecord
    cached: bool

    @property
    def is_refused(self) -> bool:
        """Whether Helm refuses a case that is not meant to fail."""
        return self.record.failure is not None and self.case.scenario.fails is None

    @property
    def is_untried(self) -> bool:
        """Whether nothing is known of the case, as it was given up before it was tried."""
        return self.record.failure is not None and self.record.failure.kind in UNTRIED_KINDS


Work = list[tuple[LoadedChart, Case, Future[Answer[Value]]]]
"""The work on cases that is under way, in the order of the plan."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the stages of one run share; *key* names what all its results depend on.

    *rules* are those that are on, *every_rule* has the others, too.
    """

    config: Config
    every_rule: Rules
    rules: Rules
    settings: Settings
    key: str
    results: ResultCache
    scratch: pathlib.Path
    pool: Pool
    sources: DependencySources = NO_SOURCES

    @property
    def severities(self) -> Mapping[str, Severity]:
        """The rules that are on, with their severities."""
        return dict(self.settings.rules)

    @property
    def store(self) -> cache.Store:
        """Where workers put texts."""
        return self.results.store

    def load(self, planned: PlannedChart) -> tuple[LoadedChart | None, charts.Loaded]:
        """Read the chart of *planned*; with ``--update-dependencies``, what it lacks is fetched."""
        loaded = charts.load(planned.path, planned.shown, sources=self.sources)
        if loaded.missing and self.config.update_dependencies:
            from chartkit.helm.charts import fetch

            fetched = fetch.fetch(planned.path, loaded.missing, self.scratch, self.sources)
            loaded = charts.load(planned.path, planned.shown, fetched, self.sources)
        chart = loaded.chart
        if chart is None:
            return None, loaded
        key = cache.key(chart.digest, chart.path, sorted(chart.origins.items()))
        return LoadedChart(planned, chart, self.scratch / f"{key}.chart", key), loaded

    def load_each(
        self, planned: Iterable[PlannedChart]
    ) -> Iterator[tuple[PlannedChart, LoadedChart | None, charts.Loaded]]:
        """Read the charts of *planned* one after the other, as long as there is time."""
        for one in planned:
            if self.pool.gives_up():
                return
            yield one, *self.load(one)

    def start(
        self,
        job: Job[*Arguments, Value],
        loaded: LoadedChart,
        *arguments: *Arguments,
        seconds: float | None = None,
        group: str = "",
        depends_on: object = (),
    ) -> Future[Answer[Value]]:
        """Take the answer of *job* from the cache, or let a worker do it.

        It *depends on* nothing else but the chart and the *arguments*, and what the whole run does.
        """
        is_kept = self.results.outlives_run
        name = self.name_of(job, loaded, *arguments, depends_on=depends_on) if is_kept else ""

        def submit() -> Future[Value | WorkerFailure]:
            return self.submit(job, loaded, *arguments, seconds=seconds, group=group)

        return self.results.find_or_start(name, answer_type(job), submit)

    def name_of(
        self,
        job: Job[*Arguments, Value],
        loaded: LoadedChart,
        *arguments: *Arguments,
        depends_on: object = (),
    ) -> str:
        """The name of the answer of *job* in the cache."""
        return name_of(job, self.key, loaded.key, depends_on, arguments=arguments)

    def submit(
        self,
        job: Job[*Arguments, Value],
        loaded: LoadedChart,
        *arguments: *Arguments,
        seconds: float | None = None,
        group: str = "",
    ) -> Future[Value | WorkerFailure]:
        """Let a worker do *job*, for as many *seconds*; nothing is kept."""
        file = self.pack(loaded)
        return self.pool.submit(job, self.settings, file, *arguments, seconds=seconds, group=group)

    def start_uncached(
        self, job: Job[*Arguments, Value], loaded: LoadedChart, *arguments: *Arguments, group: str = ""
    ) -> Future[Answer[Value]]:
        """As `start`, but the answer is neither looked for nor kept."""
        work = self.submit(job, loaded, *arguments, group=group)
        return self.results.find_or_start("", answer_type(job), lambda: work)

    def pack(self, loaded: LoadedChart) -> str:
        """Where workers find the chart; it is read again when its files are let go already."""
        if not loaded.file.exists():
            chart = loaded.chart if loaded.chart.files else self.load(loaded.planned)[1].chart
            temporary = loaded.file.with_suffix(".part")
            temporary.write_bytes(pickle.dumps(chart, protocol=pickle.HIGHEST_PROTOCOL))
            temporary.replace(loaded.file)
        return str(loaded.file)


def finish(work: Work[Value], progress: Progress = lambda *_: None) -> list[CaseAnswer[Value]]:
    """What came of *work*, in its order, once all is there.

    It is as it would be with one worker: with several, cases end that one would not have tried.
    """
    cases = {future: case for _, case, future in work}
    for done, future in enumerate(as_completed(cases), 1):
        case = cases[future]
        progress(done, len(cases), f"{case.chart}/{case.scenario.name}")
    answers = [CaseAnswer(loaded, case, *future.result()) for loaded, case, future in work]
    late = given_up((answer.case.path, is_late(answer.value)) for answer in answers)
    return [
        dataclasses.replace(answer, value=UNTRIED) if too_late else answer
        for answer, too_late in zip(answers, late, strict=True)
    ]


@contextlib.contextmanager
def open_run(config: Config, pool: Pool | None = None) -> Iterator[Run]:
    """A run with its scratch folder and workers, which are gone when it is left.

    A *pool* that is given outlives the run.
    """
    every_rule, rules = rules_of(config)
    with contextlib.ExitStack() as stack:
        remove_left_behind()
        scratch = stack.enter_context(scratch_folder())
        results = open_results(config.cache_dir, scratch)
        settings = Settings(
            engine=config.engine,
            helm=config.helm,
            real=config.real,
            rules=tuple((name, rule.severity) for name, rule in rules.items()),
            policies=tuple(map(str, config.policies)),
            crds=_shared_crds(config, scratch),
            store=str(results.store.root),
            keeps=results.outlives_run,
            strict=config.strict or UNMATCHED in rules,
            golden=config.golden is not None and config.command_line is None,
            seconds=config.limits.seconds,
        )
        key = digest_of_run(settings, (rule.stamp for rule in rules.values()))
        workers = pool or stack.enter_context(_pool(config, settings))
        sources = _sources(config, results)
        yield Run(config, every_rule, rules, settings, key, results, scratch, workers, sources)
        if results.outlives_run:
            results.store.prune()


def _pool(config: Config, settings: Settings) -> Pool:
    bounds = Bounds(config.limits.seconds, config.limits.memory)
    preload = functools.partial(worker_jobs.preload, settings)
    return Pool(config.jobs, bounds, config.deadline, preload=preload)


def _sources(config: Config, results: ResultCache) -> DependencySources:
    store = results.store if results.outlives_run else None
    downloads = Downloads(store, helm_cache_folder(), asks=config.update_dependencies)
    return DependencySources(siblings_of(config), downloads)


def _shared_crds(config: Config, scratch: pathlib.Path) -> str:
    """The file in *scratch* with the CRDs that the configuration names; empty where it names none."""
    if not config.crds:
        return ""
    from chartkit.plan import crds

    file = scratch / "crds.json"
    file.write_text(json.dumps(crds.read(config.crds, config.shown)))
    return str(file)
