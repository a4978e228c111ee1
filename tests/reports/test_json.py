from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from chartkit import schemas_folder
from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place
from chartkit.model.report import CaseResult, Report
from chartkit.reports import FORMATS
from chartkit.reports.json import render

NAMES = ["full", "clean", "clean-but", "nothing", "one"]


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads((schemas_folder() / "report.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", NAMES)
def test_every_report_obeys_the_schema(reports: Mapping[str, Report], validator: Any, name: str) -> None:
    validator.validate(json.loads(render(reports[name])))


def test_a_report_reads_so(reports: Mapping[str, Report], snapshot: SnapshotAssertion) -> None:
    assert render(reports["full"]) == snapshot


def test_the_schema_is_strict(reports: Mapping[str, Report], validator: Any) -> None:
    report = json.loads(render(reports["full"]))
    for part in (
        report,
        report["findings"][0],
        report["not_judged"][0],
        report["cases"][0],
        report["summary"],
        report["findings"][0]["resource"],
        report["findings"][0]["cases"][0],
        next(include for each in report["findings"] for include in each["includes"]),
    ):
        validator.validate(report)
        part["surprise"] = 1
        assert not validator.is_valid(report)
        del part["surprise"]
        for key in [*part]:
            value = part.pop(key)
            assert not validator.is_valid(report), key
            part[key] = value


def test_keys_come_in_the_order_of_the_contract(reports: Mapping[str, Report]) -> None:
    report = json.loads(render(reports["full"]))
    assert [*report] == ["version", "findings", "not_judged", "cases", "summary"]
    assert [*report["findings"][0]] == [
        *("rule", "severity", "message", "hint", "chart", "file", "line", "column", "includes", "resource"),
        *("path", "rendered_line", "cases", "fingerprint", "group", "suppressed"),
    ]
    assert [*report["not_judged"][0]] == ["what", "chart", "resource", "reason", "cases"]
    assert [*report["cases"][0]] == [
        *("chart", "scenario", "kube_version", "rendered", "cached", "objects", "seconds")
    ]
    assert [*report["summary"]] == [
        *("charts", "cases", "objects", "errors", "warnings", "notes", "suppressed", "not_judged"),
        "unrendered",
    ]


def test_what_is_not_known_is_null(reports: Mapping[str, Report]) -> None:
    finding = next(
        each for each in json.loads(render(reports["full"]))["findings"] if each["rule"] == "render-failed"
    )
    assert finding["column"] is None
    assert finding["resource"] is None
    assert finding["rendered_line"] is None
    assert finding["suppressed"] is None


def test_findings_are_sorted_by_file_line_rule_and_resource(reports: Mapping[str, Report]) -> None:
    found = json.loads(render(reports["full"]))["findings"]
    assert [(each["file"], each["line"] or 0) for each in found] == sorted(
        (each["file"], each["line"] or 0) for each in found
    )


def test_versions_are_written_as_people_say_them() -> None:
    results = tuple(
        CaseResult(CaseRef("a", "x", version), rendered=True) for version in ("1.34.0", "1.34.2", "1.30.0")
    )
    cases = json.loads(render(Report(cases=results)))["cases"]
    assert [each["kube_version"] for each in cases] == ["1.30", "1.34", "1.34.2"]


def test_only_times_and_the_cache_tell_two_runs_apart(reports: Mapping[str, Report]) -> None:
    full = reports["full"]
    again = replace(full, cases=tuple(replace(each, seconds=9.9, cached=True) for each in full.cases))
    one, two = (json.loads(render(report)) for report in (full, again))
    for case in (*one["cases"], *two["cases"]):
        del case["seconds"], case["cached"]
    assert one == two


def test_the_output_is_plain_ascii_and_text_comes_back(reports: Mapping[str, Report]) -> None:
    finding = Finding("a", Severity.NOTE, "\x7f\x1b\u202e直😀\udc80", "c", Place("f"))
    text = FORMATS["json"](Report((finding,)))
    assert all(char == "\n" or " " <= char <= "~" for char in text)
    assert json.loads(text)["findings"][0]["message"] == "\x7f\x1b\u202e直😀\\x80"


@given(st.randoms(use_true_random=False))
def test_the_order_of_what_was_found_is_nothing(random: Any) -> None:
    findings = [
        Finding("a", Severity.NOTE, message, "c", Place("f", line), path=path)
        for message in ("x", "y")
        for line in (None, 1)
        for path in ("", "/a")
    ]
    unjudged = [NotJudged(what, chart, "why") for what in ("x", "y") for chart in ("b", "c")]
    results = [CaseResult(CaseRef("a", name, "1.34.0"), rendered=True) for name in "abc"]
    shuffled = [random.sample(items, len(items)) for items in (findings, unjudged, results)]
    expected = render(Report(tuple(findings), tuple(unjudged), tuple(results)))
    found, left, done = map(tuple, shuffled)
    assert render(Report(found, left, done)) == expected
