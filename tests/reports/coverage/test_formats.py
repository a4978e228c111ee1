"""Every format of coverage, of one coverage that has all there can be."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from collections.abc import Sequence
from html.parser import HTMLParser

import jsonschema
import pytest
from lxml import etree
from syrupy.assertion import SnapshotAssertion

from chartkit import schemas_folder
from chartkit.coverage import missed
from chartkit.coverage.totals import CaseCounts, ChartCounts, Owner, coverage
from chartkit.model.case import Chart
from chartkit.model.coverage import (
    BranchCoverage,
    ChartCoverage,
    Coverage,
    FileCoverage,
    Remark,
    ScenarioRef,
    ScenarioRun,
    Share,
)
from chartkit.model.errors import ChartkitError
from chartkit.reports.coverage import FORMATS, pages
from chartkit.source_map import instrument
from chartkit.system.terminal import cells

DTD = pathlib.Path(__file__).parent / "coverage-04.dtd"
SOURCES = {
    "web/templates/_helpers.tpl": (
        '{{- define "web.name" -}}\n{{ .Values.name | default "web" }}\n{{- end -}}\n'
        '{{- define "web.idle" -}}\n{{- if .Values.idle }}idle{{ end }}\n{{- end -}}\n'
        '{{- define "web.<b>&\x1b" }}x{{ end -}}\n'
    ),
    "web/templates/deployment.yaml": (
        "kind: Deployment\n"
        "{{- if and .Values.enabled .Values.ready }}\n"
        "replicas: {{ ternary 1 2 .Values.small }}\n"
        "{{- else if .Values.other }}\n"
        "other: true\n"
        "{{- else }}\n"
        "{{- range $key, $value := .Values.map }}\n"
        "{{ $key }}: <script>alert(1)</script> \u202e\n"
        "{{- end }}\n"
        "{{- end }}\n"
        "{{- with .Values.image }}\n"
        "image: {{ coalesce .name $.Values.name }}\n"
        "{{- end }}\n"
        "{{- /* chartkit:uncovered(if) only on a cluster */}}\n"
        '{{- if lookup "v1" "Node" "" "" }}\nnode: true\n{{- end }}\n'
    ),
}
RUN = {"if and .Values.enabled .Values.ready", "and true .Values.enabled", "and true .Values.ready",
       "ternary true .Values.small", "with .Values.image", "coalesce given .name",
       "default empty .Values.name", "define web.name"}  # fmt: skip


def a_coverage() -> Coverage:
    """Two scenarios of a chart, one of which ends early, and a library of which nothing is known."""
    files = {"web/Chart.yaml": b"name: web\nversion: 1.0.0\n"}
    files |= {name: text.encode() for name, text in SOURCES.items()}
    chart = Chart("web", "charts/web", "", "", "", "", "", (), files, {}, "")
    blocks = instrument.instrument_chart(chart).blocks
    owners = {name: Owner("web", "charts/web", "application", f"charts/{name}") for name in SOURCES}
    ran = tuple(
        (number, 2)
        for number, block in enumerate(blocks)
        if f"{block.kind} {block.text}" in RUN or block.kind == "file"
    )
    cases = (
        (ScenarioRef("web", "default"), CaseCounts(ran, unseen=("web.<b>&\x1b",))),
        (ScenarioRef("web", "ha"), CaseCounts(ran[:6])),
        (ScenarioRef("web", "refused"), CaseCounts((), (), "it ends early: what ran besides is not known")),
    )
    library = {"web/charts/lib/templates/_l.tpl": Owner("lib", "charts/lib", "library", "charts/lib/_l.tpl")}
    counts = ChartCounts("web", "charts/web", blocks, owners | library, SOURCES, {}, cases)
    counts.untraced["web/charts/lib/templates/_l.tpl"] = "unexpected EOF"  # type: ignore[index]
    remarks = [Remark(f"chart {number}", "it cannot be read") for number in range(10)]
    return coverage([counts], partial=["charts/lib"], remarks=remarks)


@pytest.fixture(scope="module")
def covered() -> Coverage:
    return a_coverage()


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("verbose", [False, True])
def test_the_text_keeps_to_its_width(
    covered: Coverage, width: int, verbose: bool, snapshot: SnapshotAssertion
) -> None:
    text = FORMATS["text"](covered, width=width, verbose=verbose, fail_under=90)

    assert max(cells(line) for line in text.splitlines()) <= width
    assert "\x1b" not in text
    assert text == snapshot


def test_the_text_is_coloured_where_that_is_asked_for(covered: Coverage) -> None:
    text = FORMATS["text"](covered, color=True)

    assert re.sub("\x1b\\[[0-9;]*m", "", text) == FORMATS["text"](covered)
    assert "\x1b[31m" in text


def test_the_text_of_nothing_says_so() -> None:
    assert FORMATS["text"](Coverage()) == "nothing was measured: no chart has a scenario\n"


def test_a_name_that_is_too_long_has_a_line_of_its_own() -> None:
    chart = ChartCoverage("x", "charts/" + "x" * 80, "application", ())
    first, second, *_ = FORMATS["text"](Coverage((chart,)), width=60).splitlines()[1:]

    assert first == chart.path
    assert second.split() == ["-", "-"]


def test_the_json_keeps_to_its_schema(covered: Coverage) -> None:
    schema = json.loads((schemas_folder() / "coverage.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(FORMATS["json"](covered, fail_under=90))

    jsonschema.validate(report, schema)
    assert report["below"] == ["charts/web"]
    assert report["totals"]["branches"] == {"covered": 7, "total": 21, "percent": 33.3}


def test_the_tracefile_adds_up(covered: Coverage) -> None:
    lines = FORMATS["lcov"](covered).splitlines()
    taken = [line.rpartition(",")[2] for line in lines if line.startswith("BRDA:")]
    found = {
        key: sum(int(line.partition(":")[2]) for line in lines if line.startswith(f"{key}:"))
        for key in ("BRF", "BRH", "LF", "LH", "FNF", "FNH")
    }

    assert len(taken) == found["BRF"] == covered.branch_share.of
    assert sum(each not in {"-", "0"} for each in taken) == found["BRH"] == covered.branch_share.hit
    assert "-" in taken
    assert "0" in taken
    assert sum(line.startswith("DA:") for line in lines) == found["LF"] == covered.line_share.of
    assert found["LH"] == covered.line_share.hit
    assert (found["FNF"], found["FNH"]) == (3, 1)
    assert "FN:7,web.<b>&\ufffd" in lines
    told = {line[3:].partition(",")[0] for line in lines if line.startswith("DA:")}
    assert {line[5:].partition(",")[0] for line in lines if line.startswith("BRDA:")} <= told


def test_the_xml_is_what_its_dtd_says(covered: Coverage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "12")
    root = etree.fromstring(FORMATS["cobertura"](covered).encode())
    dtd = etree.DTD(str(DTD))

    assert dtd.validate(root), dtd.error_log
    assert root.get("timestamp") == "12000"
    assert root.get("branches-covered") == "7"
    line = root.find(".//class[@name='templates/deployment.yaml']/lines/line[@number='2']")
    assert line is not None
    assert line.get("condition-coverage") == "42% (3/7)"
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert FORMATS["cobertura"](Coverage()).endswith("</coverage>\n")


class Tags(HTMLParser):
    """The tags of a page, each closed where it must be."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [each for name in ("href", "src") if (each := given.get(name))]
        self.ids.add(given.get("id") or "")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_pages_are_whole_and_lead_nowhere_else(covered: Coverage) -> None:
    made = pages(covered, fail_under=90)
    parsed = {}
    for name, text in made.items():
        parsed[name] = Tags()
        parsed[name].feed(text)
        assert parsed[name].open == []
        assert "<script>alert" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert "://" not in text
    for name, tags in parsed.items():
        for link in tags.links:
            page, _, anchor = link.partition("#")
            assert not anchor or anchor in parsed[page or name].ids
            assert not page or page in made
    assert len(made) == 4


