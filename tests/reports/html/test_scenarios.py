"""Which scenarios of which charts were looked at, and what was found in each."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from chartkit.model.case import CaseRef
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.model.report import CaseResult, Report
from chartkit.reports.html._scenarios import Cell, charts
from tests.reports.html.conftest import CASES, REPORT, Read, finding, read


def results(chart: str, path: str, *scenarios: str) -> tuple[CaseResult, ...]:
    return tuple(
        CaseResult(CaseRef(chart, each, "1.34.0"), rendered=True, objects=1, path=path) for each in scenarios
    )


def cells(report: Report) -> dict[str, Cell]:
    return {cell.scenario: cell for chart in charts(report) for cell in chart.cells}


def test_a_scenario_says_what_became_of_it() -> None:
    found = cells(REPORT)
    assert {name: cell.state for name, cell in found.items()} == {
        "default": "rendered", "ha": "rendered", "refused": "refused", "broken": "failed",
    }  # fmt: skip
    assert found["refused"].summary == "refused as it must be, Kubernetes 1.34"
    assert found["broken"].summary == "not rendered, Kubernetes 1.34"


def test_the_default_scenario_comes_first_and_the_others_by_name() -> None:
    (row,) = charts(Report(cases=results("web", "x", "tls", "a", "default", "ha")))
    assert [cell.scenario for cell in row.cells] == ["default", "a", "ha", "tls"]


def test_a_scenario_counts_what_is_found_in_it_and_not_suppressed() -> None:
    found = cells(REPORT)
    assert found["default"].counts == (("error", 2),)
    assert found["ha"].counts == (("error", 2), ("warning", 1))
    assert found["refused"].counts == ()


def test_what_is_in_no_scenario_is_counted_beside(page: Read) -> None:
    assert page.words("#scenarios .cell.files") == ["its files 1 notein no scenario"]


def test_a_scenario_that_fails_on_some_versions_says_on_which() -> None:
    some = tuple(
        CaseResult(each, rendered=each.kube_version != "1.31.0", objects=2, path="charts/web")
        for each in CASES
    )
    assert cells(Report(cases=some))["ha"].summary == "not rendered on 1.31, 2 objects"
    assert cells(Report(cases=some))["ha"].state == "failed"


def test_charts_of_one_name_are_told_apart_by_where_they_are() -> None:
    both = (*results("web", "a/web", "default"), *results("web", "b/web", "default"))
    here = finding(1, cases=(CaseRef("web", "default", "1.34.0"),), file="b/web/templates/x.yaml")
    one, two = charts(Report((here,), cases=both))
    assert (one.path, one.shared, one.counts) == ("a/web", True, ())
    assert (two.path, two.shared, two.counts) == ("b/web", True, (("error", 1),))


def test_what_is_of_no_chart_that_ran_has_a_row_of_its_own() -> None:
    stray = finding(3, Severity.WARNING, cases=())
    (row,) = charts(Report((stray,)))
    assert (row.name, row.cells, row.files) == ("web", (), (("warning", 1),))


def test_links_ask_for_the_scenario_whatever_its_name_is() -> None:
    name = 'a&b="c" <d>?#ü\x1b'
    page = read(Report(cases=results("we&b", "x", name)))
    place, query = urlsplit(page.one(".cell a").get("href")).fragment.split("?", 1)
    assert place == "findings"
    assert parse_qs(query) == {"chart": ["we&b"], "scenario": ['a&b="c" <d>?#ü\\x1b']}


def test_links_of_charts_that_share_a_name_ask_for_the_folder() -> None:
    page = read(Report(cases=(*results("web", "a/web", "x"), *results("web", "b/web", "x"))))
    assert [each.get("href") for each in page.all(".chart h3 a")] == [
        *("#findings?chart=web&q=a/web/", "#findings?chart=web&q=b/web/"),
    ]


def test_an_archive_that_is_a_chart_has_what_is_in_it() -> None:
    both = (*results("web", "web-1.0.0.tgz", "x"), *results("web", "b/web", "x"))
    packed = finding(1, cases=(CaseRef("web", "x", "1.34.0"),), file="web-1.0.0.tgz")
    assert packed.place == Place("web-1.0.0.tgz", 1, 4)
    assert [(each.path, each.counts) for each in charts(Report((packed,), cases=both))] == [
        *(("b/web", ()), ("web-1.0.0.tgz", (("error", 1),))),
    ]
