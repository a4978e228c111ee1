from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartkit.system.terminal import cells, cut, paint, visible, wrap

ANY_TEXT = st.text(st.characters(codec=None), max_size=200)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("größe 直", "größe 直"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\u202eb\u2066c\u200bd", "a\\u202eb\\u2066c\\u200bd"),
        ("no\u00a0break", "no\\xa0break"),
        ("a\tb", "a   b"),
        ("tag\U000e0041", "tag\\U000e0041"),
        ("lone\ud800", "lone\\ud800"),
        ("byte\udce9", "byte\\xe9"),
        ("line\r\n", "line\\x0d\\x0a"),
    ],
)
def test_what_a_terminal_would_obey_or_hide_is_written_out(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(ANY_TEXT)
def test_visible_text_holds_no_control_format_or_surrogate_character(text: str) -> None:
    assert not any(unicodedata.category(char).startswith("C") for char in visible(text))


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("直", 2), ("e\u0301", 1), ("a\u20dd", 1), ("\uff21", 2)]
)
def test_cells_are_terminal_columns(text: str, columns: int) -> None:
    assert cells(text) == columns


@pytest.mark.parametrize(
    ("text", "width", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("直直直", 5, "直直…"), ("直直直", 4, "直…")],
)
def test_what_is_cut_says_so(text: str, width: int, shown: str) -> None:
    assert cut(text, width) == shown


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("           ", 5, [""]),
        ("one two three", 8, ["one two", "three"]),
        ("no-break-at-hyphens x", 10, ["no-break-a", "t-hyphens", "x"]),
        ("直直 直直 直直", 5, ["直直", "直直", "直直"]),
        ("直直 直", 8, ["直直 直"]),
        ("a 直直 直", 7, ["a 直直", "直"]),
        ("直直直直直", 4, ["直直", "直直", "直"]),
        ("é 直直直直 b", 4, ["é", "直直", "直直", "b"]),
    ],
)
def test_lines_break_between_words_where_they_can(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


@given(ANY_TEXT.map(visible), st.integers(2, 60))
def test_no_wrapped_line_is_too_wide_and_no_word_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert lines
    assert all(cells(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(ANY_TEXT.map(visible), st.integers(1, 60))
def test_what_is_cut_fits(text: str, width: int) -> None:
    assert cells(cut(text, width)) <= width


def test_colour_is_the_callers_choice() -> None:
    assert paint("x", "error", color=True) == "\x1b[1;31mx\x1b[0m"
    assert paint("x", "error", color=False) == "x"
    assert not paint("", "error", color=True)
