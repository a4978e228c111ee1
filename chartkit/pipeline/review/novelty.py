"""Which findings are new: those that were not there before, as often as they are there now."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
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


def only_new(report: Report, before: Mapping[str, int]) -> tuple[Report, int]:
    """*report* without the findings that were there *before*, and how many these are.

    Where a fault is there more often now, the last ones are the new ones.
    """
    groups: dict[str, list[int]] = {}
    for index, finding in enumerate(report.findings):
        if finding.suppressed is None:
            groups.setdefault(fault(finding), []).append(index)
    known: set[int] = set()
    for name, indices in groups.items():
        by_age = sorted(indices, key=lambda index: order(report.findings[index]))
        known.update(by_age[: before.get(name, 0)])
    kept = [index for index in range(len(report.findings)) if index not in known]
    findings = tuple(report.findings[index] for index in kept)
    return replace(report, findings=findings), len(known)
