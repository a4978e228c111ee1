from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from syrupy.assertion import SnapshotAssertion

from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import Report
from chartkit.reports.github import harmless, render

Reports = Mapping[str, Report]


def finding(severity: Severity = Severity.ERROR, number: int = 1, message: str = "wrong") -> Finding:
    return Finding("some-rule", severity, message, "web", Place("a.yaml", number, 2))


def commands(report: Report) -> list[str]:
    return [line for line in render(report).splitlines() if line.startswith("::")]


@pytest.mark.parametrize("name", ["full", "clean", "clean-but", "nothing", "one", "rich"])
def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion, name: str) -> None:
    assert render(reports[name]) == snapshot


def test_a_clean_report_has_no_annotations(reports: Reports) -> None:
    assert commands(reports["clean"]) == []
    assert render(reports["clean"]).startswith("clean: 1 chart")


def test_what_means_something_to_a_runner_is_escaped() -> None:
    one = replace(finding(message="100 % of\r\na, b: c\n::error::d"), place=Place("a,b:c%.yaml", 3, 4))
    assert commands(Report((one,)))[0] == (
        "::error file=a%2Cb%3Ac%25.yaml,line=3,col=4,title=some-rule::100 %25 of%0Aa, b: c%0A::error::d"
    )


def test_a_column_without_a_line_is_none() -> None:
    one = replace(finding(), place=Place("a.yaml", None, 4))
    assert commands(Report((one,)))[0] == "::error file=a.yaml,title=some-rule::wrong"


def test_as_many_annotations_as_github_shows_the_worst_first() -> None:
    several = [finding(severity, number) for severity in Severity for number in range(1, 15)]
    lines = commands(Report(tuple(several)))
    names = [line.split()[0] for line in lines]
    assert names[:29] == ["::error"] * 10 + ["::warning"] * 10 + ["::notice"] * 9
    assert (
        lines[29] == "::notice title=chartkit::13 more findings, in the log of this step and in its summary"
    )
    assert names[30:] == ["::group::the", "::endgroup::"]


def test_several_objects_at_one_line_are_one_annotation() -> None:
    objects = [replace(finding(), resource=ResourceId("v1", "Pod", "", name)) for name in "abc"]
    (annotation, *_) = commands(Report(tuple(objects)))
    assert annotation.endswith("::wrong%0Aobjects: Pod/a, Pod/b and Pod/c")
    assert "more finding" not in render(Report(tuple(objects)))


def test_a_long_message_is_cut() -> None:
    long = "\n".join(f"line {number}" for number in range(40))
    (annotation, *_) = commands(Report((finding(message=long),)))
    assert annotation.endswith("line 11%0A… 28 more lines")
    (annotation, *_) = commands(Report((finding(message="x" * 9_000),)))
    assert len(annotation) < 4_200


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("::error::x", ": :error::x"),
        ("  ::stop-commands::x", "  : :stop-commands::x"),
        ("a ##[command]b", "a ## [command]b"),
        ("a::b", "a::b"),
    ],
)
def test_no_line_of_the_log_is_a_command(line: str, shown: str) -> None:
    assert harmless(line) == shown
