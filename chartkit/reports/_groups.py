"""Findings that say the same of several objects, told together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chartkit.judging.findings import order
from chartkit.model import Finding

Group = tuple[Finding, ...]
"""Findings of one rule at one place with one message, about several objects: at least one, in their order."""


def together(findings: Iterable[Finding]) -> list[Group]:
    """*findings* in their order, those that differ only in the object, its path and cases as one group.

    Without an object, or where the line of the template is not known, a finding stands alone.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(sorted(findings, key=order)):
        alone = finding.resource is None or finding.place.line is None
        groups.setdefault(number if alone else _said(finding), []).append(finding)
    return [tuple(group) for group in groups.values()]


def _said(finding: Finding) -> Finding:
    """*finding* without what tells objects apart; of the rendered line the text alone counts."""
    rendered = finding.rendered
    if rendered is not None:
        rendered = replace(rendered, text=rendered.text.strip(), line=0, column=0)
    return replace(
        finding, resource=None, path="", rendered_line=None, cases=(), rendered=rendered, occurrence=0
    )


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """*findings* by severity, those that are suppressed last, for readers that stop somewhere."""
    return sorted(findings, key=lambda each: (each.suppressed is not None, -each.severity, order(each)))


def paths(group: Sequence[Finding]) -> list[str]:
    """The paths of *group*, each once."""
    return list(dict.fromkeys(each.path for each in group if each.path))
