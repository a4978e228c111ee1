from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chartkit.model import Finding, Place, Report, ResourceId, Severity
from chartkit.reports._groups import other_ways, together, worst_first

Reports = Mapping[str, Report]
ONE = Finding("x", Severity.ERROR, "m", "web", Place("a", 1), resource=ResourceId("v1", "A", "", "a"))
TWO = replace(ONE, resource=ResourceId("v1", "A", "", "b"), path="/x")


def test_findings_of_one_place_and_message_are_together() -> None:
    assert together([TWO, ONE]) == [(ONE, TWO)]


def test_what_says_something_else_stands_apart() -> None:
    others = [
        replace(TWO, message="other"),
        replace(TWO, place=Place("a", 2)),
        replace(TWO, rule="y"),
        replace(TWO, hint="do"),
        replace(TWO, suppressed="why"),
        replace(TWO, severity=Severity.NOTE),
    ]
    for other in others:
        assert len(together([ONE, other])) == 2


def test_what_has_no_object_or_no_line_stands_alone() -> None:
    for alone in (replace(ONE, resource=None), replace(ONE, place=Place("a"))):
        assert len(together([alone, alone])) == 2


def test_other_ways_to_a_line_count_where_they_must_be_alike() -> None:
    other = replace(TWO, includes=(Place("b", 3),))
    (group,) = together([ONE, other])
    assert other_ways(group) == 1
    assert len(together([ONE, other], alike=True)) == 2


def test_no_finding_is_lost(reports: Reports) -> None:
    for report in reports.values():
        for alike in (False, True):
            assert sum(map(len, together(report.findings, alike=alike))) == len(report.findings)


def test_the_worst_come_first_and_what_is_suppressed_last(reports: Reports) -> None:
    found = worst_first(reports["full"].findings)
    assert [each.severity for each in found[:-1]] == sorted(
        (each.severity for each in found[:-1]), reverse=True
    )
    assert found[-1].suppressed
