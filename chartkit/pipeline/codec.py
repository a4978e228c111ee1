"""Frozen values to JSON and back, for the cache: each dataclass is the list of its fields, in order."""

from __future__ import annotations

import dataclasses
import enum
import functools
import types
import typing
from typing import Any, TypeVar

Value = TypeVar("Value")


def encode(value: Any) -> Any:
    """What `json` can write of *value*: dataclasses, tuples and sets become lists, enums their values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [encode(getattr(value, field.name)) for field in dataclasses.fields(value)]
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    return value.value if isinstance(value, enum.Enum) else value


def decode(kind: type[Value], data: Any) -> Value:
    """The value of type *kind* that `encode` made *data* of.

    Raises ValueError, TypeError or KeyError where *data* is of another shape.
    """
    decoder: typing.Callable[[Any], Value] = _decoder(typing.cast("typing.Any", kind))
    return decoder(data)


@functools.cache
def _decoder(kind: Any) -> typing.Callable[[Any], Any]:
    if dataclasses.is_dataclass(kind):
        return _dataclass_decoder(kind)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _tuple_decoder(inner)
    if origin is frozenset:
        return frozenset
    if origin in (types.UnionType, typing.Union):
        return _union_decoder(inner)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind
    return lambda data: data


def _dataclass_decoder(kind: Any) -> typing.Callable[[Any], Any]:
    @functools.cache
    def decoders() -> list[typing.Callable[[Any], Any]]:
        """Asked for when there is a value: a scenario may hold another one."""
        hints = typing.get_type_hints(kind)
        return [_decoder(hints[field.name]) for field in dataclasses.fields(kind)]

    def build(data: Any) -> Any:
        return kind(*(decoder(item) for decoder, item in zip(decoders(), data, strict=True)))

    return build


def _tuple_decoder(inner: tuple[Any, ...]) -> typing.Callable[[Any], Any]:
    if len(inner) == 2 and inner[1] is Ellipsis:
        item = _decoder(inner[0])
        return lambda data: tuple(item(each) for each in data)
    decoders = [_decoder(each) for each in inner]
    return lambda data: tuple(decoder(each) for decoder, each in zip(decoders, data, strict=True))


def _union_decoder(inner: tuple[Any, ...]) -> typing.Callable[[Any], Any]:
    """Of ``X | None``, the decoder of X; of plain types (``str | int``), none is needed."""
    real = [each for each in inner if each is not type(None)]
    if len(real) != 1:
        return lambda data: data
    decoder = _decoder(real[0])
    return lambda data: None if data is None else decoder(data)
