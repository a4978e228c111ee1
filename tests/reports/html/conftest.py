"""A report with evidence and coverage, and how a page is read back."""

from __future__ import annotations

import json
from typing import Any

import lxml.html
import pytest

from chartkit.model.case import CaseRef
from chartkit.model.coverage import ChartCoverage, Coverage, FileCoverage, Remark
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.finding import Finding, NotJudged, RuleText, Severity
from chartkit.model.place import Place
from chartkit.model.report import CaseResult, Report
from chartkit.reports.html import render
from tests.reports.conftest import DRIFT, PAGE

CASES = tuple(
    CaseRef("web", scenario, version)
    for scenario in ("default", "ha")
    for version in ("1.31.0", "1.34.0", "1.37.0")
)
TEMPLATE = "charts/web/templates/web.yaml"
SOURCE = tuple(f"line-{number}: x" for number in range(1, 9))
RENDERED = Excerpt("", 10, ("kind: Deployment", "spec:", "  replicas: two"), 12, 13)


def evidence(line: int) -> Evidence:
    return Evidence(
        CASES[0],
        (
            Excerpt(TEMPLATE, 1, SOURCE, line, 4),
            Excerpt("charts/web/values.yaml", 1, ("replicas: two",), 1, 1),
        ),
        RENDERED,
        ("what b64enc printed",),
    )


def finding(
    number: int,
    severity: Severity = Severity.ERROR,
    *,
    rule: str = "field-invalid",
    message: str = "",
    file: str = TEMPLATE,
    cases: tuple[CaseRef, ...] = CASES,
    suppressed: str | None = None,
) -> Finding:
    return Finding(
        rule,
        severity,
        message or f"number {number} is wrong",
        "web",
        Place(file, number, 4),
        "mend it",
        path=f"/spec/x/{number}",
        cases=cases,
        suppressed=suppressed,
    )


FINDINGS = (
    finding(1),
    finding(2, Severity.WARNING, rule="field-unknown", cases=CASES[3:]),
    finding(3, Severity.NOTE, file="charts/web/values.yaml", message="odd table", cases=()),
    finding(4, suppressed="the injector sets it"),
    finding(5, rule="golden-drifted", message=DRIFT, file="golden/web/default.yaml"),
)
UNMEASURED = FileCoverage("charts/web/templates/odd.yaml", "", (), {}, (), ("web",), "unclosed action")
COVERAGE = Coverage(
    (ChartCoverage("web", "charts/web", "application", (UNMEASURED,)),),
    remarks=(Remark("charts/lib", "a library"),),
)
REPORT = Report(
    FINDINGS,
    (NotJudged("linkerd.io/v1 Link", "web", "no schema for this kind", cases=CASES[:1]),),
    (
        *(CaseResult(each, rendered=True, objects=3, path="charts/web") for each in CASES),
        CaseResult(CaseRef("web", "refused", "1.34.0"), rendered=False, must_fail=True, path="charts/web"),
        CaseResult(CaseRef("web", "broken", "1.34.0"), rendered=False, path="charts/web"),
    ),
    evidence={each.fingerprint: evidence(each.place.line or 0) for each in FINDINGS},
    rules=(RuleText("field-invalid", Severity.ERROR, PAGE),),
    coverage=COVERAGE,
)


class Read:
    """A page as a reader of HTML has it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.root = lxml.html.document_fromstring(text.encode())

    @property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.one("script#data").text)
        return found

    def all(self, selector: str) -> list[Any]:
        return list(self.root.cssselect(selector))

    def one(self, selector: str) -> Any:
        (found,) = self.all(selector)
        return found

    def words(self, selector: str) -> list[str]:
        """The text of each element, with single spaces."""
        return [" ".join(each.text_content().split()) for each in self.all(selector)]


def read(report: Report) -> Read:
    return Read(render(report))


@pytest.fixture(scope="session")
def page() -> Read:
    return read(REPORT)
