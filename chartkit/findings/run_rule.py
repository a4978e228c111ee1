"""Runs a rule on a subject; a rule that breaks is our fault, never the chart's."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Any

from chartkit.findings.writer import Rules, Writer
from chartkit.model.case import Chart
from chartkit.model.errors import RuleError
from chartkit.model.finding import Finding
from chartkit.model.render import Change, Container, Hit, Manifest
from chartkit.rules import Rule


def judge_chart(chart: Chart, rules: Rules) -> Iterator[Finding]:
    """What the rules on a chart's own files say."""
    writer = Writer(chart, rules)
    for rule in rules.values():
        if rule.on is Chart:
            yield from writer.findings(run(rule, chart))


def judge_change(change: Change, rules: Rules) -> Iterator[Finding]:
    """What the rules say that compare a chart with what it was."""
    writer = Writer(change.new, rules)
    for rule in rules.values():
        if rule.on is Change:
            yield from writer.findings(run(rule, change))


def run(rule: Rule, subject: Any) -> Iterator[Hit]:
    """The hits of *rule* on *subject*, named after it.

    Raises RuleError when the rule breaks: that is a fault of the rule, not of the chart.
    """
    if rule.check is None:
        return
    try:
        for hit in rule.check(subject):
            yield hit if hit.rule else dataclasses.replace(hit, rule=rule.id)
    except Exception as error:
        raise RuleError(f"rule {rule.id} broke on {_name(subject)}: {error!r}") from error


def _name(subject: Any) -> str:
    if isinstance(subject, Container):
        return f"a container of {subject.manifest.resource} ({subject.manifest.source})"
    if isinstance(subject, Manifest):
        return f"{subject.resource} ({subject.source})"
    return f"a {type(subject).__name__.lower()}"
