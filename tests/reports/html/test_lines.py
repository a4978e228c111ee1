"""Lines of sources and renders, each once."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from chartkit.model.evidence import Excerpt
from chartkit.reports.html._lines import Texts
from chartkit.system.terminal import visible
from tests.reports.test_properties import TEXTS


def numbered(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"line {number}" for number in range(first, last + 1))


def test_excerpts_of_one_text_are_kept_together() -> None:
    texts = Texts()
    one = texts.add("a.yaml", Excerpt("a.yaml", 3, numbered(3, 6), 4, 2))
    two = texts.add("a.yaml", Excerpt("a.yaml", 5, numbered(5, 8), 8))
    far = texts.add("a.yaml", Excerpt("a.yaml", 20, numbered(20, 21)))
    assert (one, two, far) == ((0, 3, 6, 4, 2), (0, 5, 8, 8, 0), (0, 20, 21, 0, 0))
    assert texts.runs() == [[(3, "\n".join(numbered(3, 8))), (20, "\n".join(numbered(20, 21)))]]


def test_texts_of_one_name_that_differ_are_kept_apart() -> None:
    texts = Texts()
    found = [
        texts.add("render", Excerpt("", 1, lines))[0]
        for lines in (("a", "b"), ("a", "c"), ("a",), ("x", "c"))
    ]
    assert found == [0, 1, 0, 2]


def test_texts_of_several_names_are_kept_apart() -> None:
    texts = Texts()
    assert [texts.add(name, Excerpt(name, 1, ("a",)))[0] for name in "xyx"] == [0, 1, 0]


def test_of_a_huge_object_the_lines_around_what_is_meant_are_shown() -> None:
    lines = numbered(1, 3_000)
    for meant, first in ((1, 1), (1_500, 1_300), (3_000, 2_601), (None, 1)):
        _, begin, end, _, _ = Texts().add("x", Excerpt("", 1, lines, meant, 1))
        assert (begin, end) == (first, first + 399)


def test_a_huge_line_is_cut_and_says_so() -> None:
    texts = Texts()
    texts.add("x", Excerpt("", 1, ("y" * 5_000,)))
    ((_, text),) = texts.runs()[0]
    assert text == "y" * 1_000 + "… 4,000 more characters"


def test_of_a_huge_line_what_is_meant_is_shown() -> None:
    texts = Texts()
    line = "y" * 3_000 + "HERE" + "z" * 3_000
    *_, column = texts.add("x", Excerpt("", 1, (line,), 1, 3_001))
    ((_, text),) = texts.runs()[0]
    assert text[column - 1 :].startswith("HERE")
    assert text.startswith("…y")
    assert text.endswith("more characters")


@given(TEXTS, TEXTS.map(lambda text: f"@{text}"))
def test_where_in_a_line_is_counted_as_scripts_count(before: str, after: str) -> None:
    """Tabs before it move it as they do on a terminal; code points beyond the first plane count twice."""
    if "\t" in before + after:
        before, after = before.replace("\t", ""), after.replace("\t", "")
    texts = Texts()
    *_, column = texts.add("x", Excerpt("", 1, (before + after,), 1, len(before) + 1))
    ((_, text),) = texts.runs()[0]
    units = text.encode("utf-16-le")
    assert units[2 * (column - 1) :].decode("utf-16-le") == visible(after)


def test_beyond_the_end_of_a_line_is_its_end() -> None:
    assert Texts().add("x", Excerpt("", 1, ("abc",), 1, 99)) == (0, 1, 1, 1, 4)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(1, 9)), min_size=1, max_size=8))
def test_every_line_of_every_excerpt_is_kept_once(spans: list[tuple[int, int]]) -> None:
    texts = Texts()
    for first, count in spans:
        texts.add("x", Excerpt("x", first, numbered(first, first + count - 1)))
    (runs,) = texts.runs()
    kept = [(first + at, line) for first, text in runs for at, line in enumerate(text.split("\n"))]
    wanted = {number for first, count in spans for number in range(first, first + count)}
    assert kept == [(number, f"line {number}") for number in sorted(wanted)]
    assert all(b[0] > a[0] + a[1].count("\n") + 1 for a, b in itertools.pairwise(runs))
