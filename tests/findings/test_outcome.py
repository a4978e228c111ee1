"""What Helm logs is told in chartkit's words, and what it did not judge with is said."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit.findings.judge_chart import judge_outcome
from chartkit.findings.writer import Rules, placeholder_chart
from chartkit.model.case import Case, Chart, Scenario
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place
from chartkit.model.render import Failure, Render
from chartkit.rules import catalogue

CASE = Case("web", "web", Scenario("default"), "1.34.0")


@pytest.mark.parametrize(
    ("logged", "told"),
    [
        ("warning: skipped value for web.a: Not a table.", "skipped value for web.a: Not a table."),
        ("Warning: Dependencies are handled", "dependencies are handled"),
        ("odd", "odd"),
    ],
)
def test_a_warning_is_told_without_its_label(logged: str, told: str) -> None:
    rules = catalogue.known(())
    (finding,) = judge_outcome(
        placeholder_chart("web", "web"), CASE, Render("", "", warnings=(logged,)), (), rules
    )
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.message) == ("helm-warning", told)


def test_what_helm_is_meant_to_refuse_is_not_warned_of() -> None:
    refused = dataclasses.replace(CASE, scenario=Scenario("default", fails="no"))
    render = Render("", "", warnings=("odd",), failure=Failure("other", "no", "no"))
    rules = catalogue.known(())
    assert list(judge_outcome(placeholder_chart("web", "web"), refused, render, (), rules)) == []
    (finding, _) = judge_outcome(
        placeholder_chart("web", "web"), refused, dataclasses.replace(render, failure=None), (), rules
    )
    assert isinstance(finding, Finding)
    assert finding.rule == "helm-warning"


SCHEMA = b'{\n"properties": {"a": {"$ref": "https://example.com/x.json"}}\n}'
"""Which nobody can judge by who reads nothing from outside."""


def with_schema() -> Chart:
    name = "web/values.schema.json"
    return dataclasses.replace(placeholder_chart("web", "web"), files={name: SCHEMA}, origins={name: "web/s"})


def test_a_schema_that_is_not_used_is_not_judged() -> None:
    rules = {name: rule for name, rule in catalogue.known(()).items() if "recommended" in rule.sets}
    (said,) = judge_outcome(with_schema(), CASE, Render("", ""), (), rules)
    assert isinstance(said, NotJudged)
    assert said.what == "values by web/s"
    assert "https://example.com/x.json" in said.reason


@pytest.mark.parametrize(("rules", "strict"), [({}, True), (catalogue.known(()), False)])
def test_where_all_must_be_judged_that_is_an_error_at_the_reference(rules: Rules, *, strict: bool) -> None:
    (said,) = judge_outcome(with_schema(), CASE, Render("", ""), (), rules, strict=strict)
    assert isinstance(said, Finding)
    assert (said.rule, said.severity, said.place) == ("values-not-judged", Severity.ERROR, Place("web/s", 2))
