"""What a worker does: take one case from chart to findings, keeping what neighbours can share.

Everything here is called in a worker process with frozen values and answers with frozen values.
"""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import pathlib
import pickle
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from chartkit.findings import judge_objects, suppress
from chartkit.findings.judge_chart import judge_files, judge_outcome
from chartkit.findings.writer import UNMATCHED, Rules, Writer
from chartkit.golden.masks import Mask, as_recorded
from chartkit.helm import engines
from chartkit.helm.manifests import read, read_dropped
from chartkit.helm.remaining import Remaining, reduced, remaining
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged, merge
from chartkit.model.place import ResourceId
from chartkit.model.render import Hit, Manifest, Objects, Release, Removed, Render
from chartkit.pipeline.records import Drift, Kind, Record, Rendered, Said, Settings, kind_of
from chartkit.rules import Facts, catalogue, facts
from chartkit.rules.schemas.validator import Validator
from chartkit.source_map.values.include_stack import Span, Spans
from chartkit.system.cache import Store

if TYPE_CHECKING:
    from chartkit.source_map.values.locate import Locator

SLOWEST: Final = 3.0
"""Seconds of processor time: what takes more is not traced: a trace is slower, and must end in time too."""

LOOKING: Final = 1 / 3
"""How much of its time a case may use until more of what fails is looked for, so that it ends in time."""


def check_case(settings: Settings, chart_file: str, case: Case) -> Record:
    """Render *case* of the chart pickled in *chart_file* and judge what comes out."""
    begun = time.perf_counter()
    chart, engine = load_chart(chart_file), open_engine(settings)
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
    engine = open_engine(settings)

    def again(removed: tuple[Removed, ...]) -> Render:
        return engines.render(engine, chart, case, real=settings.real, removed=removed)

    return remaining(first, chart.files, again, lambda: used() <= settings.seconds * LOOKING)


def _processor_seconds() -> float:
    """What this worker has used so far, and the helm commands that it ran."""
    return sum(os.times()[:4])


def render_case(settings: Settings, chart_file: str, case: Case) -> Render:
    """Render *case* only, as ``helm template`` does: it knows of no cluster."""
    engine = open_engine(settings)
    return engines.render(engine, load_chart(chart_file), _without_cluster(case), real=settings.real)


def _printed(settings: Settings, chart: Chart, case: Case, *, slow: bool) -> Rendered:
    engine = open_engine(settings)
    render = engines.render(engine, chart, _without_cluster(case), real=settings.real)
    text = "" if render.failure else Store(pathlib.Path(settings.store)).put_text(render.text)
    return Rendered(text, render.frozen, slow)


def _without_cluster(case: Case) -> Case:
    return dataclasses.replace(case, served=None)


def judge_render(
    settings: Settings,
    chart: Chart,
    case: Case,
    render: Render,
    *,
    used: Callable[[], float] = lambda: 0.0,
) -> Record:
    """Judge what Helm made of *case*, but for what takes other charts' CRDs; of a refused one, what is left.

    *used* tells the seconds of processor time: what took many is not traced.
    """
    slow = used() > SLOWEST
    rest = _remaining(settings, chart, case, render, used)
    render = rest.render
    objects, unreadable = read(render.text)
    rules = load_rules(settings)
    validator = validator_of(settings, case, objects)
    said = list(judge_outcome(chart, case, render, unreadable, rules, strict=settings.strict, rest=rest))
    scene = facts_of(settings, Objects(case, chart, objects))
    whole = render.failure is None
    lines = locator(settings, chart, case, render, slow=slow, removed=rest.removed)
    writer = Writer(chart, rules, case, lines, settings.strict)
    said += judge_objects.judge_case(scene, unreadable, writer, validator, text=render.text, whole=whole)
    dropped = read_dropped(render)
    said += judge_objects.judge_dropped(*dropped, writer, text=render.text + render.dropped)
    found = merge(item for item in said if isinstance(item, Finding))
    store = Store(pathlib.Path(settings.store))
    return Record(
        text=store.put_text(render.text),
        failure=render.failure,
        frozen=render.frozen,
        objects=len(objects),
        findings=tuple(item for item in found if item.rule != UNMATCHED),
        not_judged=tuple(item for item in said if isinstance(item, NotJudged)),
        unmatched=tuple(item for item in found if item.rule == UNMATCHED),
        crds=tuple(_kept(store, dict(each.body)) for each in objects if each.is_crd),
        suppressions=tuple(suppress.in_objects(chart, case.ref, (*objects, *dropped[0]))),
        slow=slow,
        asked=render.asked,
        removed=rest.removed,
    )


