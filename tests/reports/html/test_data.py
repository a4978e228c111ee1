"""What the scripts of the page read."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.evidence import Evidence, Excerpt
from chartkit.reports.html._data import payload
from chartkit.system.terminal import visible
from tests.reports.html.conftest import CASES, REPORT, SOURCE, TEMPLATE, Read, finding
from tests.reports.test_properties import TEXTS


def test_findings_are_numbers_of_names_that_are_written_once(page: Read) -> None:
    names, found = page.data["names"], page.data["findings"]
    assert names["chart"] == ["web"]
    assert sorted(names["rule"]) == ["field-invalid", "field-unknown", "golden-drifted"]
    assert names["scenario"] == ["default", "ha"]
    assert names["kube"] == ["1.31", "1.34", "1.37"]
    assert [names["file"][each[3]] for each in found] == [TEMPLATE] * 3 + [
        *("charts/web/values.yaml", "golden/web/default.yaml")
    ]
    assert [(each[0], each[5]) for each in found] == [(3, 0), (2, 0), (3, 1), (1, 0), (3, 0)]


def test_findings_of_the_same_cases_share_them(page: Read) -> None:
    data = page.data
    assert sorted(map(len, data["sets"])) == [0, 3, 6]
    assert len(data["labels"]) == 3
    assert "ha on every version" in data["labels"]


def test_evidence_stands_beside_its_finding(page: Read) -> None:
    data = page.data
    for each, number in zip(data["evidence"], (1, 2, 4, 3, 5), strict=True):
        (file, text, first, last, meant, column), _ = each["sources"]
        assert data["names"]["file"][file] == TEMPLATE
        assert (first, last, meant, column) == (1, 8, number, 4)
        assert data["texts"][text] == [[1, "\n".join(SOURCE)]]
        assert each["case"] == "default on Kubernetes 1.31"
        assert each["unknown"] == ["what b64enc printed"]


def test_each_line_is_in_the_page_once(page: Read) -> None:
    for line in (*SOURCE, "kind: Deployment"):
        assert page.one("script#data").text.count(line) == 1


def test_what_is_not_there_takes_no_room() -> None:
    pairs = [(finding(1), Evidence(sources=(Excerpt("a", 1, ()),))), (finding(2), None)]
    assert json.loads(payload(pairs, ["", ""]))["evidence"] == []


@given(TEXTS, TEXTS)
def test_it_can_stand_in_a_script(line: str, key: str) -> None:
    read = Evidence(CASES[0], (Excerpt(key, 1, (line,)),), None, (line,))
    text = payload([(finding(1, message=line, file=key), read)], [line])
    assert text.isascii()
    assert not set(text) & set("<>&")
    assert json.loads(text)["labels"] == [visible(line)]


@given(st.permutations(range(len(REPORT.findings))))
def test_names_are_numbered_as_findings_come(order: list[int]) -> None:
    findings = [REPORT.findings[each] for each in order]
    pairs = [(each, REPORT.evidence[each.fingerprint]) for each in findings]
    data = json.loads(payload(pairs, [str(each) for each in order]))
    told = [(data["names"]["rule"][each[2]], data["labels"][each[-1]]) for each in data["findings"]]
    assert told == [(REPORT.findings[each].rule, str(each)) for each in order]
