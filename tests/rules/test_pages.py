"""Every rule has a page that can be shown anywhere: in a terminal, in SARIF, in the index."""

from __future__ import annotations

import pathlib
import re

import pytest

from chartkit import rules, schemas_folder
from chartkit.rules import SUBJECTS, Rule, _page, policies

RULES = {**rules.load(), **policies.shipped()}
EVERY = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
SEVERITIES = ("error", "warning", "note")


@EVERY
def test_the_id_is_two_to_five_words_with_hyphens(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z]+[a-z0-9]*(-[a-z0-9]+){1,4}", rule.id)


@EVERY
def test_the_file_is_named_after_the_id(rule: Rule) -> None:
    folder = pathlib.Path(rules.__file__).parent
    policy = schemas_folder() / "policies" / f"{rule.id}.yaml"

    assert (folder / f"{rule.id.replace('-', '_')}.py").is_file() != policy.is_file()


@EVERY
def test_the_summary_is_one_short_sentence(rule: Rule) -> None:
    summary = rule.page.summary

    assert summary.endswith(".")
    assert len(summary) <= 72
    assert summary[0].isupper()


@EVERY
def test_the_page_says_why(rule: Rule) -> None:
    assert len(rule.page.why.split()) >= 8


@EVERY
def test_bad_stands_before_good(rule: Rule) -> None:
    titles = [section.title for section in rule.page.sections]

    assert titles.index("Bad") < titles.index("Good")
    assert all(section.text for section in rule.page.sections)


@EVERY
def test_bad_examples_expect_the_rule_and_good_ones_nothing(rule: Rule) -> None:
    bad, good = rule.page.section("Bad"), rule.page.section("Good")
    assert bad
    assert good

    marked = {each.rule for fence in bad.fences for each in fence.expected}

    assert not any(fence.expected for fence in good.fences)
    assert marked <= {rule.id}
    assert marked or not rule.check or not bad.fences


@EVERY
def test_marks_name_the_severity(rule: Rule) -> None:
    fences = [fence for section in rule.page.sections for fence in section.fences]

    assert {each.severity for fence in fences for each in fence.expected} <= {rule.severity.label}


@EVERY
def test_a_rule_with_a_check_says_what_it_looks_at(rule: Rule) -> None:
    assert (rule.on in SUBJECTS) == (rule.check is not None)


@EVERY
def test_lines_of_pages_fit_into_a_terminal(rule: Rule) -> None:
    assert [line for line in rule.text.splitlines() if len(line) > 110] == []


def test_a_module_holds_one_rule() -> None:
    modules = {path.stem for path in pathlib.Path(rules.__file__).parent.glob("[!_]*.py")} - {"catalogue"}

    assert len(rules.load()) == len(modules)


def test_the_index_is_up_to_date() -> None:
    index = pathlib.Path(rules.__file__).parent / "README.md"

    assert index.read_text("utf-8") == rules.index(RULES.values()), "run make docs"


def test_a_page_without_anything_is_empty_everywhere() -> None:
    page = _page.parse("")

    assert (page.summary, page.why, page.sections) == ("", "", ())


def test_headings_and_ticks_inside_of_a_fence_are_text() -> None:
    page = _page.parse(
        'A.\n\nWhy.\n\n## Bad\n\n````md title="x.md"\n## No heading\n```\n```\n````\n\nAfter.\n'
    )

    assert [section.title for section in page.sections] == ["Bad"]
    assert page.sections[0].fences == (_page.Fence("## No heading\n```\n```\n", "md", "x.md"),)


def test_a_fence_that_is_never_closed_is_no_example() -> None:
    assert _page.parse("A.\n\n## Bad\n\n```yaml\na: 1\n").sections[0].fences == ()


def test_a_line_may_expect_several_findings() -> None:
    fence = _page.Fence("a: 1\nb: 2  # error: a-b  # note: c-d\n")

    assert fence.expected == (_page.Expected(2, "error", "a-b"), _page.Expected(2, "note", "c-d"))