def judge_chart_files(settings: Settings, chart_file: str, cases: tuple[Case, ...]) -> Said:
    """Judge the files of a chart, and the values files of its *cases*."""
    found = judge_files(load_chart(chart_file), cases, load_rules(settings))
    return Said(merge(found), ())


def judge_foreign(
    settings: Settings, chart_file: str, case: Case, rendered: Rendered, crds: tuple[str, ...]
) -> Said:
    """Judge the objects of a render whose schema is in *crds*, definitions of other charts by store name."""
    store = Store(pathlib.Path(settings.store))
    definitions = [json.loads(store.text(name)) for name in crds]
    kinds = set(map(_defined, definitions))
    validator = load_validator(case.kube_version, "", _as_json(definitions))
    chart, text = load_chart(chart_file), store.text(rendered.text)
    render = Render(text, "", frozen=rendered.frozen)
    lines = locator(settings, chart, case, render, slow=rendered.slow, removed=rendered.removed)
    writer = Writer(chart, load_rules(settings), case, lines, settings.strict)
    objects, _ = read(text)
    defined = [manifest for manifest in objects if kind_of(manifest.resource) in kinds]
    said = [item for manifest in defined for item in judge_objects.judge_schema(writer, manifest, validator)]
    return Said(
        merge(item for item in said if isinstance(item, Finding)),
        tuple(item for item in said if isinstance(item, NotJudged)),
    )


def check_release(
    settings: Settings,
    parts: tuple[tuple[str, Case, Rendered], ...],
    absent: tuple[str, ...],
    told: frozenset[str],
) -> Said:
    """What the rules on a release say of *parts*: of each chart its file, a case, and the render.

    The charts *absent* are not rendered; only of those *told* (by path) is anything said.
    """
    store = Store(pathlib.Path(settings.store))
    cases, locators = [], {}
    for file, case, rendered in parts:
        chart, text = load_chart(file), store.text(rendered.text)
        cases.append(Objects(case, chart, read(text)[0]))
        render = Render(text, "", frozen=rendered.frozen)
        locators[id(cases[-1])] = locator(settings, chart, case, render, slow=rendered.slow)
    release = Release(tuple(cases), absent)
    said = [*judge_objects.judge_release(release, load_rules(settings), told, lambda one: locators[id(one)])]
    return Said(
        tuple(item for item in said if isinstance(item, Finding)),
        tuple(item for item in said if isinstance(item, NotJudged)),
    )


def place_drift(
    settings: Settings, chart_file: str, case: Case, rendered: Rendered, golden: str, masks: tuple[Mask, ...]
) -> Drift:
    """The template lines behind what the render has other than *golden*."""
    from chartkit.golden.diff import diff
    from chartkit.golden.diff.text import told

    chart, text = load_chart(chart_file), Store(pathlib.Path(settings.store)).text(rendered.text)
    lines = locator(settings, chart, case, Render(text, "", frozen=rendered.frozen), slow=rendered.slow)
    objects: dict[ResourceId, list[Manifest]] = {}
    for manifest in read(text)[0]:
        objects.setdefault(manifest.resource, []).append(manifest)
    places = []
    for number, (_, each, change) in enumerate(told(diff(golden, as_recorded(text, masks)[0]))):
        named = objects.get(each.resource, []) if each.resource and change else []
        if change is not None and change.kind != "removed" and len(named) == 1:
            found = lines().of(named[0], Hit(change.path, ""))
            places.append((number, found.display.passed_on or found.place))
    return Drift(tuple((number, place) for number, place in places if place.line is not None))


