"""Findings that one edit would mend, reported as one entry: identity and fingerprints stay per object."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from chartkit.judging.findings import order
from chartkit.model import Finding, ResourceId, Severity

Group = tuple[Finding, ...]
"""Findings of one entry, at least one: first the one that says most precisely what is wrong."""

_GENERAL: Final = frozenset({"field-invalid", "field-missing", "field-unknown"})
"""What schemas say; where another rule speaks of the same text, it says why."""
_CAUSE: Final = "text-unrendered"
"""What a template left behind, which other rules then find to be no label, name or version."""
_BLOCK: Final = "yaml-key-duplicate"
"""A block that stands twice doubles each of its keys."""


def together(findings: Iterable[Finding], *, alike: bool = False) -> list[Group]:
    """*findings* in their order, in groups of those that one edit would mend.

    Such are one message of one rule at one line, whatever the object and the chart; what several rules say of
    one text; and the keys of one doubled block. If *alike*, only what differs in nothing but the object, the
    lines through which it came included. Where the line is not known, a finding stands alone.
    """
    found = sorted(findings, key=order)
    leader = list(range(len(found)))

    def lead(number: int) -> int:
        while leader[number] != number:
            number = leader[number] = leader[leader[number]]
        return number

    first: dict[Hashable, int] = {}
    for number, finding in enumerate(found):
        for key in _alike(finding) if alike else _edits(finding):
            other = lead(first.setdefault(key, number))
            mine = lead(number)
            leader[max(mine, other)] = min(mine, other)
    groups: dict[int, list[Finding]] = {}
    for number, finding in enumerate(found):
        groups.setdefault(lead(number), []).append(finding)
    return [tuple(sorted(group, key=_precision)) for group in groups.values()]


def _edits(finding: Finding) -> Iterator[Hashable]:
    """What *finding* has in common with those that the same edit would mend."""
    if finding.place.line is None:
        return
    accepted = finding.suppressed
    yield ("message", finding.rule, finding.place, finding.message, finding.hint, finding.severity, accepted)
    if finding.resource is not None:
        yield ("text", finding.place, finding.chart, finding.resource, finding.path, accepted)
        if finding.rule == _BLOCK:
            parent = finding.path.rpartition("/")[0]
            yield ("block", finding.place.file, finding.chart, finding.resource, parent, accepted)


def _alike(finding: Finding) -> Iterator[Hashable]:
    """*finding* without what tells objects apart; of the rendered line the text alone counts."""
    if finding.resource is not None and finding.place.line is not None:
        rendered = finding.rendered
        text = replace(rendered, text=rendered.text.strip(), line=0, column=0) if rendered else None
        same = replace(
            finding, resource=None, path="", rendered_line=None, cases=(), occurrence=0, rendered=text
        )
        yield repr(same)


def _precision(finding: Finding) -> tuple[bool, bool, int]:
    return finding.rule != _CAUSE, finding.rule in _GENERAL, -finding.severity


def head(group: Group) -> Finding:
    """The finding that stands for *group*: with the worst severity, and the cases of all."""
    if len(group) == 1:
        return group[0]
    cases = tuple(sorted({case for each in group for case in each.cases}))
    return replace(group[0], severity=max(each.severity for each in group), cases=cases)


def counts(findings: Iterable[Finding]) -> Mapping[Severity, int]:
    """How many entries of each severity there are among those *findings* that are not suppressed."""
    return Counter(
        head(group).severity for group in together(each for each in findings if each.suppressed is None)
    )


def objects(group: Group) -> list[ResourceId]:
    """The objects of *group*, each once."""
    return list(dict.fromkeys(each.resource for each in group if each.resource))


def charts(group: Group) -> list[str]:
    """The charts of *group*, each once."""
    return sorted({each.chart for each in group if each.chart})


def others(group: Group) -> list[Finding]:
    """Of each message of *group* that is not its first finding's, one finding."""
    found = {(each.rule, each.message): each for each in reversed(group)}
    return [
        each
        for each in reversed(found.values())
        if (each.rule, each.message) != (group[0].rule, group[0].message)
    ]


def accepted(findings: Iterable[Finding]) -> list[Finding]:
    """Those of *findings* that are suppressed, in their order."""
    return sorted((each for each in findings if each.suppressed is not None), key=order)


def other_ways(group: Group) -> int:
    """How many of *group* come to their line through others than the first does."""
    return sum(each.places != group[0].places for each in group)


def worst_first(groups: Iterable[Group]) -> list[Group]:
    """*groups* by severity, those that are suppressed last, for readers that stop somewhere."""

    def place(group: Group) -> tuple[object, ...]:
        return group[0].suppressed is not None, -head(group).severity, order(group[0])

    return sorted(groups, key=place)


def paths(group: Sequence[Finding]) -> list[str]:
    """The paths of *group*, each once."""
    return list(dict.fromkeys(each.path for each in group if each.path))
