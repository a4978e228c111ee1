"""Which findings are new: those that were not there before, as often as they are there now."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from chartkit.model.finding import Finding, order
from chartkit.model.report import Report


def fault(finding: Finding) -> str:
    """A name of the fault, the same for each place that has it."""
    name = repr(finding.identity).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(name, digest_size=12).hexdigest()


def faults(findings: Iterable[Finding]) -> Counter[str]:
    """How often each fault is there that nobody has accepted."""
    return Counter(fault(finding) for finding in findings if finding.suppressed is None)


def only_new(
    report: Report, before: Mapping[str, int], lines: Collection[tuple[str, int]]
) -> tuple[Report, int]:
    """*report* without the findings that were there *before*, and how many these are.

    Where a fault is there more often now, those on changed *lines* are the new ones, then the last ones.
    """
    groups: dict[str, list[int]] = {}
    for index, finding in enumerate(report.findings):
        if finding.suppressed is None:
            groups.setdefault(fault(finding), []).append(index)
    known: set[int] = set()
    for name, indices in groups.items():
        by_age = sorted(indices, key=lambda index: _age(report.findings[index], lines))
        known.update(by_age[: before.get(name, 0)])
    kept = [index for index in range(len(report.findings)) if index not in known]
    findings = tuple(report.findings[index] for index in kept)
    return replace(report, findings=findings), len(known)


def _age(finding: Finding, lines: Collection[tuple[str, int]]) -> tuple[bool, tuple[object, ...]]:
    """Orders what was probably there before what is new."""
    changed = any(place.line is not None and (place.file, place.line) in lines for place in finding.places)
    return changed, order(finding)
