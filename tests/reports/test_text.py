from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from chartkit.model import (
    CaseRef,
    CaseResult,
    Finding,
    NotJudged,
    Place,
    Report,
    ResourceId,
    Severity,
    Snippet,
)
from chartkit.reports import FORMATS
from chartkit.reports.text import render
from chartkit.terminal import cells

Reports = Mapping[str, Report]
_COLOURS = re.compile(r"\x1b\[[0-9;]+m")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", ["full", "clean", "clean-but", "nothing", "one"])
def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion, name: str, width: int) -> None:
    assert render(reports[name], width=width) == snapshot


def test_a_verbose_report_reads_so(reports: Reports, snapshot: SnapshotAssertion) -> None:
    assert render(reports["full"], width=100, verbose=True) == snapshot


def test_colour_changes_nothing_but_colour(reports: Reports, snapshot: SnapshotAssertion) -> None:
    coloured = render(reports["full"], width=80, color=True)
    assert _COLOURS.sub("", coloured) == render(reports["full"], width=80)
    assert coloured == snapshot


def test_a_format_is_found_by_its_name(reports: Reports) -> None:
    assert FORMATS["text"](reports["full"], width=99) == render(reports["full"], width=99)


def test_a_clean_run_is_one_line(reports: Reports) -> None:
    assert (
        render(reports["clean"]) == "clean: 1 chart, 6 cases, 336 objects, Kubernetes 1.31, 1.34 and 1.37\n"
    )


def test_a_long_difference_is_whole_where_verbose(reports: Reports) -> None:
    assert "line-29" not in render(reports["full"])
    assert "line-29" in render(reports["full"], verbose=True)


def test_a_caret_stands_only_where_the_column_is_known() -> None:
    snippet = Snippet("mode: [", 3, 1, rendered=False)
    without = Finding("x", Severity.ERROR, "m", "web", Place("a.yaml", 3), snippet=snippet)
    pointed = replace(without, place=Place("a.yaml", 3, 1))
    assert "mode: [" in render(Report((without,)))
    assert "^" not in render(Report((without,)))
    assert "^" in render(Report((pointed,)))


def test_many_versions_are_a_span() -> None:
    results = [CaseResult(CaseRef("a", "x", f"1.{minor}.0"), rendered=True) for minor in range(25, 38)]
    assert "Kubernetes 1.25 to 1.37 (13 versions)" in render(Report(cases=tuple(results)))


TEXTS = st.text(st.characters(codec=None), max_size=60)
LINES = st.one_of(st.none(), st.integers(1, 99_999))
RESOURCES = st.one_of(st.none(), st.builds(ResourceId, TEXTS, TEXTS, TEXTS, TEXTS))
REFS = st.builds(CaseRef, TEXTS, TEXTS, st.sampled_from(["1.25.0", "1.34.2", "", "odd\x1b"]))
FINDINGS = st.builds(
    Finding,
    rule=st.sampled_from(["golden-drifted", "field-unknown"]),
    severity=st.sampled_from(Severity),
    message=st.one_of(TEXTS, st.lists(TEXTS, max_size=40).map("\n".join)),
    chart=TEXTS,
    place=st.builds(Place, TEXTS, LINES, LINES),
    hint=TEXTS,
    includes=st.lists(st.builds(Place, TEXTS, LINES), max_size=3).map(tuple),
    resource=RESOURCES,
    path=st.one_of(st.just(""), TEXTS.map(lambda text: f"/{text}")),
    rendered_line=LINES,
    cases=st.lists(REFS, max_size=6).map(tuple),
    suppressed=st.one_of(st.none(), TEXTS),
    snippet=st.one_of(
        st.none(), st.builds(Snippet, TEXTS, st.integers(1, 9999), st.integers(1, 80), st.booleans())
    ),
)
NOT_JUDGED = st.builds(NotJudged, TEXTS, TEXTS, TEXTS, RESOURCES, st.lists(REFS, max_size=3).map(tuple))
RESULTS = st.builds(CaseResult, REFS, st.booleans(), st.integers(0, 9999))
REPORTS = st.builds(
    Report,
    st.lists(FINDINGS, max_size=3).map(tuple),
    st.lists(NOT_JUDGED, max_size=4).map(tuple),
    st.lists(RESULTS, max_size=4).map(tuple),
)


@given(REPORTS, st.integers(0, 150), st.booleans(), st.booleans())
def test_nothing_that_a_terminal_obeys_comes_through(
    report: Report, width: int, color: bool, verbose: bool
) -> None:
    plain = _COLOURS.sub("", render(report, width=width, color=color, verbose=verbose))
    assert not [char for char in plain if unicodedata.category(char).startswith("C") and char != "\n"]


@given(REPORTS, st.integers(0, 150), st.booleans())
def test_lines_are_no_wider_than_asked_but_for_the_names_of_files(
    report: Report, width: int, verbose: bool
) -> None:
    short = replace(
        report,
        findings=tuple(replace(each, place=replace(each.place, file="x.yaml")) for each in report.findings),
    )
    for line in render(short, width=width, verbose=verbose).split("\n"):
        assert cells(line) <= max(width, 40)


@given(REPORTS, st.randoms(), st.booleans())
def test_the_order_of_what_was_found_is_nothing(report: Report, random: object, verbose: bool) -> None:
    assert render(_shuffled(report, random), verbose=verbose) == render(report, verbose=verbose)


def _shuffled(report: Report, random: object) -> Report:
    def shuffle(items: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(random.sample(items, len(items)))  # type: ignore[attr-defined]

    return Report(shuffle(report.findings), shuffle(report.not_judged), shuffle(report.cases))  # type: ignore[arg-type]