def locator(
    settings: Settings,
    chart: Chart,
    case: Case,
    render: Render,
    *,
    slow: bool,
    removed: tuple[Removed, ...] = (),
) -> Callable[[], Locator]:
    """Gives what finds the template lines of *render*, made without *removed*, but of one *slow* to make.

    Most cases have no finding and never ask.
    """

    @functools.cache
    def located() -> Locator:
        from chartkit.source_map import trace as source_map
        from chartkit.source_map.values.locate import Locator

        def trace() -> source_map.SourceMap:
            if slow:
                why = f"the chart takes more than {SLOWEST:g} seconds of processor time to render"
                return source_map.SourceMap(untraced=why)
            left = dataclasses.replace(chart, files=reduced(chart.files, removed)) if removed else chart
            return source_map.trace(open_engine(settings), left, case, render)

        return Locator(chart, case, trace, _lines(settings.changed))

    return located


@functools.lru_cache(maxsize=8)
def _lines(changed: tuple[Span, ...]) -> Spans:
    return Spans(changed)


def facts_of(settings: Settings, objects: Objects) -> Facts:
    """What is known of the case besides its objects, where a rule asks for it."""
    if not any(rule.on is Facts for rule in load_rules(settings).values()):
        return Facts(objects, {}, {}, {}, {})
    engine = open_engine(settings)
    try:
        given = engines.inputs_of(objects.case, engine.read_yaml).values
    except engines.InputsFault:
        given = {}
    return facts(objects, given)


def validator_of(settings: Settings, case: Case, objects: Sequence[Manifest]) -> Validator:
    """The validator for *case* that knows the CRDs among its *objects*, as far as they are used."""
    used = {kind_of(manifest.resource) for manifest in objects}
    crds = (dict(manifest.body) for manifest in objects if manifest.is_crd)
    own = [crd for crd in crds if _defined(crd) in used]
    return load_validator(case.kube_version, settings.crds, _as_json(own))


def _kept(store: Store, crd: dict[str, Any]) -> tuple[str, str, str]:
    return (*_defined(crd), store.put_text(_as_json(crd)))


def _defined(crd: dict[str, Any]) -> Kind:
    """The kind that *crd* defines; empty words where it says none, which is a finding elsewhere."""
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return "", ""
    return str(spec.get("group", "")), str(names.get("kind", ""))


def _as_json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


@functools.lru_cache(maxsize=4)
def load_chart(chart_file: str) -> Chart:
    """The chart pickled in *chart_file*, which the run itself wrote into its scratch folder."""
    chart: Chart = pickle.loads(pathlib.Path(chart_file).read_bytes())  # noqa: S301
    return chart


def open_engine(settings: Settings) -> engines.Engine:
    """The engine of this worker."""
    return _engine(settings.engine, settings.helm, settings.seconds)


@functools.cache
def _engine(name: str, path: str | None, seconds: float) -> engines.Engine:
    return engines.open_engine(name, path, seconds)


@functools.lru_cache(maxsize=8)
def load_rules(settings: Settings) -> Rules:
    """The rules and policies that are on, with the severities of this run."""
    known = catalogue.known(settings.policies)
    return {name: dataclasses.replace(known[name], severity=severity) for name, severity in settings.rules}


@functools.lru_cache(maxsize=32)
def load_validator(kube_version: str, crds_file: str, own_crds: str) -> Validator:
    """The validator for *kube_version* that knows the CRDs in *crds_file* and those in *own_crds* (JSON)."""
    shared = json.loads(pathlib.Path(crds_file).read_bytes()) if crds_file else []
    return Validator(kube_version, [*shared, *json.loads(own_crds)])
