from __future__ import annotations

import gzip
import importlib.util
import json
import os
import pathlib
import subprocess
import tarfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from sarif import loader
from syrupy.assertion import SnapshotAssertion

from chartkit import __version__
from chartkit.model.finding import Display, Finding, NotJudged, RuleText, Severity, Snippet
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import Report
from chartkit.reports import _groups, sarif
from chartkit.reports.sarif import render

Reports = Mapping[str, Report]
NAMES = ["full", "clean", "clean-but", "nothing", "one", "rich"]


@pytest.fixture(scope="module")
def validator() -> Any:
    """SARIF's own schema; without a network, the tests that want it are skipped."""
    file = pathlib.Path(__file__).parents[1] / "tools/fetch_schemas.py"
    spec = importlib.util.spec_from_file_location("fetch_schemas", file)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    try:
        schema = json.loads(module.fetch("sarif-2.1.0.json").read_text())
    except (OSError, ValueError, tarfile.TarError, subprocess.SubprocessError) as error:
        (pytest.fail if os.environ.get("REQUIRE_SCHEMAS") else pytest.skip)(f"no schema: {error}")
    return jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())


def run_of(report: Report, *, verbose: bool = False) -> dict[str, Any]:
    (run,) = json.loads(render(report, verbose=verbose))["runs"]
    assert isinstance(run, dict)
    return run


def told(run: Mapping[str, Any], name: str) -> list[str]:
    (invocation,) = run["invocations"]
    found = invocation["toolExecutionNotifications"]
    return [each["message"]["text"] for each in found if each["descriptor"]["id"] == name]


@pytest.mark.parametrize("verbose", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_every_report_obeys_the_schema(reports: Reports, validator: Any, name: str, verbose: bool) -> None:
    validator.validate(json.loads(render(reports[name], verbose=verbose)))


@pytest.mark.parametrize("name", ["full", "rich"])
def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion, name: str) -> None:
    assert render(reports[name], verbose=True).replace(f'"{__version__}"', '"VERSION"') == snapshot


def test_a_clean_report_has_results_and_they_are_none(reports: Reports) -> None:
    run = run_of(reports["clean"])
    assert run["results"] == []
    assert run["tool"]["driver"]["rules"] == []
    assert run["invocations"][0]["exitCode"] == 0


def test_another_program_counts_the_same(reports: Reports, tmp_path: pathlib.Path) -> None:
    for name in NAMES:
        file = tmp_path / f"{name}.sarif"
        file.write_text(render(reports[name]), encoding="utf-8")
        read = loader.load_sarif_file(str(file))
        counts = read.get_report().get_issue_count_for_severity
        for severity in Severity:
            assert counts(severity.label) == _groups.severity_counts(_groups.groups(reports[name]))[severity]


def test_the_exit_code_is_that_of_the_check(reports: Reports) -> None:
    rich = reports["rich"]
    for report, code in ((rich, 1), (replace(rich, fail_on=None), 0), (reports["clean-but"], 0)):
        (invocation,) = run_of(report)["invocations"]
        assert (invocation["exitCode"], invocation["executionSuccessful"]) == (code, True)


def test_a_rule_carries_its_page(reports: Reports) -> None:
    rules = {each["id"]: each for each in run_of(reports["rich"])["tool"]["driver"]["rules"]}
    rule = rules["field-invalid"]
    assert rule["name"] == "FieldInvalid"
    assert rule["shortDescription"]["text"] == "Value is not of the form that its schema asks for."
    assert rule["fullDescription"]["text"].endswith("asks for. The API server would refuse *it*.")
    assert rule["help"]["markdown"].count("```") == 2
    assert rule["defaultConfiguration"] == {"level": "error"}
    assert rule["properties"]["tags"] == ["helm", "kubernetes", "recommended", "strict"]
    assert rules["helm-warning"]["help"]["text"] == "There is no page for this rule."


def test_a_long_page_is_cut_where_it_is_summed_up() -> None:
    finding = Finding("x", Severity.ERROR, "m", "web", Place("a", 1))
    rule = RuleText("x", Severity.ERROR, "Summary.\n\n" + "word " * 1000, ("a",) * 3)
    (described,) = run_of(Report((finding,), rules=(rule,)))["tool"]["driver"]["rules"]
    assert len(described["fullDescription"]["text"]) == 1024


def test_results_point_at_their_rules(reports: Reports) -> None:
    run = run_of(reports["full"])
    rules = run["tool"]["driver"]["rules"]
    assert {rules[each["ruleIndex"]]["id"] == each["ruleId"] for each in run["results"]} == {True}


def test_lines_that_have_to_do_with_it_are_related_and_linked(reports: Reports) -> None:
    results = {each["ruleId"]: each for each in run_of(reports["full"])["results"]}
    result = results["version-label-invalid"]
    related = {each["id"]: each for each in result["relatedLocations"]}
    assert [*related] == [1, 2, 3]
    assert related[1]["message"]["text"] == 'Included at: {{- define "partials.labels" -}}'
    assert related[1]["physicalLocation"]["region"] == {"startLine": 12}
    assert related[3]["message"]["text"].startswith("Rendered in line 412: app.kubernetes.io/version")
    assert "Included at: [charts/partials/templates/_labels.tpl:12](1)" in result["message"]["text"]
    passed = results["field-invalid"]["relatedLocations"][0]
    assert passed["message"]["text"] == "Passed on at: imagePullPolicy: {{ . | quote }}"
    assert passed["physicalLocation"]["region"] == {"startLine": 55, "startColumn": 18}


