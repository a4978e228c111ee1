"""What a worker does: take one case from chart to findings, keeping what neighbours can share.

Everything here is called in a worker process with frozen values and answers with frozen values.
"""

from __future__ import annotations

import dataclasses
import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from chartkit.findings import judge_objects, suppress
from chartkit.findings.judge_chart import judge_files, judge_outcome
from chartkit.findings.writer import UNMATCHED, FindingWriter
from chartkit.golden.masked_fields import Mask
from chartkit.helm import engines
from chartkit.helm.manifests import read, read_dropped
from chartkit.helm.remaining import Remaining, remaining
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged, merge
from chartkit.model.place import ResourceId
from chartkit.model.render import Hit, Manifest, Objects, Release, Removed, Render
from chartkit.pipeline import worker_state as state
from chartkit.pipeline.records import CaseRecord, CheckResult, Drift, Settings, StoredRender, kind_of
from chartkit.system.cache import Store

LOOKING: Final = 1 / 3
"""How much of its time a case may use until more of what fails is looked for, so that it ends in time."""


def check_case(settings: Settings, chart_file: str, case: Case) -> CaseRecord:
    """Render *case* of the chart pickled in *chart_file* and judge what comes out."""
    begun = time.perf_counter()
    chart, engine = state.load_chart(chart_file), state.open_engine(settings)
    opened = _processor_seconds()
    render = engines.render(engine, chart, case, real=settings.real)
    record = judge_render(settings, chart, case, render, used=lambda: _processor_seconds() - opened)
    if settings.golden and render.asked:
        record = dataclasses.replace(record, printed=_printed(settings, chart, case, slow=record.slow))
    return dataclasses.replace(record, seconds=time.perf_counter() - begun)


def _remaining(
    settings: Settings, chart: Chart, case: Case, first: Render, used: Callable[[], float]
) -> Remaining:
    """All that fails in *case*, and what is left of it; where it is meant to fail, the first says enough."""
    if case.scenario.fails is not None:
        return Remaining(first, (first.failure,) if first.failure else ())
    engine = state.open_engine(settings)

    def again(removed: tuple[Removed, ...]) -> Render:
        return engines.render(engine, chart, case, real=settings.real, removed=removed)

    return remaining(first, chart.files, again, lambda: used() <= settings.seconds * LOOKING)


def _processor_seconds() -> float:
    """What this worker has used so far, and the helm commands that it ran."""
    return sum(os.times()[:4])


def render_case(settings: Settings, chart_file: str, case: Case) -> Render:
    """Render *case* only, as ``helm template`` does: it knows of no cluster."""
    engine = state.open_engine(settings)
    return engines.render(engine, state.load_chart(chart_file), _without_cluster(case), real=settings.real)


def _printed(settings: Settings, chart: Chart, case: Case, *, slow: bool) -> StoredRender:
    engine = state.open_engine(settings)
    render = engines.render(engine, chart, _without_cluster(case), real=settings.real)
    text = "" if render.failure else state.store_of(settings).put_text(render.text)
    return StoredRender(text, render.frozen, slow)


def _without_cluster(case: Case) -> Case:
    return dataclasses.replace(case, served=None)


def judge_render(
    settings: Settings,
    chart: Chart,
    case: Case,
    render: Render,
    *,
    used: Callable[[], float] = lambda: 0.0,
) -> CaseRecord:
    """Judge what Helm made of *case*, but for what takes other charts' CRDs; of a refused one, what is left.

    *used* tells the seconds of processor time: what took many is not traced.
    """
    slow = used() > state.SLOWEST
    rest = _remaining(settings, chart, case, render, used)
    render = rest.render
    objects, unreadable = read(render.text)
    rules = state.load_rules(settings)
    validator = state.validator_of(settings, case, objects)
    messages = list(judge_outcome(chart, case, render, unreadable, rules, strict=settings.strict, rest=rest))
    scene = state.facts_of(settings, Objects(case, chart, objects))
    whole = render.failure is None
    lines = state.locator(settings, chart, case, render, slow=slow, removed=rest.removed)
    writer = FindingWriter(chart, rules, case, lines, settings.strict)
    messages += judge_objects.judge_case(scene, unreadable, writer, validator, text=render.text, whole=whole)
    dropped = read_dropped(render)
    messages += judge_objects.judge_dropped(*dropped, writer, text=render.text + render.dropped)
    found = merge(item for item in messages if isinstance(item, Finding))
    store = state.store_of(settings)
    return CaseRecord(
        text=store.put_text(render.text),
        failure=render.failure,
        frozen=render.frozen,
        objects=len(objects),
        findings=tuple(item for item in found if item.rule != UNMATCHED),
        not_judged=tuple(item for item in messages if isinstance(item, NotJudged)),
        unmatched=tuple(item for item in found if item.rule == UNMATCHED),
        crds=tuple(_kept(store, dict(each.body)) for each in objects if each.is_crd),
        suppressions=tuple(suppress.in_objects(chart, case.ref, (*objects, *dropped[0]))),
        slow=slow,
        asked=render.asked,
        removed=rest.removed,
    )


