"""What a worker keeps from job to job: charts, engine, rules, validators, and what is made of them."""

from __future__ import annotations

import dataclasses
import functools
import json
import pathlib
import pickle
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from chartkit.findings.writer import Rules
from chartkit.helm import engines
from chartkit.helm.remaining import reduced
from chartkit.model.case import Case, Chart
from chartkit.model.render import Manifest, Objects, Removed, Render
from chartkit.pipeline.records import Kind, Settings, StoredRender, kind_of
from chartkit.rules import Facts, catalogue, facts
from chartkit.rules.schemas.validator import Validator
from chartkit.system import cache

if TYPE_CHECKING:
    from chartkit.source_map.values.locate import Locator

SLOWEST: Final = 3.0
"""Seconds of processor time: what takes more is not traced: a trace is slower, and must end in time too."""


def store_of(settings: Settings) -> cache.Store:
    """Where the texts of the run are."""
    return cache.store_in(settings.store, keeps=settings.keeps)


def text_of(settings: Settings, rendered: StoredRender) -> str:
    """The text of a render that was there already; none where Helm refuses the case."""
    return store_of(settings).text(rendered.text) if rendered.text else ""


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

        return Locator(chart, case, trace)

    return located


def stored_locator(
    settings: Settings, chart: Chart, case: Case, rendered: StoredRender
) -> Callable[[], Locator]:
    """As `locator`, of a render that was there already."""
    render = Render(text_of(settings, rendered), "", frozen=rendered.frozen)
    return locator(settings, chart, case, render, slow=rendered.slow, removed=rendered.removed)


def facts_of(settings: Settings, objects: Objects) -> Facts:
    """What is known of the case besides its objects, where a rule asks for it."""
    if not any(rule.on is Facts for rule in load_rules(settings).values()):
        return Facts(objects, {}, {}, {}, {})
    engine = open_engine(settings)
    try:
        given = engines.inputs_of(objects.case, engine.read_yaml).values
    except engines.InputsError:
        given = {}
    return facts(objects, given)


def validator_of(settings: Settings, case: Case, objects: Sequence[Manifest]) -> Validator:
    """The validator for *case* that knows the CRDs among its *objects*, as far as they are used."""
    used = {kind_of(manifest.resource) for manifest in objects}
    crds = (dict(manifest.body) for manifest in objects if manifest.is_crd)
    own = [crd for crd in crds if defined_kind(crd) in used]
    return load_validator(case.kube_version, settings.crds, as_json(own))


def defined_kind(crd: dict[str, Any]) -> Kind:
    """The kind that *crd* defines; empty words where it says none, which is a finding elsewhere."""
    spec = crd.get("spec")
    names = spec.get("names") if isinstance(spec, dict) else None
    if not isinstance(spec, dict) or not isinstance(names, dict):
        return "", ""
    return str(spec.get("group", "")), str(names.get("kind", ""))


def as_json(value: object) -> str:
    """*value* as JSON without spaces."""
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
