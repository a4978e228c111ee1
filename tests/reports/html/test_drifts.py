"""Differences from golden files, by object."""

from __future__ import annotations

from dataclasses import replace

from chartkit.model.finding import Finding
from chartkit.model.report import Report
from chartkit.reports import _words
from chartkit.reports.html._drifts import drifts
from tests.reports.html.conftest import CASES, REPORT, Read, finding, read

HEAD = "render differs from its golden file: 1 object changed\n"
CHANGED = "~ Deployment/web\n    spec.replicas\n      - 1\n      + 2\n"
RAN = _words.covered_versions(REPORT.cases)


def drift(number: int, message: str, scenario: str = "default") -> Finding:
    cases = tuple(each for each in CASES if each.scenario == scenario)
    return finding(
        number,
        rule="golden-drifted",
        message=(HEAD + message).rstrip("\n"),
        cases=cases,
        file=f"golden/{scenario}",
    )


def test_objects_are_told_apart_with_their_signs(page: Read) -> None:
    assert page.words("#golden .sign") == ["~", "+", "~"]
    assert page.words("#golden .heading") == [
        *("Deployment/web in linkerd-viz", "ConfigMap/web-config in linkerd-viz added"),
        "order changed, moved: Service/web",
    ]
    first = page.one("#drift-0 pre")
    assert [(each.get("class"), each.text) for each in first][:3] == [
        ("path", "spec.replicas"), ("minus", "  - 1"), ("plus", "  + 2"),
    ]  # fmt: skip


def test_a_finding_leads_to_its_differences_and_they_to_it(page: Read) -> None:
    (row,) = page.all("[data-drifts]")
    assert row.get("data-drifts") == "0 1 2"
    links = [each.get("href") for each in page.all(f"#{row.get('id')} .drifts a")]
    assert links == ["#drift-0", "#drift-1", "#drift-2"]
    assert {each.get("href") for each in page.all("#golden .told a")} == {f"#{row.get('id')}"}


def test_what_several_goldens_have_in_common_is_told_once() -> None:
    found = [drift(1, CHANGED), drift(2, CHANGED + "- Service/web removed", "ha")]
    same, other = drifts(found, RAN)
    assert (same.heading, same.findings, same.cases) == (
        "Deployment/web",
        (0, 1),
        "default, ha on every version",
    )
    assert (other.sign, other.findings, other.cases) == ("-", (1,), "ha on every version")


def test_what_differs_on_some_versions_says_on_which() -> None:
    message = f"on Kubernetes 1.31, 1.34:\n{CHANGED}on Kubernetes 1.37:\n+ Service/web added"
    one, two = drifts([drift(1, message)], RAN)
    assert (one.heading, one.cases) == ("Deployment/web", "default on 1.31 and 1.34")
    assert (two.heading, two.cases) == ("Service/web added", "default on 1.37")


def test_other_findings_have_no_differences() -> None:
    report = replace(REPORT, findings=(finding(1, message=HEAD + CHANGED),), evidence={})
    page = read(report)
    assert not page.all("#golden")
    assert "spec.replicas" in page.one(".finding pre.rest").text


def test_a_drift_without_objects_is_a_finding_like_others() -> None:
    page = read(Report((drift(1, ""),)))
    assert not page.all("#golden")
    assert page.words(".finding .msg") == [HEAD.strip()]
