"""Findings about a chart itself: its files, what changed in it, and whether Helm renders it as it should.

Light, since a run begins with it; what looks at rendered objects is in `judge_objects`.
"""

from __future__ import annotations

import dataclasses
import json
import pathlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from chartkit.findings.writer import FindingWriter, Rules
from chartkit.helm import value_schemas
from chartkit.helm.remaining import Remaining
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.errors import RuleError
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.place import Place
from chartkit.model.render import Change, Container, Failure, Hit, Manifest, Render, Unreadable
from chartkit.rules import Rule, yaml_key_duplicate

NO_SCHEMA: Final = "values-not-judged"
_LABEL: Final = re.compile(r"\Awarning: ", re.IGNORECASE)


def judge_chart(chart: Chart, rules: Rules) -> Iterator[Finding]:
    """What the rules on a chart's own files say."""
    writer = FindingWriter(chart, rules)
    for rule in rules.values():
        if rule.on is Chart:
            yield from writer.findings(run_rule(rule, chart))


def judge_change(change: Change, rules: Rules) -> Iterator[Finding]:
    """What the rules say that compare a chart with what it was."""
    writer = FindingWriter(change.new, rules)
    for rule in rules.values():
        if rule.on is Change:
            yield from writer.findings(run_rule(rule, change))


def run_rule(rule: Rule, subject: Any) -> Iterator[Hit]:
    """The hits of *rule* on *subject*, named after it.

    Raises RuleError when the rule breaks: that is a fault of the rule, not of the chart.
    """
    if rule.check is None:
        return
    try:
        for hit in rule.check(subject):
            yield hit if hit.rule else dataclasses.replace(hit, rule=rule.id)
    except Exception as error:
        raise RuleError(f"rule {rule.id} broke on {_subject(subject)}: {error!r}") from error


def _subject(subject: Any) -> str:
    if isinstance(subject, Container):
        return f"a container of {subject.manifest.resource} ({subject.manifest.source})"
    if isinstance(subject, Manifest):
        return f"{subject.resource} ({subject.source})"
    return f"a {type(subject).__name__.lower()}"


def judge_files(chart: Chart, cases: Sequence[Case], rules: Rules) -> Iterator[Finding]:
    """What the rules say of the files of *chart*, and of the values files of its *cases*, each read once."""
    yield from judge_chart(chart, rules)
    for name in values_files(cases):
        hits = tuple(yaml_key_duplicate.in_values(_text(name), name))
        using = [case for case in cases if name in _values_files(case.scenario)] if hits else []
        for case in using:
            yield from FindingWriter(chart, rules, case).findings(hits)


def values_files(cases: Sequence[Case]) -> tuple[str, ...]:
    """The values files that *cases* are given, each once."""
    return tuple(dict.fromkeys(name for case in cases for name in _values_files(case.scenario)))


def _values_files(scenario: Scenario) -> tuple[str, ...]:
    below = _values_files(scenario.below) if scenario.below else ()
    return (*below, *scenario.base.files, *scenario.values_files)


def _text(name: str) -> str:
    """The text of a file; empty where it cannot be read, which is a finding of the case that uses it."""
    try:
        return pathlib.Path(name).read_text("utf-8-sig")
    except (OSError, ValueError):
        return ""


def judge_outcome(
    chart: Chart,
    case: Case,
    render: Render,
    unreadable: Iterable[Unreadable],
    rules: Rules,
    *,
    strict: bool = False,
    rest: Remaining | None = None,
) -> Iterator[Finding | NotJudged]:
    """Whether Helm renders *case* where it should, refuses it where it should, and what it logged.

    Where the *rest* of a refused case is known, each failure in it is a finding.

    Where *strict*, values whose schema cannot be had are a finding, as where the rule is on.
    """
    writer = FindingWriter(chart, rules, case)
    # what Helm refuses anyway, and is meant to, need not be warned of
    expected = case.scenario.fails is not None and render.failure is not None
    for warning in () if expected else render.warnings:
        text = _LABEL.sub("", warning)
        yield from writer.findings([Hit((), text[:1].lower() + text[1:], rule="helm-warning")])
    for name, reference in value_schemas.external(chart.files).items():
        reason = f"the schema refers to {reference!r}, and nothing is read from outside the chart"
        if strict or NO_SCHEMA in rules:
            hit = Hit(
                (),
                f"values are not judged: {reason}",
                rule=NO_SCHEMA,
                place=_schema_place(chart, name, reference),
            )
            yield writer.finding(hit)
        else:
            yield NotJudged(f"values by {chart.origin(name)}", chart.name, reason, cases=(case.ref,))
    if render.not_frozen_because:
        yield NotJudged("deterministic render", chart.name, render.not_frozen_because, cases=(case.ref,))
    if render.helm_list_because:
        why = render.helm_list_because
        yield NotJudged("API versions of the cluster", chart.name, why, cases=(case.ref,))
    if case.scenario.fails is not None:
        yield from writer.findings(_expectation(case, case.scenario.fails, render.failure))
        return
    for failure in rest.failures if rest else filter(None, (render.failure,)):
        if not any(_same_fault(failure, document) for document in unreadable):
            yield from writer.failure(failure)
    if rest and rest.ended:
        yield NotJudged("other templates", chart.name, rest.ended, cases=(case.ref,))


def _schema_place(chart: Chart, name: str, reference: str) -> Place:
    """The line of the schema *name* that holds *reference*, where one does."""
    before, found, _ = chart.files[name].decode(errors="replace").partition(json.dumps(reference))
    return chart.line(name, before.count("\n") + 1 if found else None)


def _expectation(case: Case, pattern: str, failure: Failure | None) -> Iterator[Hit]:
    place = case.scenario.place
    if failure is None:
        message = f"scenario {case.scenario.name!r} renders, although it must fail"
        yield Hit((), message, rule="scenario-passed-unexpectedly", place=place)
    elif not re.search(pattern, failure.text):
        message = (
            f"scenario {case.scenario.name!r} fails, but not with a message that matches {pattern!r}: "
            f"{failure.message}"
        )
        yield Hit((), message, rule="scenario-failed-differently", place=place)


def _same_fault(failure: Failure, document: Unreadable) -> bool:
    """Helm stops at the first document that is not YAML; each of them is a finding already."""
    return failure.kind == "yaml" and document.problem.place.file == failure.template
