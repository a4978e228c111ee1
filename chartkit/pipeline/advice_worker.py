"""What a worker does to find more about a chart than its cases tell: renders it with other values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from chartkit.coverage import values
from chartkit.coverage.suggest import Advice, suggest
from chartkit.coverage.suggest.validity import Fault, Judge
from chartkit.coverage.values import ValuesCoverage
from chartkit.findings import judge_objects, suppress
from chartkit.findings.judge_chart import judge_outcome
from chartkit.findings.suppress import Suppression
from chartkit.findings.writer import FindingWriter
from chartkit.helm import manifests
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.render import Manifest, Objects, Render
from chartkit.pipeline import worker_state
from chartkit.pipeline.coverage_worker import open_embedded
from chartkit.pipeline.records import Settings
from chartkit.pipeline.worker_state import load_chart, open_engine
from chartkit.rules import catalogue

_LONGEST: Final = 200
"""Characters of a message that a fault is described with."""
SHARE: Final = 0.6
"""How much of the time that one call may take is used, so that it ends by itself."""


def suggest_for(
    settings: Settings,
    chart_file: str,
    runs: tuple[tuple[Case, frozenset[int]], ...],
    wanted: frozenset[int],
    taken: tuple[str, ...],
    seconds: float,
    accepted: tuple[Suppression, ...] = (),
) -> Advice:
    """Scenarios that reach the blocks *wanted*, which none of the cases in *runs* does.

    They bring no finding but what is *accepted*, as far as that can be.
    """
    cases = [case for case, _ in runs]
    chart = load_chart(chart_file)
    engine = open_embedded()
    judge = judge_of(settings, chart, accepted)
    limit = seconds * SHARE
    return suggest(engine, chart, cases, runs=runs, wanted=wanted, taken=taken, seconds=limit, judge=judge)


def measure_values(
    settings: Settings, chart_file: str, cases: tuple[Case, ...], seconds: float
) -> ValuesCoverage:
    """What is known of each key of the chart's values."""
    engine = open_engine(settings)
    return values.measure(engine, load_chart(chart_file), cases, seconds * SHARE)


def judge_of(settings: Settings, chart: Chart, accepted: Sequence[Suppression]) -> Judge:
    """Tells the findings of a render of *chart* that are a warning or worse, and not *accepted*.

    It is as in a check, but for what takes other charts: their CRDs, and rules on releases.
    """
    rules = worker_state.load_rules(settings)
    severities = {name: rule.severity for name, rule in rules.items()}
    known = catalogue.known(settings.policies)
    in_files = (*accepted, *suppress.in_files(chart))

    def faults(case: Case, render: Render) -> Iterator[Fault]:
        objects, unreadable = manifests.read(render.text)
        writer = FindingWriter(chart, rules, case)
        messages: list[Finding | NotJudged] = list(judge_outcome(chart, case, render, unreadable, rules))
        validator = worker_state.validator_of(settings, case, objects)
        scene = worker_state.facts_of(settings, Objects(case, chart, objects))
        messages += judge_objects.judge_case(scene, unreadable, writer, validator, text=render.text)
        dropped = manifests.read_dropped(render)
        messages += judge_objects.judge_dropped(*dropped, writer, text=render.text + render.dropped)
        findings = [item for item in messages if isinstance(item, Finding) and item.rule in rules]
        written = (*in_files, *_in_objects(chart, case, (*objects, *dropped[0])))
        for finding in suppress.apply(findings, written, severities, known, complete=False):
            if finding.severity >= Severity.WARNING and finding.suppressed is None:
                yield _fault(finding)

    return faults


def _in_objects(chart: Chart, case: Case, objects: Iterable[Manifest]) -> Iterator[Suppression]:
    return suppress.in_objects(chart, case.ref, objects)


def _fault(finding: Finding) -> Fault:
    """*finding* in words; the same in an object of another name is the same."""
    resource = finding.resource
    what = finding.message if resource is None else resource.kind
    message = " ".join(finding.message.split())
    message = message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"
    words = f"{finding.rule}: {resource}: {message}" if resource else f"{finding.rule}: {message}"
    return Fault(repr((finding.rule, finding.place.file, what, finding.path)), words)
