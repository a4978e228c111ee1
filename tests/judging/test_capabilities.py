"""A chart that asks the cluster for the new API is not blamed for Helm's answer."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit.judging.capabilities import milder
from chartkit.judging.findings import nothing
from chartkit.model import Case, Finding, Place, ResourceId, Scenario, Severity

BUDGET = ResourceId("policy/v1beta1", "PodDisruptionBudget", "", "web")
ASKS = [
    (
        '{{ if .Capabilities.APIVersions.Has "policy/v1/PodDisruptionBudget" }}',
        "policy/v1/PodDisruptionBudget",
    ),
    ('{{ if (.Capabilities.APIVersions.Has ( "policy/v1" )) }}', "policy/v1"),
    ('{{ if $.Capabilities.APIVersions.Has "policy/v1beta1" }}', ""),
    ('{{ if $.Capabilities.APIVersions.Has "policy/v1beta1/PodDisruptionBudget" }}', ""),
    ('{{ if $.Capabilities.APIVersions.Has "policy/v1/PodSecurityPolicy" }}', ""),
    ('{{ if $.Capabilities.APIVersions.Has "batch/v1" }}', ""),
    ("no question", ""),
]


def judged(template: str, *offered: str, rule: str = "api-version-removed") -> Finding:
    finding = Finding(rule, Severity.ERROR, "gone", "web", Place("web/x"), resource=BUDGET)
    chart = dataclasses.replace(nothing("web", "web"), files={"web/templates/_x.tpl": template.encode()})
    case = Case("web", "web", Scenario("default", api_versions=offered), "1.34.0")
    (answer,) = milder(iter([finding]), chart, case)
    return answer


@pytest.mark.parametrize(("template", "api"), ASKS)
def test_asking_for_what_came_instead_makes_a_warning_of_it(template: str, api: str) -> None:
    finding = judged(template)
    assert finding.severity is (Severity.WARNING if api else Severity.ERROR)
    assert finding.hint.endswith(f"api-versions: [{api}]" if api else "")


def test_another_group_may_have_the_kind_now() -> None:
    template = '{{ if .Capabilities.APIVersions.Has "new.k8s.io/v1/PodDisruptionBudget" }}'
    assert judged(template).severity is Severity.WARNING


def test_what_the_scenario_offers_was_heard() -> None:
    api = "policy/v1/PodDisruptionBudget"
    assert judged(f'{{{{ if .Capabilities.APIVersions.Has "{api}" }}}}', api).severity is Severity.ERROR


def test_other_rules_are_left_alone() -> None:
    assert judged(ASKS[0][0], rule="field-invalid").severity is Severity.ERROR