def test_a_finding_without_a_line_stands_at_the_first_and_has_a_fingerprint_for_github(
    reports: Reports,
) -> None:
    results = run_of(reports["full"])["results"]
    result = next(each for each in results if each["ruleId"] == "field-unknown")
    (location,) = result["locations"]
    assert location["physicalLocation"]["region"] == {"startLine": 1}
    assert "Line: not known in the template" in result["message"]["text"]
    assert set(result["partialFingerprints"]) == {"chartkit/v1", "primaryLocationLineHash"}
    others = [each["partialFingerprints"] for each in results if each["ruleId"] != "field-unknown"]
    assert {tuple(each) for each in others} == {("chartkit/v1",)}


def test_snippets_are_of_the_line_and_never_empty() -> None:
    at = Finding("x", Severity.ERROR, "m", "web", Place("a.yaml", 3, 1))
    for text, shown in (("  key: 1", True), ("   ", False), ("", False)):
        finding = replace(at, display=Display(snippet=Snippet(text, 3, 1, rendered=False)))
        (result,) = run_of(Report((finding,)))["results"]
        assert ("snippet" in result["locations"][0]["physicalLocation"]["region"]) is shown


def test_suppressed_findings_are_results_where_verbose_and_named_where_not(reports: Reports) -> None:
    quiet, verbose = (run_of(reports["full"], verbose=each) for each in (False, True))
    assert "service-selects-nothing" not in {each["ruleId"] for each in quiet["results"]}
    (text,) = told(quiet, "suppressed")
    assert text == (
        "service-selects-nothing about Service/tap at charts/linkerd-viz/templates/service.yaml:4 "
        "is suppressed: the pods come from the injector"
    )
    (result,) = (each for each in verbose["results"] if each["ruleId"] == "service-selects-nothing")
    assert result["suppressions"] == [
        {"kind": "inSource", "status": "accepted", "justification": "the pods come from the injector"}
    ]
    assert told(verbose, "suppressed") == []


def test_what_was_not_judged_is_told_once_for_all_objects(reports: Reports) -> None:
    found = told(run_of(reports["full"]), "not-judged")
    assert (
        "linkerd.io/v1alpha2 Link in chart linkerd-viz (Link/0 in namespace linkerd-viz, Link/1 in namespace "
        "linkerd-viz, Link/2 in namespace linkerd-viz, Link/3 in namespace linkerd-viz, +2 more) "
        "was not judged: no schema for this kind"
    ) in found


def test_endless_lists_of_what_was_not_judged_end() -> None:
    report = Report(not_judged=tuple(NotJudged(f"x{number}", "web", "why") for number in range(1_200)))
    found = told(run_of(report), "not-judged")
    assert len(found) == 1_001
    assert found[-1] == "200 more notifications are left out"


def many(count: int, message: str = "m") -> Report:
    severities = (Severity.NOTE, Severity.ERROR)
    return Report(
        tuple(
            Finding(
                "x",
                severities[n % 2],
                message,
                "web",
                Place("a", n + 1),
                resource=ResourceId("v1", "A", "", f"{n}"),
            )
            for n in range(count)
        )
    )


def test_more_results_than_are_taken_are_left_out_the_mildest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_RESULTS", 6)
    run = run_of(many(10))
    assert [each["level"] for each in run["results"]].count("error") == 5
    assert len(run["results"]) == 6
    assert told(run, "results-left-out") == ["4 of 10 findings are left out, the worst are kept"]


def test_more_results_than_are_shown_are_spoken_of() -> None:
    run = run_of(many(5_001))
    assert len(run["results"]) == 5_001
    assert told(run, "results-left-out") == [
        "there are 5,001 findings, of which code scanning shows the worst 5,000"
    ]


def test_a_file_is_as_small_as_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    report = many(200, message="".join(map(chr, range(0x4E00, 0x4E00 + 3000))))
    monkeypatch.setattr(sarif, "MOST_BYTES", 20_000)
    text = render(report)
    assert len(gzip.compress(text.encode())) <= 20_000
    (run,) = json.loads(text)["runs"]
    assert 0 < len(run["results"]) < 200
    assert "findings are left out" in told(run, "results-left-out")[0]


def test_what_cannot_be_small_enough_is_written_without_results(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST_BYTES", 10)
    assert run_of(many(3))["results"] == []


def test_text_of_charts_makes_no_links(reports: Reports) -> None:
    results = run_of(reports["rich"])["results"]
    (result,) = (each for each in results if each["ruleId"] == "render-failed")
    assert result["message"]["text"].startswith("see [here] (evil) @all #1")
    (location,) = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "a%20b%25%5B1%5D.yaml"


def test_folders_and_nothing_are_files(reports: Reports) -> None:
    found = {each["ruleId"]: each["locations"][0] for each in run_of(reports["rich"])["results"]}
    uris = {name: each["physicalLocation"]["artifactLocation"]["uri"] for name, each in found.items()}
    assert uris["helm-warning"] == "charts/web/Chart.yaml"
    assert uris["chart-pattern-unmatched"] == "chartkit.yaml"


def test_a_long_message_says_how_much_is_left_out() -> None:
    report = Report((Finding("x", Severity.ERROR, "m" * 9_000, "web", Place("a", 1)),))
    (result,) = run_of(report)["results"]
    assert result["message"]["text"].endswith("… 1,000 more characters")
