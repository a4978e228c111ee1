from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding, Severity
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import Report
from chartkit.reports._groups import Group, charts, entries, groups, head, other_ways, others, worst_first

Reports = Mapping[str, Report]
ONE = Finding("x", Severity.ERROR, "m", "web", Place("a", 1), resource=ResourceId("v1", "A", "", "a"))
TWO = replace(ONE, resource=ResourceId("v1", "A", "", "b"), path="/x")


def together(findings: Iterable[Finding], *, alike: bool = False) -> list[Group]:
    return groups(Report(tuple(findings)), suppressed=True, alike=alike)


def entered(findings: Iterable[Finding], *, alike: bool = False) -> list[Group]:
    return entries(Report(tuple(findings)), suppressed=True, alike=alike)


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


def test_what_has_no_line_stands_alone() -> None:
    alone = replace(ONE, place=Place("a"))
    assert len(together([alone, alone])) == 2


def test_one_line_that_several_charts_share_is_one_entry() -> None:
    found = [replace(ONE, resource=None, chart=chart) for chart in ("a", "b")]
    (group,) = together(found)
    assert charts(group) == ["a", "b"]


def test_what_several_rules_say_of_one_text_is_one_entry_and_the_most_precise_speaks() -> None:
    schema = replace(ONE, rule="field-invalid", message="no label")
    policy = replace(ONE, rule="version-label-invalid", message="holds '%'", severity=Severity.NOTE)
    cause = replace(ONE, rule="text-unrendered", message="left '%!s'", severity=Severity.WARNING)
    (group,) = together([schema, policy, cause])
    assert [each.rule for each in group] == ["text-unrendered", "version-label-invalid", "field-invalid"]
    assert head(group).severity is Severity.ERROR
    assert [each.rule for each in others(group)] == ["version-label-invalid", "field-invalid"]
    assert len(together([schema, replace(policy, path="/y")])) == 2
    assert len(together([schema, replace(policy, suppressed="why")])) == 2


def test_entries_join_where_they_share_a_finding() -> None:
    rules = [replace(each, rule=rule, message=rule) for each in (ONE, TWO) for rule in ("a", "b")]
    assert len(together(rules)) == 1


def test_the_keys_of_a_doubled_block_are_one_entry() -> None:
    keys = [
        replace(ONE, rule="yaml-key-duplicate", message=name, path=f"/data/{name}", place=Place("a", line))
        for line, name in enumerate(("x", "y"), 1)
    ]
    assert len(together(keys)) == 1
    assert len(together([keys[0], replace(keys[1], path="/metadata/y")])) == 2
    assert len(together([replace(each, rule="field-unknown") for each in keys])) == 2


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
    found = [group[0] for group in worst_first(together(reports["full"].findings))]
    assert [each.severity for each in found[:-1]] == sorted(
        (each.severity for each in found[:-1]), reverse=True
    )
    assert found[-1].suppressed


def lacking(chart: str, name: str, alias: str = "") -> Finding:
    message = f"dependency '{name}' (1.X{alias}) is not in 'charts/'; its repository is 'https://x.test'"
    place, cases = Place(f"charts/{chart}/Chart.yaml", 5), (CaseRef(chart, "default", "1.34.0"),)
    return Finding("dependency-missing", Severity.ERROR, message, chart, place, cases=cases)


def test_all_dependencies_that_have_to_be_fetched_are_one_entry_of_the_report() -> None:
    found = [lacking("a", "db"), lacking("b", "db", ", alias 'c'"), lacking("b", "mq")]
    *rest, group = entered([ONE, *found])
    assert rest == [(ONE,)]
    assert len(together(found)) == 3
    assert head(group).place == Place("2 charts")
    assert head(group).message.split("\n") == [
        "2 charts were not rendered: 3 dependencies are missing",
        "  https://x.test",
        "    db 1.x: charts/a, charts/b",
        "    mq 1.x: charts/b",
    ]
    assert others(group) == []
    assert entered(found, alike=True) == [(each,) for each in found]
    assert entered(found[:1]) == [(found[0],)]
    accepted = [replace(each, suppressed="why") for each in found]
    assert len(entered(accepted)) == 3
