"""Charts that ask which APIs the cluster offers: without a cluster, Helm answers from a short list.

Helm knows group versions only, and not those of aggregated APIs, so that a template which asks for
``policy/v1/PodDisruptionBudget`` or ``apiregistration.k8s.io/v1`` takes its old branch, whatever the
Kubernetes version. A cluster would answer otherwise.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Final

from chartkit.model import Case, Chart, Finding, Severity

_REMOVED: Final = "api-version-removed"
_ASKED: Final = re.compile(rb'\.APIVersions\.Has\s+\(?\s*"([\w.-]+/[\w./-]+)"')


def milder(findings: Iterator[Finding], chart: Chart, case: Case | None) -> Iterator[Finding]:
    """*findings*, with a removed API no more than a warning where the chart asks for what came instead.

    What the scenario says that the cluster offers was heard; the chart then has no excuse.
    """
    for finding in findings:
        api = _asked_instead(finding, chart, case) if finding.rule == _REMOVED else ""
        if not api:
            yield finding
            continue
        severity = min(finding.severity, Severity.WARNING)
        hint = f"a cluster may well answer otherwise: to see it, give the scenario api-versions: [{api}]"
        yield dataclasses.replace(finding, severity=severity, hint=hint)


def _asked_instead(finding: Finding, chart: Chart, case: Case | None) -> str:
    """The API that a template asks for to make the object of it, where the scenario does not offer it."""
    resource = finding.resource
    if resource is None or case is None:
        return ""
    group = resource.api_version.rpartition("/")[0]
    for api in _asked(chart):
        version, _, kind = api.partition("/")[2].partition("/")
        fits = kind == resource.kind or (not kind and api == f"{group}/{version}")
        if fits and not api.startswith(resource.api_version) and api not in case.scenario.api_versions:
            return api
    return ""


def _asked(chart: Chart) -> list[str]:
    """The APIs that the templates of *chart* ask for, the most precise first."""
    found = {
        match[1].decode()
        for name, content in chart.files.items()
        if "/templates/" in name and b".APIVersions" in content
        for match in _ASKED.finditer(content)
    }
    return sorted(found, key=lambda api: (-api.count("/"), api))
