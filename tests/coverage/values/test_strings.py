"""What is known of strings that templates put together."""

from __future__ import annotations

import pytest

from chartkit.coverage.values.references import ANY, UNKNOWN, Refs, TextRef
from chartkit.coverage.values.strings import formatted, joined


def text(*options: str) -> Refs:
    return frozenset(map(TextRef, options))


def test_every_combination_may_come_out() -> None:
    assert joined([text("a", "b"), text("-"), text("c")]) == text("a-c", "b-c")
    assert joined([text("a"), frozenset()]) == text(f"a{ANY}")


def test_too_many_combinations_are_unknown() -> None:
    assert joined([text(*"abc"), text(*"abc")]) == UNKNOWN


@pytest.mark.parametrize(
    ("form", "args", "found"),
    [
        ("a-%s", [text("b", "c")], text("a-b", "a-c")),
        ("%d-%s%%", [text("1"), text("b")], text(f"{ANY}-b%")),
        ("%s-%s", [text("b")], text(f"b-{ANY}")),
        ("%[1]s", [text("b")], UNKNOWN),
    ],
)
def test_formats_are_followed_as_far_as_they_are_known(form: str, args: list[Refs], found: Refs) -> None:
    assert formatted([text(form), *args]) == found
