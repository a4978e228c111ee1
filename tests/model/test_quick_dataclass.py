"""A class that is made quickly is the one that the standard library makes, only sooner."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import typing

import pytest

from chartkit.model.quick_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Quick:
    """Something with a field of each kind."""

    name: str
    size: int = 1
    parts: tuple[str, ...] = dataclasses.field(default_factory=tuple)
    note: str = dataclasses.field(default="", compare=False, repr=False)

    @property
    def shown(self) -> str:
        return f"{self.name}:{self.size}"


@dataclasses.dataclass(frozen=True, slots=True)
class Standard:
    """Something with a field of each kind."""

    name: str
    size: int = 1
    parts: tuple[str, ...] = dataclasses.field(default_factory=tuple)
    note: str = dataclasses.field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Checked:
    """Something that looks at its fields."""

    size: int

    def __post_init__(self) -> None:
        if self.size < 0:
            raise ValueError(self.size)


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing at all."""


ARGUMENTS: list[dict[str, typing.Any]] = [
    {"name": "a"},
    {"name": "a", "size": 2, "parts": ("b",)},
    {"name": "a", "note": "x"},
]


@pytest.mark.parametrize("arguments", ARGUMENTS)
def test_an_instance_is_as_the_standard_library_makes_it(arguments: dict[str, typing.Any]) -> None:
    quick, standard = Quick(**arguments), Standard(**arguments)

    assert repr(quick).removeprefix("Quick") == repr(standard).removeprefix("Standard")
    assert hash(quick) == hash(standard)
    assert dataclasses.asdict(quick) == dataclasses.asdict(standard)
    assert dataclasses.replace(quick, size=7) == Quick(**{**arguments, "size": 7})
    assert pickle.loads(pickle.dumps(quick)) == copy.copy(quick) == copy.deepcopy(quick) == quick
    assert pickle.loads(pickle.dumps(quick)).note == quick.note
    assert quick.shown == f"{quick.name}:{quick.size}"


def test_equality_is_by_class_and_fields_that_are_compared() -> None:
    assert Quick("a", note="x") == Quick("a", note="y")
    assert Quick("a") != Quick("b")
    other: object = Standard("a")
    assert Quick("a") != other
    assert Empty() == Empty()
    assert hash(Empty()) == hash(())


def test_the_class_is_as_the_standard_library_makes_it() -> None:
    assert str(inspect.signature(Quick)) == str(inspect.signature(Standard)).replace("Standard", "Quick")
    assert typing.get_type_hints(Quick) == typing.get_type_hints(Standard)
    assert Quick.__match_args__ == Standard.__match_args__
    assert Quick.__doc__ == Standard.__doc__
    assert [one.name for one in dataclasses.fields(Quick)] == [
        one.name for one in dataclasses.fields(Standard)
    ]
    assert not hasattr(Quick("a"), "__dict__")


def test_nothing_can_be_assigned_or_deleted() -> None:
    made = Quick("a")

    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot assign to field 'name'"):
        made.name = "b"  # type: ignore[misc]
    with pytest.raises(dataclasses.FrozenInstanceError, match="cannot delete field 'name'"):
        del made.name


def test_a_class_may_check_its_fields() -> None:
    with pytest.raises(ValueError, match="-1"):
        Checked(-1)


def test_a_class_that_is_no_plain_value_is_left_to_the_standard_library() -> None:
    @dataclass(frozen=True, slots=True)
    class Derived(Checked):
        """One more."""

        name: str = ""

    @dataclass(slots=True)
    class Mutable:
        """Can be changed."""

        size: int

    mutable = Mutable(1)
    mutable.size = 2
    assert (Derived(1, "a").name, mutable.size) == ("a", 2)