def check_files(settings: Settings, chart_file: str, cases: tuple[Case, ...]) -> CheckResult:
    """Check the files of a chart, and the values files of its *cases*."""
    found = judge_files(state.load_chart(chart_file), cases, state.load_rules(settings))
    return CheckResult(merge(found), ())


def check_crds(
    settings: Settings, chart_file: str, case: Case, rendered: StoredRender, crds: tuple[str, ...]
) -> CheckResult:
    """Check the objects of a render whose schema is in *crds*, definitions of other charts by store name."""
    store = state.store_of(settings)
    definitions = [json.loads(store.text(name)) for name in crds]
    kinds = set(map(state.defined_kind, definitions))
    validator = state.load_validator(case.kube_version, "", state.as_json(definitions))
    chart, text = state.load_chart(chart_file), state.text_of(settings, rendered)
    lines = state.stored_locator(settings, chart, case, rendered)
    writer = FindingWriter(chart, state.load_rules(settings), case, lines, settings.strict)
    objects, _ = read(text)
    defined = [manifest for manifest in objects if kind_of(manifest.resource) in kinds]
    found = [item for manifest in defined for item in judge_objects.judge_schema(writer, manifest, validator)]
    return _result(found, merge)


def check_release(
    settings: Settings,
    parts: tuple[tuple[str, Case, StoredRender], ...],
    absent: tuple[str, ...],
    reported: frozenset[str],
) -> CheckResult:
    """What the rules on a release find in *parts*: of each chart its file, a case, and the render.

    The charts *absent* are not rendered; only of those *reported* (by path) is anything kept.
    """
    cases, locators = [], {}
    for file, case, rendered in parts:
        chart = state.load_chart(file)
        cases.append(Objects(case, chart, read(state.text_of(settings, rendered))[0]))
        locators[id(cases[-1])] = state.stored_locator(settings, chart, case, rendered)
    release = Release(tuple(cases), absent)
    found = judge_objects.judge_release(
        release, state.load_rules(settings), reported, lambda one: locators[id(one)]
    )
    return _result(list(found), tuple)


def _result(
    found: Sequence[Finding | NotJudged], order: Callable[[Iterator[Finding]], tuple[Finding, ...]]
) -> CheckResult:
    return CheckResult(
        order(item for item in found if isinstance(item, Finding)),
        tuple(item for item in found if isinstance(item, NotJudged)),
    )


def place_drift(
    settings: Settings,
    chart_file: str,
    case: Case,
    rendered: StoredRender,
    golden: str,
    masks: tuple[Mask, ...],
) -> Drift:
    """The template lines behind what the render has other than *golden*."""
    from chartkit.golden.diff.objects import diff
    from chartkit.golden.diff.text import with_subjects
    from chartkit.golden.masked_fields import as_recorded

    chart, text = state.load_chart(chart_file), state.text_of(settings, rendered)
    lines = state.stored_locator(settings, chart, case, rendered)
    objects: dict[ResourceId, list[Manifest]] = {}
    for manifest in read(text)[0]:
        objects.setdefault(manifest.resource, []).append(manifest)
    places = []
    for number, (_, each, change) in enumerate(with_subjects(diff(golden, as_recorded(text, masks)[0]))):
        named = objects.get(each.resource, []) if each.resource and change else []
        if change is not None and change.kind != "removed" and len(named) == 1:
            found = lines().of(named[0], Hit(change.path, ""))
            places.append((number, found.display.passed_on or found.place))
    return Drift(tuple((number, place) for number, place in places if place.line is not None))


def _kept(store: Store, crd: dict[str, Any]) -> tuple[str, str, str]:
    return (*state.defined_kind(crd), store.put_text(state.as_json(crd)))
