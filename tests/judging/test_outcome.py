"""What Helm logs is told in chartkit's words, and what it did not judge with is said."""

from __future__ import annotations

import dataclasses

import pytest

from chartkit import rulebook
from chartkit.judging.findings import nothing
from chartkit.judging.outcome import judge_outcome
from chartkit.model import Case, Failure, Finding, NotJudged, Render, Scenario

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
    rules = rulebook.known(())
    (finding,) = judge_outcome(nothing("web", "web"), CASE, Render("", "", warnings=(logged,)), (), rules)
    assert isinstance(finding, Finding)
    assert (finding.rule, finding.message) == ("helm-warning", told)


def test_what_helm_is_meant_to_refuse_is_not_warned_of() -> None:
    refused = dataclasses.replace(CASE, scenario=Scenario("default", fails="no"))
    render = Render("", "", warnings=("odd",), failure=Failure("other", "no", "no"))
    rules = rulebook.known(())
    assert list(judge_outcome(nothing("web", "web"), refused, render, (), rules)) == []
    (finding, _) = judge_outcome(
        nothing("web", "web"), refused, dataclasses.replace(render, failure=None), (), rules
    )
    assert isinstance(finding, Finding)
    assert finding.rule == "helm-warning"


def test_a_schema_that_is_not_used_is_not_judged() -> None:
    schema = {"web/values.schema.json": b'{"$ref": "https://example.com/x.json"}'}
    chart = dataclasses.replace(
        nothing("web", "web"), files=schema, origins={"web/values.schema.json": "web/s"}
    )
    (said,) = judge_outcome(chart, CASE, Render("", ""), (), rulebook.known(()))
    assert isinstance(said, NotJudged)
    assert said.what == "values by web/s"
    assert "https://example.com/x.json" in said.reason
