"""Findings that say the same of several objects, told together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from chartkit.judging.findings import order
from chartkit.model import Finding

Group = tuple[Finding, ...]
"""Findings of one rule at one place with one message, about several objects: at least one, in their order."""


def together(findings: Iterable[Finding], *, alike: bool = False) -> list[Group]:
    """*findings* in their order, those that differ only in the object, its path and cases as one group.

    They may have come to their line through others, unless they must be *alike* in that, too. Without an
    object, or where the line of the template is not known, a finding stands alone.
    """
    groups: dict[object, list[Finding]] = {}
    for number, finding in enumerate(sorted(findings, key=order)):
        alone = finding.resource is None or finding.place.line is None
        groups.setdefault(number if alone else _said(finding, alike=alike), []).append(finding)
    return [tuple(group) for group in groups.values()]


def _said(finding: Finding, *, alike: bool) -> Finding:
    """*finding* without what tells objects apart; of the rendered line the text alone counts."""
    said = replace(finding, resource=None, path="", rendered_line=None, cases=(), occurrence=0)
    if not alike:
        return replace(said, includes=(), passed_on=None, quoted=(), rendered=None)
    rendered = finding.rendered
    text = replace(rendered, text=rendered.text.strip(), line=0, column=0) if rendered else None
    return replace(said, rendered=text)


def accepted(findings: Iterable[Finding]) -> list[Finding]:
    """Those of *findings* that are suppressed, in their order."""
    return sorted((each for each in findings if each.suppressed is not None), key=order)


def other_ways(group: Group) -> int:
    """How many of *group* come to their line through others than the first does."""
    return sum(each.places != group[0].places for each in group)


def worst_first(findings: Iterable[Finding]) -> list[Finding]:
    """*findings* by severity, those that are suppressed last, for readers that stop somewhere."""
    return sorted(findings, key=lambda each: (each.suppressed is not None, -each.severity, order(each)))


def paths(group: Sequence[Finding]) -> list[str]:
    """The paths of *group*, each once."""
    return list(dict.fromkeys(each.path for each in group if each.path))
