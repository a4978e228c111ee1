"""The pages that are written from the rules are those that `make docs` would write now."""

from __future__ import annotations

import pathlib
import re

from chartkit import rules
from chartkit.rules import policies

ROOT = pathlib.Path(rules.__file__).parent.parent.parent
RULES = {**rules.load(), **policies.shipped()}
PAGES = ROOT / "docs/rules"
DOCUMENTS = {name: rules.document(rule) for name, rule in RULES.items()}


def test_a_page_says_what_its_rule_says() -> None:
    old = [name for name in RULES if (PAGES / f"{name}.md").read_text("utf-8") != DOCUMENTS[name]]

    assert old == [], "run `make docs`"


def test_no_page_is_of_a_rule_that_is_gone() -> None:
    assert {file.stem for file in PAGES.iterdir()} - set(RULES) == set(), "run `make docs`"


def test_the_index_lists_every_rule() -> None:
    written = (ROOT / "chartkit/rules/README.md").read_text("utf-8")

    assert written == rules.index(RULES.values()), "run `make docs`"
    assert set(re.findall(r"docs/rules/([a-z0-9-]+)\.md", written)) == set(RULES)


def test_a_page_links_to_where_its_rule_is_written() -> None:
    written = re.compile(r"^\w+, in the set .*\]\((\S+)\)$", re.MULTILINE)
    links = {name: written.findall(text) for name, text in DOCUMENTS.items()}

    assert [name for name, found in links.items() if len(found) != 1] == []
    assert [name for name, (link,) in links.items() if not (PAGES / link).is_file()] == []
