"""Chart by chart and scenario by scenario: what became of the cases, and how much is found in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from chartkit.model.finding import Finding, Severity
from chartkit.model.report import CaseResult, Report
from chartkit.reports import _words

Counts = tuple[tuple[str, int], ...]
"""How many findings of each severity, the worst first; those of which there are none are left out."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A scenario of a chart; *state* is ``rendered``, ``refused`` (as it must be) or ``failed``.

    *summary* says so in words, with the versions where they are not the usual ones.
    """

    scenario: str
    state: str
    summary: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class ChartRow:
    """A chart: *shared* where another one has its name. *files* counts what is of no case."""

    name: str
    path: str
    shared: bool
    cells: tuple[Cell, ...]
    counts: Counts
    files: Counts


def charts(report: Report) -> list[ChartRow]:
    """Every chart that has a case, and what else findings say that they are of."""
    found: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in report.active_findings:
        for name in {finding.chart, *(ref.chart for ref in finding.cases)}:
            found[name].append(finding)
    results: defaultdict[tuple[str, str], defaultdict[str, list[CaseResult]]]
    results = defaultdict(lambda: defaultdict(list))
    for result in report.cases:
        results[result.case.chart, result.path][result.case.scenario].append(result)
    names = Counter(name for name, _ in results)
    usual = _usual(scenario for scenarios in results.values() for scenario in scenarios.values())
    keys = {*results, *((name, "") for name in found if name not in names)}
    return [
        _row(key, results[key], _of(found[key[0]], key[1], shared=names[key[0]] > 1), usual, names)
        for key in sorted(keys)
    ]


def _usual(scenarios: Iterable[Iterable[CaseResult]]) -> frozenset[str]:
    """The versions that most scenarios are rendered for."""
    counts = Counter(map(_versions, scenarios))
    return min(counts, key=lambda each: (-counts[each], sorted(each)), default=frozenset())


def _versions(results: Iterable[CaseResult]) -> frozenset[str]:
    return frozenset(each.case.kube_version for each in results)


def _of(findings: Iterable[Finding], path: str, *, shared: bool) -> list[Finding]:
    """Those *findings* of charts of one name that are of the one at *path*, by their files."""
    below = f"{path}/"
    return [
        each
        for each in findings
        if not shared or any(place.file == path or place.file.startswith(below) for place in each.places)
    ]


def _row(
    key: tuple[str, str],
    scenarios: Mapping[str, Sequence[CaseResult]],
    findings: Sequence[Finding],
    usual: Set[str],
    names: Mapping[str, int],
) -> ChartRow:
    name, path = key
    within: defaultdict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        for scenario in {ref.scenario for ref in finding.cases if ref.chart == name}:
            within[scenario].append(finding)
    return ChartRow(
        name,
        path,
        names.get(name, 0) > 1,
        tuple(_cell(each, scenarios[each], within[each], usual) for each in sorted(scenarios, key=_order)),
        _counts(findings),
        _counts(each for each in findings if not each.cases),
    )


def _order(scenario: str) -> tuple[bool, str]:
    """What a chart is as it comes, then the others by name."""
    return scenario != "default", scenario


def _cell(scenario: str, results: Sequence[CaseResult], findings: Iterable[Finding], usual: Set[str]) -> Cell:
    failed = [each for each in results if not each.rendered and not each.must_fail]
    refused = [each for each in results if not each.rendered and each.must_fail]
    state = "failed" if failed else "refused" if refused else "rendered"
    parts = [*_refusals(results, (failed, "not rendered"), (refused, "refused as it must be"))]
    if objects := max(each.objects for each in results):
        parts.append(_words.number(objects, "object"))
    if (versions := _versions(results)) != usual:
        parts.append(f"Kubernetes {_words.versions(versions)}")
    return Cell(scenario, state, ", ".join(parts), _counts(findings))


def _refusals(results: Sequence[CaseResult], *groups: tuple[Sequence[CaseResult], str]) -> Iterator[str]:
    for found, words in groups:
        if found:
            versions = _words.versions(_versions(found))
            yield words if len(found) == len(results) else f"{words} on {versions}"


def _counts(findings: Iterable[Finding]) -> Counts:
    counted = Counter(finding.severity for finding in findings)
    return tuple((each.label, counted[each]) for each in sorted(Severity, reverse=True) if counted[each])
