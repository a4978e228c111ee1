from __future__ import annotations

from collections.abc import Mapping

import pytest
from markdown_it import MarkdownIt
from syrupy.assertion import SnapshotAssertion

from chartkit.model.finding import Finding, NotJudged, Severity
from chartkit.model.place import Place
from chartkit.model.report import Report
from chartkit.reports.markdown import COMMENT, fitted, render

Reports = Mapping[str, Report]


@pytest.mark.parametrize("name", ["full", "clean", "clean-but", "nothing", "one", "rich"])
def test_a_report_reads_so(reports: Reports, snapshot: SnapshotAssertion, name: str) -> None:
    assert render(reports[name]) == snapshot


def test_a_clean_report_says_what_was_judged(reports: Reports) -> None:
    assert render(reports["clean"]) == (
        "### ✅ chartkit: clean\n\nLooked at 1 chart, 6 cases, 336 objects, Kubernetes 1.31, 1.34 and 1.37.\n"
    )


def test_a_run_that_fails_says_so(reports: Reports) -> None:
    assert "This fails the check." in render(reports["rich"])
    assert "This fails the check." not in render(reports["clean-but"])


def findings(count: int) -> Report:
    return Report(
        tuple(
            Finding(
                "some-rule",
                Severity.ERROR if number % 3 == 0 else Severity.NOTE,
                f"number {number}",
                "web",
                Place(f"file-{number // 10}.yaml", number + 1),
            )
            for number in range(count)
        )
    )


def test_a_comment_holds_the_worst_and_says_how_many_more_there_are() -> None:
    text = render(findings(600))
    assert len(text) <= COMMENT
    told = text.count("<details>")
    assert f"**{600 - told} more findings** for which there is no room here." in text
    errors = text.count("<summary>❌")
    assert errors == 200
    assert text.count("<summary>💡") == told - errors > 0
    assert text.count("#### `file-0.yaml`") == 1


def test_files_come_with_their_findings_in_the_order_of_lines() -> None:
    html = MarkdownIt("gfm-like", {"html": True}).render(render(findings(20)))
    assert html.index("file-0.yaml</code></h4>") < html.index("number 3") < html.index("number 1<")
    assert html.count("<details>") == html.count("</details>") == 20


def test_long_lists_of_what_was_not_judged_take_a_part_of_the_room() -> None:
    unjudged = tuple(NotJudged("x" * 90 + str(number), "web", "why") for number in range(900))
    text = fitted(Report(findings(30).findings, unjudged), 20_000)
    assert len(text) <= 20_000
    assert "900 not judged" in text
    assert "more lines" in text
    assert "more findings" not in text


def test_what_charts_write_is_no_markdown() -> None:
    nasty = "``` </code></details> @octocat #1 <img src=x> [a](b) |"
    finding = Finding("some-rule", Severity.ERROR, nasty, "web", Place("`a`.yaml", 1))
    html = MarkdownIt("gfm-like", {"html": True}).render(render(Report((finding,))))
    assert "<img" not in html
    assert "<a" not in html
    assert html.count("</details>") == 1
    assert "<h4><code>`a`.yaml</code></h4>" in html


def test_a_line_of_ticks_does_not_end_the_code_that_it_is_in() -> None:
    finding = Finding("some-rule", Severity.ERROR, "wrong\n```\n# heading", "web", Place("a.yaml", 1))
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(render(Report((finding,))))
    (fence,) = (token for token in tokens if token.type == "fence")
    assert "# heading" in fence.content
    assert [token.type for token in tokens].count("heading_open") == 2


@pytest.mark.parametrize("name", ["full", "rich"])
def test_every_fence_and_fold_is_closed(reports: Reports, name: str) -> None:
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(render(reports[name]))
    blocks = [token.content.strip() for token in tokens if token.type == "html_block"]
    assert {block == "</details>" for block in blocks[1::2]} == {True}
    assert {block.startswith("<details><summary>") for block in blocks[::2]} == {True}
