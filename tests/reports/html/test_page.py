"""The whole page: what is on it, that it asks for nothing, and that charts write none of its markup."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.errors import ChartkitError
from chartkit.model.evidence import Evidence, Excerpt
from chartkit.model.finding import Display, NotJudged, RuleText, Severity, Snippet
from chartkit.model.place import Place, ResourceId
from chartkit.model.report import Report, Since
from chartkit.reports import FORMATS
from chartkit.reports._groups import groups
from chartkit.system.terminal import visible
from tests.generated import examples
from tests.reports import test_properties as generated
from tests.reports.conftest import REPORTS
from tests.reports.html.conftest import REPORT, Read, evidence, finding, read

ROOT = Path(__file__).parents[3]
_BREAKING = st.sampled_from(
    ["</script>", "<script>alert(1)</script>", "<!--", "-->", "]]>", "'", '"', "\" onload=\"x", "&lt;",
     "&amp", "{{ x }}", "{% raw %}", "\udc80", "\u202e", "\x00", "\x1b[31m", "\u2028", "<img src=http://b.c>",
     "](javascript:x)", "\\u003c"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(_BREAKING, generated.TEXTS), max_size=4).map("".join)
EXCERPTS = st.builds(
    Excerpt, TEXTS, st.integers(1, 9), st.lists(TEXTS, max_size=4).map(tuple), generated.LINES
)
EVIDENCE = st.builds(
    Evidence,
    st.none() | generated.REFS,
    st.lists(EXCERPTS, max_size=2).map(tuple),
    st.none() | EXCERPTS,
    st.lists(TEXTS, max_size=2).map(tuple),
)


@st.composite
def hostile(draw: st.DrawFn) -> Report:
    """A report of which every text is somebody else's."""
    report = draw(generated.REPORTS)
    findings = tuple(
        replace(each, message=draw(TEXTS), hint=draw(TEXTS), chart=draw(TEXTS), place=Place(draw(TEXTS), 1))
        for each in report.findings
    )
    return replace(
        report,
        findings=findings,
        evidence={each.fingerprint: draw(EVIDENCE) for each in findings},
        rules=(RuleText("field-unknown", Severity.ERROR, draw(TEXTS)),),
    )


def test_it_is_a_format_that_shows_evidence() -> None:
    assert [each.name for each in FORMATS.values() if each.shows_evidence] == ["html"]


def test_the_parts_are_those_that_there_are(page: Read) -> None:
    assert page.words("nav a") == [
        *("Findings 4", "Scenarios 4", "Golden files 3", "Coverage", "Not judged 1", "Rules 3"),
    ]
    assert [each.get("id") for each in page.all("main > section")] == [
        *("summary", "findings", "scenarios", "golden", "coverage", "unjudged", "rules"),
    ]


def test_the_summary_counts_what_is_not_suppressed(page: Read) -> None:
    assert page.words("#summary .tile") == [
        *("2 errors", "1 warning", "1 note", "1 suppressed", "1 not judged"),
    ]
    (extent,) = page.words("#summary .extent")
    assert extent == (
        "4 findings in 3 files: looked at 1 chart, 8 cases (1 not rendered, 1 refused as they must be), 18 "
        "objects, Kubernetes 1.31, 1.34 and 1.37"
    )
    assert page.words("title") == ["4 findings: chartkit check"]


def test_a_run_over_what_has_changed_says_so() -> None:
    since = Since("main", "0" * 40, 3, 5)
    assert "1 chart changed since main" in read(replace(REPORT, since=since)).words(".extent")[0]
    nothing = read(Report(since=Since("main", "0" * 40, 0, 5)))
    assert nothing.words(".extent") == ["Clean: no chart changed since main (5 charts not judged)"]


def test_what_was_there_before_is_counted() -> None:
    tiles = read(replace(REPORT, since=Since("main", "0" * 40, 3, 5, before=1200))).words("#summary .tile")
    assert "1,200 there before" in tiles
    for before in (0, None):
        tiles = read(replace(REPORT, since=Since("main", "0" * 40, 3, 5, before))).words("#summary .tile")
        assert not any("before" in each for each in tiles)


def test_a_report_of_nothing_is_a_page_that_says_so() -> None:
    page = read(Report())
    assert page.words("nav a") == ["Findings 0", "Scenarios 0"]
    assert page.words("title") == ["No findings: chartkit check"]
    assert page.words("#findings p") == ["There are none, as nothing was looked at."]
    assert page.words("#scenarios p") == ["No chart was looked at."]
    assert page.data["findings"] == []


def test_a_clean_report_is_told_from_one_of_nothing() -> None:
    assert read(REPORTS["clean"]).words(".extent span.good") == ["Clean"]
    assert read(REPORTS["nothing"]).words(".extent span.fair") == ["Nothing was looked at"]


def test_a_page_without_evidence_has_the_lines_that_findings_bring() -> None:
    page = read(REPORTS["full"])
    assert page.data["evidence"] == []
    assert "pullPolicy: Sometimes" in " ".join(page.words(".finding .shown"))
    assert "rendered:431" in " ".join(page.words(".finding .shown .no"))


def test_coverage_tells_what_was_not_measured(page: Read) -> None:
    assert "odd.yaml not measured: unclosed action" in page.words("#coverage td")[0]
    assert "charts/lib: a library" in page.words("#coverage li")
    assert not read(replace(REPORT, coverage=None)).all("#coverage")


def test_a_page_holds_each_finding_once_with_all_that_it_says(page: Read) -> None:
    assert len(page.all(".finding")) == len(REPORT.findings)
    for each in REPORT.findings:
        row = page.one(f"#finding-{each.fingerprint}")
        told = " ".join(row.text_content().split())
        assert each.severity.label in row.get("class").split()
        for text in (
            each.message.split("\n")[0],
            each.rule,
            each.hint,
            f"chartkit explain {each.fingerprint}",
        ):
            assert text in told
        assert ("suppressed" in row.get("class").split()) is (each.suppressed is not None)


