"""The pages of rules as markup that cannot act."""

from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.finding import RuleText, Severity
from chartkit.reports.html._rules import markup, pages
from tests.reports.html.conftest import REPORT, Read, finding
from tests.reports.test_properties import TEXTS

SAFE = {
    *(
        "div",
        "p",
        "pre",
        "code",
        "span",
        "em",
        "strong",
        "ul",
        "ol",
        "li",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "br",
    ),
    *("blockquote", "s", "table", "thead", "tbody", "tr", "th", "td"),
}
_MARKDOWN = st.sampled_from(
    ["[a](javascript:alert(1))", "![x](http://b.c/y.png)", "<b onclick=x>", "<http://b.c>",
     "[r]: http://b.c 'x'\n", "[r]", "```html\n", "```\n", "# ", "|a|b|\n|-|:-|\n|1|2|\n", "- ", "> ",
     "&#60;", "`", "**", "\n\n"]
)  # fmt: skip
PAGES = st.lists(st.one_of(_MARKDOWN, TEXTS), max_size=8).map("".join)


def parsed(text: str) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(f"<div>{markup(text)}</div>")


def test_a_page_is_markup_with_its_wrong_lines_marked(page: Read) -> None:
    assert page.words("#rule-field-invalid .markdown em") == ["it"]
    assert page.words("#rule-field-invalid .markdown h4") == ["Bad"]
    assert page.words("#rule-field-invalid .wrong") == ['replicas: "two" # error: field-invalid']


def test_a_rule_without_a_page_says_so(page: Read) -> None:
    assert page.words("#rule-field-unknown .markdown") == ["It has no page."]


def test_a_rule_leads_to_its_findings(page: Read) -> None:
    assert page.one("#rule-field-unknown > p a").get("href") == "#findings?rule=field-unknown"


def test_rules_count_what_is_not_suppressed_and_bear_the_worst_severity() -> None:
    found = (finding(1, Severity.NOTE), finding(2, Severity.WARNING), finding(3, suppressed="why"))
    (one,) = pages(found, (RuleText("field-invalid", Severity.NOTE, "x"),))
    assert (one.id, one.severity, one.count) == ("field-invalid", "error", 2)
    assert [each.id for each in pages(REPORT.findings, ())] == [
        "field-invalid",
        "field-unknown",
        "golden-drifted",
    ]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("see [the `docs`](https://b.c/d?a=1&b=2)", "see the docs (https://b.c/d?a=1&b=2)"),
        ("see <https://b.c>", "see https://b.c (https://b.c)"),
        ("[x](javascript:alert(1))", "[x](javascript:alert(1))"),
        ("![a picture](https://b.c/x.png)", "a picture"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("a\x1b[31mb \u202e", "a\\x1b[31mb \\u202e"),
    ],
)
def test_links_and_tags_are_text(text: str, told: str) -> None:
    assert parsed(text).text_content().strip() == told


@given(PAGES)
def test_no_page_holds_anything_that_acts(text: str) -> None:
    root = parsed(text)
    for element in root.iter():
        assert element.tag in SAFE
        for name, value in element.items():
            assert (name, value) in {("class", "address"), ("class", "wrong")} or name in ("start", "style")
            assert name != "style" or value.startswith("text-align:")
    assert not [char for char in str(markup(text)) if not char.isprintable() and char != "\n"]
