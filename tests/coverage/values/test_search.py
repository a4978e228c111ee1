"""Few trials find exactly the changes that show."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from chartkit.coverage.values.search import KeyChange, Seen, effects

NUMBERS = st.sets(st.integers(0, 99))


def changes(count: int) -> list[KeyChange]:
    return [KeyChange((f"k{number}",), "x", number) for number in range(count)]


@given(shows=NUMBERS, marked=NUMBERS, blamed=NUMBERS, at_once=st.booleans())
def test_exactly_what_shows_is_found(
    shows: set[int], marked: set[int], blamed: set[int], at_once: bool
) -> None:
    def trial(group: Sequence[KeyChange]) -> Seen:
        here = [change.number for change in group if change.number in shows]
        marks = {number: f"t{number}" for number in here if number in marked}
        return Seen(same=not here, where="t", marks=marks, blamed=blamed)

    found = list(effects(changes(100), trial, at_once=at_once))

    assert sorted(effect.number for effect in found) == sorted(shows)
    assert all(effect.where == (f"t{effect.number}" if effect.number in marked else "t") for effect in found)


def test_what_does_not_show_takes_one_trial() -> None:
    tried: list[int] = []

    def trial(group: Sequence[KeyChange]) -> Seen:
        tried.append(len(group))
        return Seen(same=True)

    assert list(effects(changes(1000), trial, at_once=True)) == []
    assert tried == [1000]


def test_what_marks_tell_apart_takes_two_trials() -> None:
    tried: list[int] = []

    def trial(group: Sequence[KeyChange]) -> Seen:
        tried.append(len(group))
        marks = {change.number: "t" for change in group if change.number % 2}
        return Seen(same=not marks, marks=marks)

    assert len(list(effects(changes(100), trial, at_once=True))) == 50
    assert tried == [100, 50]


def test_what_is_blamed_is_tried_apart_from_the_rest() -> None:
    tried: list[list[int]] = []

    def trial(group: Sequence[KeyChange]) -> Seen:
        numbers = [change.number for change in group]
        tried.append(numbers)
        return Seen(same=7 not in numbers, blamed=[7])

    assert [effect.number for effect in effects(changes(20), trial, at_once=True)] == [7]
    assert tried[1] == [7]
    assert len(tried) == 3
