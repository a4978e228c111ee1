"""What nobody looked at."""

from __future__ import annotations

from chartkit.model.finding import NotJudged
from chartkit.model.place import ResourceId
from chartkit.model.report import Report
from tests.reports.conftest import REPORTS
from tests.reports.html.conftest import CASES, REPORT, read


def test_it_is_told_by_reason_the_most_frequent_first() -> None:
    page = read(REPORTS["full"])
    assert page.words("#unjudged summary") == [
        "no schema for this kind 12",
        "a reason with \\x1b[31m control characters 6",
        "golden line masked, it changes with every render 1",
    ]


def test_long_lists_are_folded() -> None:
    assert [each.get("open") is not None for each in read(REPORTS["full"]).all("#unjudged details")] == [
        *(False, True, True),
    ]


def test_each_says_what_it_is_and_where() -> None:
    one = NotJudged("v1 Link", "web", "no schema", ResourceId("v1", "Link", "shop", "a"), CASES[:1])
    page = read(Report(not_judged=(one,), cases=REPORT.cases))
    assert page.words("#unjudged td") == ["v1 Link", "Link/a in namespace shop", "web", "default on 1.31"]
