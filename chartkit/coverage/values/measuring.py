"""Measures which values of a chart its templates read: what may read them, and what changing them shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chartkit.coverage.values.classification import KeyFacts, classify
from chartkit.coverage.values.experiments import Outcome, current, experiment
from chartkit.coverage.values.keys import dotted
from chartkit.coverage.values.results import ValuesCoverage
from chartkit.coverage.values.search import SearchOutOfTime
from chartkit.coverage.values.study import Study, Subject, study
from chartkit.coverage.values.trials import Bench, Material, StudyBudget, material, open_bench
from chartkit.helm import engines
from chartkit.model.case import Case, Chart

SECONDS: Final = 60.0
"""How long the values of one chart are measured, unless something else is asked for."""


def measure(
    engine: engines.Engine, chart: Chart, cases: Sequence[Case], seconds: float = SECONDS
) -> ValuesCoverage:
    """What is known of each key of *chart* over its *cases*; what takes longer than *seconds* is left."""
    budget = StudyBudget(seconds)
    materials = (material(chart), material(chart, frozen=False))
    notes: list[str] = []
    benches = list(_benches(engine, materials, cases, budget, notes))
    studied = study(engine, chart, materials[0].files, [bench.given for bench in benches])
    if studied.fault:
        notes.append(f"values.yaml cannot be read: {studied.fault}")
    outcome = experiment(studied, benches)
    if not outcome.complete:
        notes.append(f"the measurement was stopped after {seconds:g} seconds")
    doubt = _doubt(chart, studied, outcome)
    notes += [f"what no template names may be read: {doubt}"] if doubt else []
    facts = KeyFacts(chart, studied, outcome, doubt, _obstacle(outcome, benches, seconds))
    entries = (classify(subject, _varied_by(subject, benches), facts) for subject in studied.subjects)
    return ValuesCoverage(
        chart.name,
        chart.path,
        tuple(entry for entry in entries if entry is not None),
        tuple(dict.fromkeys(bench.name for bench in benches)),
        tuple(notes),
        budget.renders,
    )


def _benches(
    engine: engines.Engine,
    materials: Sequence[Material],
    cases: Sequence[Case],
    budget: StudyBudget,
    notes: list[str],
) -> Iterator[Bench]:
    for case in cases:
        name = case.scenario.name
        try:
            bench = open_bench(engine, materials, case, budget)
        except SearchOutOfTime:
            bench = "the time was up"
        if isinstance(bench, str):
            notes.append(f"scenario {name} was not measured: {bench}")
            continue
        if bench.base.failure and case.scenario.fails is None:
            notes.append(f"scenario {name} fails, so that what would run after that is not seen")
        yield bench


def _varied_by(subject: Subject, benches: Sequence[Bench]) -> tuple[str, ...]:
    """The scenarios that give the key another value than its default."""
    return tuple(
        dict.fromkeys(
            bench.name
            for bench in benches
            if current(bench.given, subject.path, subject.default) != subject.default
        )
    )


def _doubt(chart: Chart, studied: Study, outcome: Outcome) -> str:
    """Why a template may read what none mentions; empty where none does."""
    if chart.type == "library":
        return "charts that use this library may read it"
    if not studied.settled:
        return "the templates are too tangled to follow"
    for number in outcome.shown:
        path = studied.subjects[number].path
        if not studied.mentions.of(path) and not studied.mentions.dumps_of(path):
            return f"{dotted(path)} is read in a way that could not be followed"
    return ""


def _obstacle(outcome: Outcome, benches: Sequence[Bench], seconds: float) -> str:
    """Why it is not known which templates run; empty where it is."""
    if not outcome.complete:
        return f"the measurement was stopped after {seconds:g} seconds"
    return "no scenario renders" if all(bench.base.failure for bench in benches) else ""
