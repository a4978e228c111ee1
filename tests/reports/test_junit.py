from __future__ import annotations

import importlib.util
import os
import pathlib
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from junitparser import Failure, JUnitXml, Skipped
from lxml import etree
from syrupy.assertion import SnapshotAssertion

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place
from chartkit.model.report import CaseResult, Report
from chartkit.reports.junit import render

Reports = Mapping[str, Report]
NAMES = ["full", "clean", "clean-but", "nothing", "one", "rich"]


@pytest.fixture(scope="module")
def schema() -> Any:
    """Jenkins' schema, which pytest tests its own reports against."""
    file = pathlib.Path(__file__).parents[1] / "tools/fetch_schemas.py"
    spec = importlib.util.spec_from_file_location("fetch_schemas", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        return etree.XMLSchema(etree.parse(module.fetch("junit-10.xsd")))
    except (OSError, ValueError, tarfile.TarError, subprocess.SubprocessError) as error:
        (pytest.fail if os.environ.get("REQUIRE_SCHEMAS") else pytest.skip)(f"no schema: {error}")


def cases_of(report: Report, suite: str) -> dict[str, Any]:
    root = JUnitXml.fromstring(render(report).encode())
    (found,) = (each for each in root if each.name == suite)
    return {case.name: case for case in found}


@pytest.mark.parametrize("name", NAMES)
def test_every_report_obeys_the_schema(reports: Reports, schema: Any, name: str) -> None:
    schema.assertValid(etree.fromstring(render(reports[name]).encode()))


@pytest.mark.parametrize("name", ["full", "rich"])
def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion, name: str) -> None:
    assert render(reports[name]) == snapshot


@pytest.mark.parametrize("name", NAMES)
def test_another_program_counts_the_same(reports: Reports, name: str) -> None:
    root = JUnitXml.fromstring(render(reports[name]).encode())
    tests = [case for suite in root for case in suite]
    assert root.tests == len(tests)
    assert root.failures == sum(isinstance(each, Failure) for case in tests for each in case.result)
    assert [suite.skipped for suite in root] == [
        sum(isinstance(each, Skipped) for case in suite for each in case.result) for suite in root
    ]
    assert bool(root.failures) == reports[name].failed


def test_each_case_has_a_test_for_each_thing_that_is_judged(reports: Reports) -> None:
    names = [*cases_of(reports["clean"], "linkerd-viz")]
    assert names[:3] == [
        "default on 1.31: renders",
        "default on 1.31: fits its schemas",
        "default on 1.31: keeps the rules",
    ]
    assert len(names) == 6 * 3 + 1
    assert names[-1] == "its files"
    compared = cases_of(replace(reports["clean"], compared=True), "linkerd-viz")
    assert "ha on 1.37: matches its golden file" in compared


def test_tests_fail_by_what_fails_the_run_and_tell_the_rest(reports: Reports) -> None:
    tests = cases_of(reports["full"], "linkerd-viz")
    (failure,) = tests["default on 1.31: fits its schemas"].result
    assert failure.type == "field-missing"
    assert failure.message == "'name' is missing in spec.template.spec.containers[0] (and 1 more finding)"
    assert "passed on at charts/partials/templates/_pods.tpl:55" in failure.text
    assert "field-unknown" in tests["default on 1.31: fits its schemas"].system_out
    assert "matches its golden file" in "".join(tests)
    never = cases_of(replace(reports["full"], fail_on=None), "linkerd-viz")
    assert not [each for test in never.values() for each in test.result if isinstance(each, Failure)]


def test_a_finding_is_told_in_full_once(reports: Reports) -> None:
    tests = cases_of(reports["full"], "linkerd-viz")
    (failure,) = tests["ha on 1.37: fits its schemas"].result
    assert "in full in 'default on 1.31: fits its schemas'" in failure.text
    assert "passed on at" not in failure.text


def test_what_is_refused_has_nothing_to_judge(reports: Reports) -> None:
    tests = cases_of(reports["rich"], "web")
    (skipped,) = tests["refused on 1.34: keeps the rules"].result
    assert skipped.message == "there is nothing to judge: Helm refuses it, as it must"
    assert not tests["refused on 1.34: renders"].result
    assert tests["refused on 1.34: renders"].system_out == "Helm refuses it, as it must\n"
    (skipped,) = tests["default on 1.34: fits its schemas"].result
    assert skipped.message == "there is nothing to judge: Helm does not render it"


def test_what_is_suppressed_or_not_judged_is_skipped_with_the_reason(reports: Reports) -> None:
    tests = cases_of(reports["full"], "linkerd-viz")
    skipped = {name: case.result[0].message for name, case in tests.items() if case.is_skipped}
    assert "no schema for this kind" in skipped.values()
    (name,) = (
        name for name in skipped if name.startswith("suppressed: service-selects-nothing, Service/tap")
    )
    assert skipped[name] == "suppressed: the pods come from the injector"


def test_what_concerns_no_chart_has_a_suite_of_its_own(reports: Reports) -> None:
    tests = cases_of(reports["rich"], "chartkit.yaml")
    assert tests["its files"].classname == "chartkit.chartkit_yaml"
    assert tests["its files"].result[0].type == "chart-pattern-unmatched"
    assert "not judged: cache x: it cannot be written" in tests


def test_a_finding_belongs_to_the_charts_of_its_cases() -> None:
    cases = tuple(CaseRef(chart, "default", "1.34.0") for chart in ("one", "two"))
    finding = Finding("release-object-conflict", Severity.ERROR, "both", "one", Place("x", 1), cases=cases)
    results = tuple(CaseResult(case, rendered=True) for case in cases)
    for suite in ("one", "two"):
        assert cases_of(Report((finding,), cases=results), suite)["default on 1.34: keeps the rules"].result


def test_charts_of_one_name_share_a_suite_that_fails_where_one_does() -> None:
    case = CaseRef("web", "default", "1.34.0")
    results = [
        CaseResult(case, rendered=rendered, path=path) for path, rendered in (("a", True), ("b", False))
    ]
    for given in (results, results[::-1]):
        tests = cases_of(Report(cases=tuple(given)), "web")
        assert tests["default on 1.34: keeps the rules"].is_skipped
