"""What `chartkit check` would say of a scenario that is only thought of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from chartkit.coverage.suggest.validity import Fault, Judge
from chartkit.findings import judge_objects, suppress
from chartkit.findings.judge_chart import judge_outcome
from chartkit.findings.suppress import Suppression
from chartkit.findings.writer import FindingWriter
from chartkit.helm import manifests
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.render import Manifest, Objects, Render
from chartkit.pipeline import worker_state
from chartkit.pipeline.records import Settings
from chartkit.rules import catalogue

_LONGEST = 200


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
        said: list[Finding | NotJudged] = list(judge_outcome(chart, case, render, unreadable, rules))
        validator = worker_state.validator_of(settings, case, objects)
        scene = worker_state.facts_of(settings, Objects(case, chart, objects))
        said += judge_objects.judge_case(scene, unreadable, writer, validator, text=render.text)
        dropped = manifests.read_dropped(render)
        said += judge_objects.judge_dropped(*dropped, writer, text=render.text + render.dropped)
        findings = [item for item in said if isinstance(item, Finding) and item.rule in rules]
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
