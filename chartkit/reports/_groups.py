"""Findings that one edit would mend, reported as one entry: identity and fingerprints stay per object."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from chartkit.helm.charts.agreement import REPOSITORY
from chartkit.model.finding import Finding, Severity, order
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import Report

Group = tuple[Finding, ...]
"""Findings of one entry, at least one: first the one that says most precisely what is wrong."""

_GENERAL: Final = frozenset({"field-invalid", "field-missing", "field-unknown"})
"""Rules of schemas; where another rule finds the same text wrong, that one says why."""
_CAUSE: Final = "text-unrendered"
"""What a template left behind, which other rules then find to be no label, name or version."""
_MISSING: Final = "dependency-missing"
_NAME_AND_VERSION: Final = re.compile(r"dependency '(.*?)' \((.*?)(?:, alias '.*?')?\) is not in ")
_MOST_CHARTS: Final = 3
_FETCH: Final = "run `chartkit check --update-dependencies` once: what it fetches, later runs use"
_BLOCK: Final = "yaml-key-duplicate"
"""A block that stands twice doubles each of its keys."""


def groups(report: Report, *, suppressed: bool = False, alike: bool = False) -> list[Group]:
    """The findings of *report* in their order, in groups of those that one edit would mend.

    Such are one message of one rule at one line, whatever the object and the chart; what several rules say of
    one text; and the keys of one doubled block. If *alike*, only what differs in nothing but the object, the
    lines through which it came included. Where the line is not known, a finding stands alone. Those that are
    suppressed are left out unless they are asked for.
    """
    found = sorted(report.findings if suppressed else report.active_findings, key=order)
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
    grouped: dict[int, list[Finding]] = {}
    for number, finding in enumerate(found):
        grouped.setdefault(lead(number), []).append(finding)
    return [tuple(sorted(group, key=_precision)) for group in grouped.values()]


def entries(report: Report, *, suppressed: bool = False, alike: bool = False) -> list[Group]:
    """As `groups`, with all dependencies that have to be fetched as one, since one command does it.

    Not if *alike*. `head` says of the whole entry what is missing.
    """
    found = groups(report, suppressed=suppressed, alike=alike)
    missing = [group for group in found if _can_be_fetched(group[0])]
    if alike or len(missing) < 2:
        return found
    rest = [group for group in found if not _can_be_fetched(group[0])]
    return [*rest, tuple(each for group in missing for each in group)]


def _can_be_fetched(finding: Finding) -> bool:
    return finding.rule == _MISSING and REPOSITORY in finding.message and finding.is_active


def is_missing(group: Group) -> bool:
    """Whether *group* is of several dependencies that have to be fetched."""
    return _can_be_fetched(group[0]) and len({(each.message, each.place) for each in group}) > 1


def _missing(group: Group) -> Finding:
    """What stands for them: by repository, which are missing, and which charts want them."""
    wanted: dict[str, dict[str, dict[str, None]]] = {}
    for each in group:
        what, _, address = each.message.partition(REPOSITORY)
        folder = each.place.file.rpartition("/")[0] or each.chart
        wanted.setdefault(address.strip("'"), {}).setdefault(_dependency(what), {})[folder] = None
    charts = len({folder for names in wanted.values() for folders in names.values() for folder in folders})
    refused = len({each.place.file for each in group if each.cases})
    summary = f"{charts:,} charts were not rendered: {len(group):,} dependencies are missing"
    if charts == 1 or refused < charts:
        summary = f"{len(group):,} dependencies of {charts:,} chart{'s' * (charts > 1)} are missing"
        summary += f": {refused:,} of the charts {'was' if refused == 1 else 'were'} not rendered" * (
            charts > 1
        )
    lines = [summary]
    for address, names in sorted(wanted.items()):
        lines.append(f"  {address}")
        lines += (f"    {name}: {_some([*folders])}" for name, folders in sorted(names.items()))
    place = Place(f"{charts:,} charts") if charts > 1 else Place(group[0].place.file)
    message, severity = "\n".join(lines), max(each.severity for each in group)
    return replace(
        group[0],
        message=message,
        hint=_FETCH,
        place=place,
        display=replace(group[0].display, snippet=None),
        cases=(),
        severity=severity,
    )


def _dependency(what: str) -> str:
    """``dependency 'redis' (22.x.x, alias 'cache') is not in …`` as ``redis 22.x.x``, X small."""
    found = _NAME_AND_VERSION.match(what)
    return f"{found[1]} {found[2].lower()}" if found else what


def _some(folders: Sequence[str]) -> str:
    more = len(folders) - _MOST_CHARTS
    return ", ".join(folders[:_MOST_CHARTS]) + (f", +{more:,} more" if more > 0 else "")


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
    """*finding* without its object, path and cases; of the rendered line the text alone counts."""
    if finding.resource is not None and finding.place.line is not None:
        rendered = finding.display.rendered
        text = replace(rendered, text=rendered.text.strip(), line=0, column=0) if rendered else None
        shown = replace(finding.display, rendered=text)
        same = replace(
            finding, resource=None, path="", rendered_line=None, cases=(), occurrence=0, display=shown
        )
        yield repr(same)


def _precision(finding: Finding) -> tuple[bool, bool, int]:
    return finding.rule != _CAUSE, finding.rule in _GENERAL, -finding.severity


def head(group: Group) -> Finding:
    """The finding that stands for *group*: with the worst severity, and the cases of all."""
    if len(group) == 1:
        return group[0]
    if is_missing(group):
        return _missing(group)
    cases = tuple(sorted({case for each in group for case in each.cases}))
    return replace(group[0], severity=max(each.severity for each in group), cases=cases)


def severity_counts(found: Iterable[Group]) -> Mapping[Severity, int]:
    """How many of the groups that are not suppressed have each severity."""
    return Counter(head(group).severity for group in found if group[0].is_active)


def objects(group: Group) -> list[ResourceId]:
    """The objects of *group*, each once."""
    return list(dict.fromkeys(each.resource for each in group if each.resource))


def charts(group: Group) -> list[str]:
    """The charts of *group*, each once."""
    return sorted({each.chart for each in group if each.chart})


def others(group: Group) -> list[Finding]:
    """Of each message of *group* that is not its first finding's, one finding."""
    if is_missing(group):
        return []
    found = {(each.rule, each.message): each for each in reversed(group)}
    return [
        each
        for each in reversed(found.values())
        if (each.rule, each.message) != (group[0].rule, group[0].message)
    ]


def suppressed_findings(report: Report) -> list[Finding]:
    """The findings that are suppressed, in their order."""
    return sorted((each for each in report.findings if not each.is_active), key=order)


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
