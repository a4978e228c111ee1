from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from chartkit.model.case import CaseRef
from chartkit.model.finding import Display, Finding, Severity, Snippet
from chartkit.model.place import Place
from chartkit.model.report import CaseResult, Report
from chartkit.reports import FORMATS, text
from chartkit.reports.text import render
from chartkit.system.terminal import cells

Reports = Mapping[str, Report]
_COLOURS = re.compile(r"\x1b\[[0-9;]+m")


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", ["full", "clean", "clean-but", "nothing", "one", "rich"])
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
    without = Finding("x", Severity.ERROR, "m", "web", Place("a.yaml", 3), display=Display(snippet=snippet))
    pointed = replace(without, place=Place("a.yaml", 3, 1))
    assert "mode: [" in render(Report((without,)))
    assert "^" not in render(Report((without,)))
    assert "^" in render(Report((pointed,)))


def test_many_versions_are_a_span() -> None:
    results = [CaseResult(CaseRef("a", "x", f"1.{minor}.0"), rendered=True) for minor in range(25, 38)]
    assert "Kubernetes 1.25 to 1.37 (13 versions)" in render(Report(cases=tuple(results)))


def test_what_is_said_of_several_objects_is_said_once(reports: Reports) -> None:
    text = render(reports["rich"], width=100)
    assert text.count("'Sometimes' is none of") == 1
    assert "objects 4: DaemonSet/a in namespace x, Deployment/a, Job/b and StatefulSet/a" in text
    assert "1 object by other lines, shown with --verbose" in text
    assert "3 errors, 2 warnings and 1 note" in text


def test_a_verbose_report_leaves_nothing_out_of_what_it_says_once(reports: Reports) -> None:
    text = render(reports["rich"], width=200, verbose=True)
    assert "object  StatefulSet/a in namespace x, line 55 of the render, spec.template" in text
    assert "included at charts/web/templates/b.yaml:2" in text
    assert text.count("'Sometimes' is none of") == 2


@given(st.text("a0\x1f日\t", max_size=60), st.integers(1, 90), st.integers(23, 60))
def test_a_caret_stands_within_the_room_of_its_line(line: str, column: int, room: int) -> None:
    shown, caret = text._window(line, column, room)

    assert cells(shown) <= room
    assert caret < room
