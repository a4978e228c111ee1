"""Every rule has a page that can be shown anywhere: in a terminal, in SARIF, in the index."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable

from chartkit import rules, schemas_folder
from chartkit.rules import SUBJECTS, Rule, _page, policies

RULES = {**rules.load(), **policies.shipped()}
Law = Callable[[Rule], bool]


def broken_by(law: Law) -> list[str]:
    """The rules whose pages break *law*."""
    return [name for name, rule in RULES.items() if not law(rule)]


def test_the_id_is_two_to_five_words_with_hyphens() -> None:
    assert broken_by(lambda rule: bool(re.fullmatch(r"[a-z]+[a-z0-9]*(-[a-z0-9]+){1,4}", rule.id))) == []


def test_the_file_is_named_after_the_id() -> None:
    modules = {path.stem.replace("_", "-") for path in pathlib.Path(rules.__file__).parent.glob("*.py")}
    shipped = {path.stem for path in (schemas_folder() / "policies").glob("*.yaml")}

    assert broken_by(lambda rule: (rule.id in modules) != (rule.id in shipped)) == []


def test_the_summary_is_one_short_sentence() -> None:
    def is_short_sentence(rule: Rule) -> bool:
        summary = rule.page.summary
        return summary.endswith(".") and len(summary) <= 72 and summary[0].isupper()

    assert broken_by(is_short_sentence) == []


def test_the_page_says_why() -> None:
    assert broken_by(lambda rule: len(rule.page.why.split()) >= 8) == []


def test_bad_stands_before_good() -> None:
    def is_in_order(rule: Rule) -> bool:
        titles = [section.title for section in rule.page.sections]
        return {"Bad", "Good"} <= {*titles} and titles.index("Bad") < titles.index("Good")

    assert broken_by(is_in_order) == []
    assert broken_by(lambda rule: all(section.text for section in rule.page.sections)) == []


def test_bad_examples_expect_the_rule_and_good_ones_nothing() -> None:
    def marks_bad_alone(rule: Rule) -> bool:
        bad, good = rule.page.section("Bad"), rule.page.section("Good")
        if not bad or not good or any(fence.expected for fence in good.fences):
            return False
        marked = {each.rule for fence in bad.fences for each in fence.expected}
        return marked <= {rule.id} and bool(marked or not rule.check or not bad.fences)

    assert broken_by(marks_bad_alone) == []


def test_marks_name_the_severity() -> None:
    def names_severity(rule: Rule) -> bool:
        fences = [fence for section in rule.page.sections for fence in section.fences]
        return {each.severity for fence in fences for each in fence.expected} <= {rule.severity.label}

    assert broken_by(names_severity) == []


def test_a_rule_with_a_check_says_what_it_looks_at() -> None:
    assert broken_by(lambda rule: (rule.on in SUBJECTS) == (rule.check is not None)) == []


def test_lines_of_pages_fit_into_a_terminal() -> None:
    assert broken_by(lambda rule: all(len(line) <= 110 for line in rule.text.splitlines())) == []


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
