"""Results kept for as long as there is room: a worker meets the same documents in case after case."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Memo(Generic[Value]):
    """Values by key, the ones not used for longest forgotten once their sizes add up to more than *room*."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._used = 0
        self._values: dict[Hashable, tuple[Value, int]] = {}

    def get(self, key: Hashable, size: int, make: Callable[[], Value]) -> Value:
        """The value of *key*, made by *make* unless it is there; *size* is what it counts for."""
        entry = self._values.pop(key, None)
        if entry is None:
            entry = (make(), size)
            self._used += size
        self._values[key] = entry
        while self._used > self._room and len(self._values) > 1:
            oldest = next(iter(self._values))
            self._used -= self._values.pop(oldest)[1]
        return entry[0]