def test_a_page_shows_each_line_with_what_ran_of_it(covered: Coverage) -> None:
    (text,) = (text for name, text in pages(covered).items() if "deployment" in name)
    rows = dict(re.findall(r'<tr id="L(\d+)" class="(\w+)"', text))

    assert rows["1"] == "hit"
    assert rows["2"] == "part"
    assert rows["5"] == "miss"
    assert rows["6"] == "blank"
    assert 'class="way excused" title="if lookup' in text
    assert 'title="web/default and web/ha">4</td>' in text


def test_a_template_that_cannot_be_read_is_shown_as_it_is() -> None:
    file = FileCoverage("a.yaml", "{{ if\r\nb", (), {}, (), ("web",), "unclosed action")
    made = pages(Coverage((ChartCoverage("web", "web", "application", (file,)),)))

    assert any("Not measured: unclosed action" in text and "{{ if" in text for text in made.values())


def test_pages_without_jinja2_say_what_to_install(covered: Coverage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with pytest.raises(ChartkitError, match="jinja2 is not installed") as caught:
        pages(covered)
    assert caught.value.hint == "install chartkit[html]"


def test_nothing_is_covered_whole_by_rounding() -> None:
    assert Share(9999, 10000).percent == 99.9
    assert Share(0, 0).percent == 100
    assert Coverage((ChartCoverage("x", "x", "application", ()),)).below(100) == ()


def branch(
    kind: str, head: str, *, simple: bool = False, reached: bool = True, hidden: bool = False
) -> BranchCoverage:
    return BranchCoverage(0, 0, 1, kind, 1, 1, 0, 0, ".x", {}, reached, hidden, "", head, simple)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (branch("if", "if"), "if .x never true"),
        (branch("else", "if", simple=True), "if .x never false"),
        (branch("else", "with", simple=True), "with .x never empty"),
        (branch("else", "if"), "else never taken"),
        (branch("else with", "with"), "else with .x never set"),
        (branch("zero", "range"), "range .x never empty"),
        (branch("many", "range"), "range .x never with several items"),
        (branch("or true", "or true", simple=True), ".x in or never true"),
        (branch("or true", "or true", simple=True, reached=False), ".x in or never asked"),
        (branch("if", "if", reached=False, hidden=True), "if .x never run"),
    ],
)
def test_what_never_happens_is_said_of_what_decides(found: BranchCoverage, said: str) -> None:
    assert f"{missed.subject(found)} {missed.reason(found)}" == said


def test_blank_lines_do_not_part_what_is_never_run() -> None:
    assert missed.line_ranges([2, 3, 7, 9], [1, 2, 3, 7, 8, 9]) == "2-7, 9"


def test_a_scenario_run_is_named_by_its_chart() -> None:
    assert str(ScenarioRun(ScenarioRef("web", "ha"), 1).ran) == "web/ha"
