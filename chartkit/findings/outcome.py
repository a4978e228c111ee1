"""Whether Helm renders a case where it should, and refuses it where it should."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from chartkit.findings.writer import Rules, Writer
from chartkit.helm import value_schemas
from chartkit.helm.remaining import Remaining
from chartkit.model.case import Case, Chart
from chartkit.model.finding import Finding, NotJudged
from chartkit.model.place import Place
from chartkit.model.render import Failure, Hit, Render, Unreadable
from chartkit.source_map.values.include_stack import of_line

NO_SCHEMA: Final = "values-not-judged"
_LABEL: Final = re.compile(r"\Awarning: ", re.IGNORECASE)


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

    Of a refusal, all that fails is told, where the *rest* is known.

    Where *strict*, values whose schema cannot be had are a finding, as where the rule is on.
    """
    writer = Writer(chart, rules, case)
    # what Helm refuses anyway, and is meant to, need not be warned of
    expected = case.scenario.fails is not None and render.failure is not None
    for said in () if expected else render.warnings:
        text = _LABEL.sub("", said)
        yield from writer.findings([Hit((), text[:1].lower() + text[1:], rule="helm-warning")])
    for name, reference in value_schemas.external(chart.files).items():
        reason = f"the schema refers to {reference!r}, and nothing is read from outside the chart"
        if strict or NO_SCHEMA in rules:
            hit = Hit(
                (), f"values are not judged: {reason}", rule=NO_SCHEMA, place=_place(chart, name, reference)
            )
            yield writer.finding(hit)
        else:
            yield NotJudged(f"values by {chart.origin(name)}", chart.name, reason, cases=(case.ref,))
    if render.thaw:
        yield NotJudged("deterministic render", chart.name, render.thaw, cases=(case.ref,))
    if render.unserved:
        yield NotJudged("API versions of the cluster", chart.name, render.unserved, cases=(case.ref,))
    if case.scenario.fails is not None:
        yield from writer.findings(_expectation(case, case.scenario.fails, render.failure))
        return
    for failure in rest.failures if rest else filter(None, (render.failure,)):
        if not any(_same_fault(failure, document) for document in unreadable):
            yield from writer.failure(failure)
    if rest and rest.ended:
        yield NotJudged("other templates", chart.name, rest.ended, cases=(case.ref,))


def _place(chart: Chart, name: str, reference: str) -> Place:
    """The line of the schema *name* that holds *reference*, where one does."""
    before, found, _ = chart.files[name].decode(errors="replace").partition(json.dumps(reference))
    return of_line(chart, name, before.count("\n") + 1 if found else None)


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
