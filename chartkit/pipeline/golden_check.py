"""The golden stage of a run: renders from the store against the files in the golden folder."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future

from chartkit.golden import compare as golden
from chartkit.golden import files as golden_files
from chartkit.golden.masked_fields import Mask
from chartkit.model.case import Case
from chartkit.model.finding import Finding, NotJudged
from chartkit.pipeline.records import Drift, Settings, StoredRender
from chartkit.pipeline.result_cache import Answer
from chartkit.pipeline.run import CaseOutcome, Run
from chartkit.plan import discover
from chartkit.plan.config import Config
from chartkit.plan.discover import Plan
from chartkit.system.worker_pool import WorkerFailure


def place(config: Config, plan: Plan) -> golden_files.GoldenFiles:
    """Where the goldens of *plan* are, which takes every case of the configuration to tell."""
    cases = dict.fromkeys((*plan.cases, *_every_case(config, plan)))
    folder = config.golden_folder
    return golden_files.assign(folder, cases, config.shown(folder), config.golden_masks)


def _every_case(config: Config, plan: Plan) -> tuple[Case, ...]:
    if plan.whole:
        return plan.cases
    everything = dataclasses.replace(
        config, scenario_names=(), overrides=type(config.overrides)(), is_upgrade=False
    )
    return discover.plan(everything).cases


def compare(run: Run, plan: Plan, outcomes: Sequence[CaseOutcome]) -> Iterator[Finding | NotJudged]:
    """What the golden files say of *outcomes*."""
    config = run.config
    places = place(config, plan)
    verdicts = [*_placed(run, places, outcomes)]
    yield from golden.findings(places, verdicts, run.severities)
    yield from golden.not_judged(places, verdicts)
    read = {outcome.loaded.planned.shown for outcome in outcomes}
    unused = unused_files(plan, places, read, config)
    written = {file for file in unused if golden_files.is_written(places, file)}
    yield from golden.orphans(places, unused, written, run.severities)
    if _is_everything(plan, read, config):
        yield from golden.unused_masks(places, verdicts, run.severities)


def unused_files(
    plan: Plan, places: golden_files.GoldenFiles, read: Collection[str], config: Config
) -> tuple[str, ...]:
    """The golden files that belong to nothing, as far as this run can tell.

    It cannot for a chart that is not among those *read* (by path): of one whose Chart.yaml is broken
    not even the name is known, so its files may look like nobody's.
    """
    listed = golden_files.listed(places)
    left = {file for file in listed if file.partition("/")[0] in plan.orphaned_goldens}
    if config.scenario_names or config.overrides.kube_versions:
        return tuple(sorted(left))
    everything = _is_everything(plan, read, config)
    return tuple(sorted({*left, *golden.unused(places, listed, read, everything=everything)}))


def _is_everything(plan: Plan, read: Collection[str], config: Config) -> bool:
    """Whether every case of the configuration takes part, its charts being those *read* (by path)."""
    narrowed = config.scenario_names or config.overrides.kube_versions
    return plan.whole and not narrowed and all(one.shown in read for one in plan.charts if one.cases)


def _placed(
    run: Run, places: golden_files.GoldenFiles, outcomes: Sequence[CaseOutcome]
) -> Iterator[golden.Verdict]:
    """The verdicts on *outcomes*; what has changed with the template lines that it comes from."""
    verdicts = [_verdict(run, places, outcome) for outcome in outcomes]
    started = [
        _start_drift(run, outcome, _recorded(places, outcome)[verdict.file])
        if verdict.details and "golden-drifted" in run.severities
        else None
        for outcome, verdict in zip(outcomes, verdicts, strict=True)
    ]
    for verdict, work in zip(verdicts, started, strict=True):
        answer = work.result()[0] if work else None
        yield (
            verdict
            if answer is None or isinstance(answer, WorkerFailure)
            else verdict.with_lines(answer.places)
        )


def _start_drift(run: Run, outcome: CaseOutcome, golden: str) -> Future[Answer[Drift]]:
    """Find the template lines behind what *outcome* has other than *golden*."""
    rendered = outcome.record.printed or outcome.record.rendered
    case, masks = dataclasses.replace(outcome.case, served=None), tuple(run.config.golden_masks)
    return run.start(place_drift, outcome.loaded, case, rendered, golden, masks)


def place_drift(
    settings: Settings,
    chart_file: str,
    case: Case,
    rendered: StoredRender,
    golden: str,
    masks: tuple[Mask, ...],
) -> Drift:
    """The job that finds the template lines behind what the render has other than *golden*."""
    from chartkit.pipeline import worker_checks

    return worker_checks.place_drift(settings, chart_file, case, rendered, golden, masks)


def _verdict(run: Run, places: golden_files.GoldenFiles, outcome: CaseOutcome) -> golden.Verdict:
    record = outcome.record
    name = record.printed.text if record.printed else "" if record.failure else record.text
    text = run.store.text(name) if name else None
    return golden.compare(places, outcome.case, text, _recorded(places, outcome))


def _recorded(places: golden_files.GoldenFiles, outcome: CaseOutcome) -> Mapping[str, str]:
    slot = places.slots[outcome.case]
    return golden_files.read(places, (slot.base, slot.own))
