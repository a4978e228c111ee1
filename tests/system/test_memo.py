"""What fits is made once; what was used last stays longest."""

from __future__ import annotations

from chartkit.system.cache import Memo


def test_a_value_is_made_once() -> None:
    numbers = iter(range(10))
    memo: Memo[int] = Memo(room=10)

    assert [memo.get("a", 1, lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]


def test_what_was_not_used_for_longest_goes_first() -> None:
    memo: Memo[str] = Memo(room=2)
    memo.get("a", 1, lambda: "a")
    memo.get("b", 1, lambda: "b")
    memo.get("a", 1, lambda: "never")
    memo.get("c", 1, lambda: "c")

    assert memo.get("a", 1, lambda: "anew") == "a"
    assert memo.get("b", 1, lambda: "anew") == "anew"


def test_the_last_value_stays_however_large() -> None:
    memo: Memo[str] = Memo(room=1)
    memo.get("a", 100, lambda: "a")

    assert memo.get("a", 100, lambda: "anew") == "a"
