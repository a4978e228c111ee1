"""`chartkit coverage`: every case measured in the workers, and the sum of it all."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from chartkit.coverage import totals
from chartkit.coverage.totals import CaseCounts, ChartCounts, owners
from chartkit.findings.writer import FindingWriter, placeholder_chart
from chartkit.model.case import Case
from chartkit.model.chart_file import is_packed, text
from chartkit.model.coverage import ChartCoverage, Coverage, Remark, ScenarioRef
from chartkit.model.errors import ConfigError, Unfinished
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.pipeline import coverage_worker
from chartkit.pipeline.coverage_worker import Blocks
from chartkit.pipeline.records import COVERAGE_TOO_LOW
from chartkit.pipeline.result_cache import Answer
from chartkit.pipeline.run import LoadedChart, Progress, Run, Work, finish, open_run
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.config.entries import CoverageConfig
from chartkit.plan.discover import Plan
from chartkit.syntax.semver import abbreviated
from chartkit.system.worker_pool import WorkerFailure


@dataclass(slots=True)
class Measuring:
    """A chart whose cases are under way; of its *counts*, blocks and cases are still to come."""

    loaded: LoadedChart
    counts: ChartCounts
    blocks: Future[Answer[Blocks]]
    cases: Work[CaseCounts]

    def counted(self) -> Iterator[tuple[Case, CaseCounts]]:
        """The cases that came to an end, once they are there."""
        for answer in finish(self.cases):
            if not isinstance(answer.value, WorkerFailure):
                yield answer.case, answer.value


def configured(config: Config, fail_under: float | None, *, vendored: bool | None) -> Config:
    """*config* with what flags say; a part of the cases is not held to a threshold."""
    narrowed = config.is_narrowed
    if narrowed and fail_under is not None:
        raise ConfigError(
            "--fail-under: only a part of the cases is run, which says little of what all of them cover",
            "leave out --scenario and --kube-version",
        )
    limit = config.coverage.fail_under if fail_under is None else fail_under
    counted = config.coverage.vendored if vendored is None else vendored
    asked = CoverageConfig(None if narrowed else limit, counted)
    return dataclasses.replace(config, coverage=asked)


Then = Callable[[Run, Sequence[Measuring], Coverage, Progress], None]
"""What is asked of the workers besides, once all is measured."""


def measure(
    config: Config,
    paths: Sequence[str] = (),
    progress: Progress = lambda *_: None,
    then: Then = lambda *_: None,
) -> Coverage:
    """The coverage of the templates of the charts at *paths* (none: all) by their scenarios.

    Raises Unfinished where the run's time is up: what a part of the cases covers is no answer.
    """
    plan = discover.plan(config, paths)
    remarks: list[Remark] = [Remark(one.what, one.reason) for one in plan.not_judged]
    started: list[Measuring] = []
    with open_run(config) as run:
        for planned, loaded, read in run.load_each(plan.charts):
            progress(0, len(plan.cases), f"reading {planned.shown}")
            remarks += (Remark(f"chart {planned.shown}", hit.message) for hit in read.withheld)
            if loaded is None:
                remarks.append(Remark(f"chart {planned.shown}", "it cannot be read: run `chartkit check`"))
            elif planned.cases:
                remarks += _packed(config, loaded)
                started.append(start(run, loaded, planned.cases))
        finish([case for each in started for case in each.cases], progress)
        found = sum_up(config, plan, started, remarks)
        then(run, started, found, progress)
        if run.pool.overdue:
            raise Unfinished(config.timeout)
        return found


def _packed(config: Config, loaded: LoadedChart) -> Iterator[Remark]:
    """The packed subcharts that are not counted."""
    if not config.coverage.vendored:
        every = owners(loaded.chart, vendored=True).values()
        for path in dict.fromkeys(owner.path for owner in every if owner.kind == "vendored"):
            yield Remark(path, "packed subcharts count with --vendored only")


def start(run: Run, loaded: LoadedChart, cases: Iterable[Case]) -> Measuring:
    """Hand the *cases* of a chart, whose files are at hand, to the workers."""
    chart = loaded.chart
    owned = owners(chart, vendored=run.config.coverage.vendored)
    sources = {name: text(chart.files[name]) for name in owned}
    counts = ChartCounts(chart.name, chart.path, (), owned, sources, {}, ())
    blocks = run.start(coverage_worker.list_blocks, loaded)
    light, group = loaded.light(), f"coverage of {chart.path}"
    work = [
        (light, case, run.start(coverage_worker.measure_case, loaded, case, group=group)) for case in cases
    ]
    return Measuring(light, counts, blocks, work)


def sum_up(config: Config, plan: Plan, started: Sequence[Measuring], remarks: list[Remark]) -> Coverage:
    """The sum of what was *started*, once it is there."""
    charts = [_counted(each, remarks) for each in started]
    remarks += _left_out(plan, charts)
    return totals.coverage(charts, partial=set(_partial(config, plan, charts)), remarks=remarks)


def _left_out(plan: Plan, charts: Sequence[ChartCounts]) -> Iterator[Remark]:
    """What the plan says of its charts; a library that others run is not left out."""
    run = {owner.path for chart in charts for owner in chart.owners.values()}
    for planned in plan.charts:
        if planned.cases or planned.shown not in run:
            yield from (Remark(f"{planned.name}: {one.what}", one.reason) for one in planned.not_judged)


def _counted(started: Measuring, remarks: list[Remark]) -> ChartCounts:
    blocks, _ = started.blocks.result()
    name = started.counts.name
    if isinstance(blocks, WorkerFailure):
        remarks.append(Remark(f"chart {started.counts.path}", f"measuring it {blocks.message}"))
        return dataclasses.replace(started.counts, owners={})
    cases: list[tuple[ScenarioRef, CaseCounts]] = []
    ended: dict[str, list[str]] = {}
    for answer in finish(started.cases):
        case, counts = answer.case, answer.value
        ran = ScenarioRef(name, case.scenario.name)
        shown = f"{ran} on Kubernetes {abbreviated(case.kube_version)}"
        if isinstance(counts, WorkerFailure):
            ended.setdefault(f"measuring it {counts.message}", []).append(shown)
            continue
        if counts.ended and case.scenario.fails is None:
            ended.setdefault(counts.ended, []).append(shown)
        cases.append((ran, counts))
    for reason, named in ended.items():
        more = f" and {len(named) - 1:,} more" if len(named) > 1 else ""
        remarks.append(Remark(named[0] + more, reason))
    return dataclasses.replace(
        started.counts, blocks=blocks.blocks, untraced=dict(blocks.untraced), cases=tuple(cases)
    )


def _partial(config: Config, plan: Plan, charts: Sequence[ChartCounts]) -> Iterator[str]:
    """The paths of the charts of which other charts, or other cases, may run more."""
    if plan.whole and not config.is_narrowed:
        return
    own = set() if config.is_narrowed else {chart.path for chart in charts}
    yield from (owner.path for chart in charts for owner in chart.owners.values() if owner.path not in own)


def with_threshold(
    run: Run, plan: Plan, measured: Sequence[Measuring]
) -> tuple[Coverage | None, list[Finding | NotJudged]]:
    """The coverage of the charts of a check, and those of which it is too low or not known."""
    fail_under = run.config.coverage.fail_under
    assert fail_under is not None
    if run.config.is_narrowed:
        return None, [NotJudged("coverage of templates", "", "only a part of the cases was run")]
    found = sum_up(run.config, plan, measured, [])
    reason = "other charts use it, too, that were not run"
    messages: list[Finding | NotJudged] = [
        NotJudged("coverage of templates", chart.name, reason) for chart in found.charts if not chart.whole
    ]
    for chart in found.below(fail_under):
        writer = FindingWriter(placeholder_chart(chart.name, chart.path), run.rules)
        messages += writer.findings([_hit(chart, fail_under)])
    return found, messages


def _hit(chart: ChartCoverage, fail_under: float) -> Hit:
    place = Place(chart.path if is_packed(chart.path) else f"{chart.path}/Chart.yaml")
    share = chart.branch_share
    message = (
        f"its scenarios take {share.hit:,} of {share.of:,} branches of the templates, "
        f"{share.percent:g} %: expected at least {fail_under:g} %"
    )
    return Hit(
        (), message, "run `chartkit coverage` to see which are not taken", COVERAGE_TOO_LOW, place=place
    )
