from __future__ import annotations

import pytest

from chartkit.system.did_you_mean import closest, suggestion


@pytest.mark.parametrize(
    ("word", "known", "found"),
    [
        ("relase", ["release", "namespace"], "release"),
        ("Relase", ["release"], "release"),
        ("zzz", ["release"], ""),
        ("x", [], ""),
        ("a" * 100_000, ["a" * 80], "a" * 80),
    ],
)
def test_a_slip_of_the_finger_is_recognized(word: str, known: list[str], found: str) -> None:
    assert closest(word, known) == found


def test_what_is_not_recognized_is_answered_with_all_there_is_if_it_is_little() -> None:
    assert suggestion("relase", ["release", "namespace"]) == "did you mean 'release'?"
    assert suggestion("zzz", ["b", "a"]) == "use one of: a, b"
    assert suggestion("zzz", ["b", "a"], most=1) == ""
    assert suggestion("zzz", []) == ""
