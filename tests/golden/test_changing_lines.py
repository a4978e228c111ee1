from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chartkit.golden.changing_lines import MARKER, carry, mask, masked, matches, matches_line

LINES = st.lists(st.text(st.characters(exclude_characters="\n"), max_size=20), min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a: 1\nb: 2", "a: 1\nb: 2", "a: 1\nb: 2"),
        ('password: "abc"', 'password: "abd"', f'password: "{MARKER}"'),
        ("password: abc # set", "password: xyz # set", f"password: {MARKER} # set"),
        ("  tls.crt: QUJD", "  tls.crt: QUJE", f"  tls.crt: {MARKER}"),
        ("- --token=abc", "- --token=abd", f"- --token={MARKER}"),
        ("abc", "xyz", MARKER),
        ("x: {a: 1, b: r1}", "x: {a: 1, b: r2}", f"x: {{a: 1, b: {MARKER}}}"),
        ("word", "word more", f"{MARKER}"),
        ("a: b", "a: b c", f"a: {MARKER}"),
    ],
)
def test_what_differs_is_masked_between_what_is_constant(first: str, second: str, expected: str) -> None:
    assert mask(first, second) == expected


def test_a_certificate_is_masked_whole() -> None:
    block = "  a: |\n    -----BEGIN X-----\n    {}\n    same\n    -----END X-----\n  b: same\n"
    expected = f"  a: |\n    -----BEGIN X-----\n    {MARKER}\n    {MARKER}\n    -----END X-----\n  b: same\n"
    assert mask(block.format(1), block.format(2)) == expected
    other = block + "-----END X-----\n-----BEGIN\nsame\n-----END \n"
    assert mask(other.format(1), other.format(1)) == other.format(1)
    assert mask(other.format(1) + "1", other.format(1) + "2") == other.format(1) + MARKER


def test_of_a_private_key_that_is_masked_nothing_looks_like_one() -> None:
    block = "a: |\n    -----BEGIN EC PRIVATE KEY-----\n    {}\n    -----END EC PRIVATE KEY-----\n"
    recorded = mask(block.format("one"), block.format("two"))
    assert recorded == f"a: |\n    {MARKER}\n    {MARKER}\n    {MARKER}\n"
    assert matches(recorded, block.format("three"))


def test_renders_of_another_shape_cannot_be_masked() -> None:
    assert mask("a\nb", "a") is None


def test_random_values_that_begin_or_end_alike_by_chance_are_masked_whole() -> None:
    recorded = mask("key: a1b2z", "key: a9c8z")
    assert recorded is not None
    assert matches(recorded, "key: q7")


@pytest.mark.parametrize("style", ["{}", "'{}'", '"{}"', "[{}]", "{{a: {}}}", "|\n  {}"])
def test_the_marker_is_a_string_in_every_yaml_style(style: str) -> None:
    loaded = yaml.safe_load("key: " + style.replace("{{", "{").replace("}}", "}").replace("{}", MARKER))
    assert MARKER in str(loaded["key"])


@pytest.mark.parametrize(
    ("recorded", "line", "same"),
    [
        ("a", "a", True),
        ("a", "b", False),
        (f"a: {MARKER}", "a: anything at all", True),
        (f"a: {MARKER}", "a:", False),
        (f"b: {MARKER}", "a: x", False),
        (f'a: "{MARKER}"', 'a: "x" # y', False),
        (f"aa{MARKER}aa", "aaa", False),
        (f"a {MARKER} b {MARKER} c", "a 1 c", True),
    ],
)
def test_a_masked_line_matches_any_with_its_beginning_and_end(recorded: str, line: str, same: bool) -> None:
    assert matches_line(recorded, line) is same
    assert matches(recorded, line) is same


def test_masks_do_not_excuse_more_or_fewer_lines() -> None:
    assert not matches(f"a: {MARKER}\n", "a: 1\nb: 2\n")


def test_masked_lines_are_counted_from_one() -> None:
    assert masked(f"a\nb: {MARKER}\nc\n{MARKER}") == (2, 4)
    assert masked("a\nb") == ()


@given(LINES, st.data())
def test_what_is_masked_matches_both_renders(lines: list[str], data: st.DataObject) -> None:
    others = [
        data.draw(st.one_of(st.just(line), st.text(st.characters(exclude_characters="\n")))) for line in lines
    ]
    first, second = "\n".join(lines), "\n".join(others)
    recorded = mask(first, second)
    assert recorded is not None
    assert matches(recorded, first)
    assert matches(recorded, second)


def test_masks_are_carried_to_a_new_text_of_the_same_shape() -> None:
    recorded = f"a: {MARKER}\nb: 1"
    assert carry(recorded, "a: x\nb: 2") == f"a: {MARKER}\nb: 2"
    assert carry(recorded, "a: x") == "a: x"
    assert carry("a: 1", "a: x") == "a: x"