def test_every_link_leads_to_a_place_on_the_page(page: Read) -> None:
    places = {each.get("id") for each in page.all("[id]")}
    links = [each.get("href") for each in page.all("a")]
    assert links
    assert {link.split("?")[0] for link in links} <= {f"#{place}" for place in places}


def test_no_two_elements_have_one_name(page: Read) -> None:
    names = [each.get("id") for each in page.all("[id]")]
    assert len(names) == len(set(names))


def test_the_policy_names_the_style_and_the_script_and_nothing_else(page: Read) -> None:
    policy = page.one("meta[http-equiv=Content-Security-Policy]").get("content")
    rules = dict(each.strip().split(" ", 1) for each in policy.split(";"))
    assert rules == {
        "default-src": "'none'",
        "style-src": digest(page.one("style").text),
        "script-src": digest(page.one("script:not([type])").text),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    assert not page.all("[style]")


def digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def test_nothing_is_loaded_from_anywhere(page: Read) -> None:
    for element in page.root.iter():
        for name, value in element.items():
            assert name not in ("src", "srcset", "action", "data", "poster", "background")
            assert name != "href" or value.startswith("#")
    assert not page.all("link, img, iframe, object, embed, base, audio, video, svg")
    assert "@import" not in page.text
    assert "url(" not in page.one("style").text
    assert not re.findall(r"https?://", page.text)


def test_the_same_report_is_always_the_same_page() -> None:
    code = "from tests.reports.html.conftest import REPORT, render; print(render(REPORT))"
    made = {
        subprocess.run(
            [sys.executable, "-c", code],
            check=True,
            capture_output=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }
    assert len(made) == 1


PLAIN = read(REPORT)
MARKDOWN = {"ol", "em", "strong", "hr", "blockquote", "s", "h5", "h6", "br"}
TAGS = {each.tag for each in PLAIN.root.iter()} | {"mark"} | MARKDOWN
ATTRIBUTES = {name for each in PLAIN.root.iter() for name in each.keys()} | {"start", "style"}  # noqa: SIM118


@pytest.mark.parametrize("text", ["</script><script>alert(1)</script>", "<!-- x", "<img src=x onerror='x'>"])
def test_tags_are_text_wherever_they_come_from(text: str) -> None:
    shown = replace(
        finding(1, message=f"{text}\n{text}", file=text),
        rule=text,
        chart=text,
        hint=text,
        resource=ResourceId(text, text, text, text),
        display=Display(snippet=Snippet(text, 1, 2, rendered=False), value=text),
    )
    drifted = replace(shown, place=Place(text, 2), rule="golden-drifted", message=f"x\n+ {text}\n    {text}")
    page = read(
        replace(
            REPORT,
            findings=(shown, drifted),
            not_judged=(NotJudged(text, text, text),),
            evidence={shown.fingerprint: evidence(1), drifted.fingerprint: evidence(2)},
            rules=(RuleText(text, Severity.ERROR, text),),
        )
    )
    assert {each.tag for each in page.root.iter()} <= TAGS
    assert len(page.all("script")) == 2
    for selector in (
        ".finding .msg",
        ".finding .hint",
        ".group h3",
        ".markdown",
        "#golden .heading",
        "#unjudged td",
    ):
        assert text in page.words(selector)[0]


@examples(60)
@given(hostile())
def test_no_element_or_attribute_comes_from_a_chart(report: Report) -> None:
    page = read(report)
    for element in page.root.iter():
        assert element.tag in TAGS
        for name, value in element.items():
            assert name in ATTRIBUTES
            assert name != "style" or re.fullmatch("text-align:(left|right|center)", value)
    assert len(page.all("script")) == 2
    assert len(page.all(".finding")) == len(groups(report, suppressed=True))
    assert not [char for char in page.text if not char.isprintable() and char != "\n"]


@examples(60)
@given(hostile())
def test_what_charts_say_is_read_back_as_it_was_said(report: Report) -> None:
    page = read(report)
    told = {"".join(each.itertext()) for each in page.all(".finding .msg, .finding .hint, .group h3, td, dd")}
    words = itertools.chain.from_iterable(("".join(each.itertext()),) for each in page.all(".finding .file"))
    files = {each.rstrip(":") for each in words}
    for each in report.findings:
        head = visible(each.message.split("\n")[0])
        resource = f" {visible(str(each.resource))}" if each.resource else ""
        assert head + resource in told
        assert not each.hint or visible(each.hint) in told
        assert visible(each.place.file).rstrip(":") in files
    assert {visible(each.what) for each in report.not_judged} <= told
    assert set(page.data["names"]["chart"]) >= {visible(each.chart) for each in report.findings}


def test_without_jinja2_it_is_said_before_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(ChartkitError, match="jinja2 is not installed") as caught:
        FORMATS["html"].require()
    assert caught.value.hint == "install chartkit[html]"


def test_everything_that_a_page_is_made_of_is_in_the_wheel(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--wheel-dir",
        str(tmp_path),
        ".",
    ]
    made = subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT)
    if made.returncode:
        pytest.skip(f"no wheel can be built here: {made.stderr.strip().splitlines()[-1:]}")
    (wheel,) = tmp_path.glob("*.whl")
    reports = ROOT / "chartkit" / "reports"
    parts = [reports / "look.css", *(reports / "html" / "pages").iterdir(), *(reports / "html").glob("*.py")]
    with zipfile.ZipFile(wheel) as held:
        assert {str(each.relative_to(ROOT)) for each in parts} <= set(held.namelist())
