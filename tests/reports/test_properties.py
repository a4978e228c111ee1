"""What holds of every report, whatever charts put into it."""

from __future__ import annotations

import json
import re
import unicodedata
import urllib.parse
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from chartkit.model.case import CaseRef
from chartkit.model.finding import Display, Finding, NotJudged, Severity, Snippet, number_occurrences
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import CaseResult, Report
from chartkit.reports import FORMATS, markdown
from chartkit.reports._groups import groups
from chartkit.reports._sarif_results import uri
from chartkit.reports.github import harmless
from chartkit.reports.text import render
from chartkit.system.terminal import cells
from tests.generated import examples

_COLOURS = re.compile(r"\x1b\[[0-9;]+m")
_NASTY = st.sampled_from(
    [
        *(
            "::error::x",
            "\n::stop-commands::x",
            "##[error]x",
            "  ::set-output name=a::b",
            "%0A::error::",
            "\r\n",
        ),
        *("@octocat", "#123", "</code></details><script>", "```\n# x", "[a](http://b.c)", "www.example.com"),
        *(
            "a@example.com",
            "|",
            "]]>",
            "<!-- -->",
            "&lt;",
            "\udc80",
            "\ufffe",
            "\x00",
            "\u202e",
            "../../x",
            "{0}",
        ),
    ]
)
_PLAIN = st.text(st.characters(codec=None), max_size=60)
TEXTS = st.one_of(_PLAIN, st.lists(st.one_of(_PLAIN, _NASTY), max_size=4).map("".join))
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
    display=st.builds(
        Display,
        snippet=st.one_of(
            st.none(), st.builds(Snippet, TEXTS, st.integers(1, 9999), st.integers(1, 80), st.booleans())
        ),
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


@pytest.mark.parametrize("name", FORMATS)
@examples(40)
@given(REPORTS, st.booleans())
def test_every_format_can_be_written_as_utf_8_and_holds_no_control_characters(
    name: str, report: Report, verbose: bool
) -> None:
    text = FORMATS[name](report, verbose=verbose)
    text.encode()
    assert not [char for char in text if unicodedata.category(char) in ("Cc", "Cs") and char != "\n"]


@pytest.mark.parametrize("name", FORMATS)
@examples(40)
@given(REPORTS, st.randoms())
def test_no_format_depends_on_the_order_of_what_was_found(name: str, report: Report, random: object) -> None:
    assert FORMATS[name](_shuffled(report, random)) == FORMATS[name](report)


@given(REPORTS)
def test_no_two_findings_of_a_report_have_one_fingerprint(report: Report) -> None:
    prints = [finding.fingerprint for finding in number_occurrences(report.findings)]
    assert len(set(prints)) == len(prints)


def workflow_commands(log: str) -> list[tuple[str, str]]:
    """The commands that a runner of GitHub Actions finds in *log*, with what follows them."""
    found = []
    for line in log.split("\n"):
        bare = line.lstrip()
        if bare.startswith("::") and (match := re.match(r"::(\S+?)( [^:]*)?::(.*)", bare)):
            found.append((match[1], match[3]))
        elif match := re.search(r"##\[(\w+)", line):
            found.append((match[1], line))
    return found


@given(REPORTS, st.booleans())
def test_no_chart_gives_commands_to_a_workflow(report: Report, verbose: bool) -> None:
    commands = [name for name, _ in workflow_commands(FORMATS["github"](report, verbose=verbose))]
    wanted = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
    active = [wanted[each.severity] for each in report.findings if each.suppressed is None]
    told = [name for name in commands if name not in ("group", "endgroup")]
    assert set(told) <= {*active, "notice"}
    assert len(told) <= len(active) + 1
    assert commands.count("group") == commands.count("endgroup") <= 1


@given(TEXTS)
def test_no_line_of_a_log_is_a_command(line: str) -> None:
    for one in harmless(line.replace("\n", " ")).split("\n"):
        assert workflow_commands(one) == []


@given(REPORTS)
def test_markdown_from_charts_is_code_alone(report: Report) -> None:
    parser = MarkdownIt("gfm-like", {"html": True})
    for token in parser.parse(FORMATS["markdown"](report)):
        assert token.type in {
            *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "fence"),
            "html_block",
        }
        if token.type == "html_block":
            tags = re.findall(r"</?[a-z]+>", token.content)
            assert set(tags) <= {"<details>", "</details>", *("<summary>", "</summary>"), *_PAIRS}
            assert "<" not in re.sub(r"</?[a-z]+>", "", token.content)
            outside = re.sub(r"<(code|b)>.*?</\1>", "", token.content)
            assert not re.search("[@#]|http|www", outside)
        for inner in token.children or ():
            assert inner.type in ("text", "code_inline", "strong_open", "strong_close")
            assert inner.type != "text" or not re.search("[@#<]|http|www", inner.content)


_PAIRS = {"<code>", "</code>", "<b>", "</b>"}


@given(REPORTS, st.integers(3_000, 20_000))
def test_markdown_is_no_longer_than_may_be(report: Report, most: int) -> None:
    many = replace(report, findings=report.findings * 9)
    assert len(markdown.fitted(many, most).encode()) <= most


@given(TEXTS.filter(bool))
def test_a_span_of_code_says_what_it_was_given(words: str) -> None:
    (_, inline, _) = MarkdownIt("gfm-like").parse(f"x {markdown.span(words)} y")
    assert inline.children
    first, code, last = inline.children
    assert (first.content, last.content) == ("x ", " y")
    assert code.type == "code_inline"


@given(REPORTS)
def test_junit_is_read_back_as_it_was_written(report: Report) -> None:
    root = etree.fromstring(FORMATS["junit"](report).encode())
    tests = root.findall("testsuite/testcase")
    assert int(root.get("tests")) == len(tests)
    assert int(root.get("failures")) == len(root.findall(".//failure"))
    assert bool(root.findall(".//failure")) == report.failed
    names = [(each.get("classname"), each.get("name")) for each in tests]
    assert all(name for _, name in names)


@given(REPORTS)
def test_sarif_leads_nowhere_but_to_files_of_the_repository(report: Report) -> None:
    (run,) = json.loads(FORMATS["sarif"](report, verbose=True))["runs"]
    assert len(run["results"]) == len(groups(report, suppressed=True))
    for result in run["results"]:
        assert "](http" not in result["message"]["text"]
        targets = re.findall(r"\]\(([^)]*)\)", result["message"]["text"])
        assert {int(target) for target in targets} <= {
            each["id"] for each in result.get("relatedLocations", ())
        }
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            reference = location["physicalLocation"]["artifactLocation"]["uri"]
            parsed = urllib.parse.urlsplit(reference)
            assert reference
            assert (parsed.scheme, parsed.netloc, reference.startswith("/")) == ("", "", False)
            assert location["physicalLocation"].get("region", {"startLine": 1})["startLine"] > 0


@given(st.text(min_size=1).filter(lambda name: not name.startswith("/")))
def test_a_file_of_any_name_is_a_reference_to_it(name: str) -> None:
    assert urllib.parse.unquote(urllib.parse.urlsplit(uri(name)).path) == name
