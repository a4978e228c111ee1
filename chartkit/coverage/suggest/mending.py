"""Other values for those that were made up, where what a trial renders to is wrong because of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from chartkit.coverage.suggest.trials import Trial
from chartkit.coverage.suggest.validity import Fault

_WRONG_KIND: Final = re.compile(r"got (?:string '(?P<value>[^']*)'|a list), expected (?:an? )?(?P<kind>\w+)")
_NONE_OF: Final = re.compile(r"'(?P<value>[^']*)' is none of '(?P<other>[^']*)'")
_NOT_BASE64: Final = re.compile(r"'(?P<value>[^']*)' is not base64")
_NUMBERS: Final = ((r"nodeport", 30080), (r"(user|group|id)$", 1000), (r"seconds$|percent", 10))
_PORT: Final = 8080
"""The number that suits most of what asks for one: it is a port more often than not."""

Path = tuple[str, ...]
Other = Callable[[Path], Any]
"""The value for a path, instead of one that was wrong."""


def mended(trial: Trial, faults: Iterable[Fault]) -> Iterator[Trial]:
    """Trials that set what *trial* does, but for a value, or a key, that *faults* call wrong."""
    for fault in faults:
        for value, other in _others(fault.words):
            for keys, leaves in ((False, True), (True, False), (True, True)):
                given = _replaced(trial.given, value, other, (), keys=keys, leaves=leaves)
                if given != trial.given:
                    yield Trial(given, trial.options)


def _others(words: str) -> Iterator[tuple[str | None, Other]]:
    """The values that *words* call wrong, each with what may be right; None stands for lists."""
    if found := _NONE_OF.search(words):
        right = found["other"]
        yield found["value"], lambda _: right
    if found := _NOT_BASE64.search(words):
        yield found["value"], lambda _: "ZXhhbXBsZQ=="
    if (found := _WRONG_KIND.search(words)) and found["kind"] in _KINDS:
        yield found["value"], _KINDS[found["kind"]]


def _number(path: Path) -> int:
    name = ".".join(step for step in path if step != "*").lower()
    return next((number for pattern, number in _NUMBERS if re.search(pattern, name)), _PORT)


_KINDS: Final[Mapping[str, Other]] = {
    "integer": _number,
    "number": _number,
    "true": lambda _: True,
    "mapping": lambda _: {"example": "example"},
    "list": lambda _: ["example"],
}


def _replaced(now: Any, value: str | None, other: Other, path: Path, *, keys: bool, leaves: bool) -> Any:
    """*now*, which is at *path*, with *other* instead of *value*, as a key or below one."""
    if isinstance(now, Mapping):
        return {
            _key(name, value, other, path) if keys else name: _replaced(
                each, value, other, (*path, name), keys=keys, leaves=leaves
            )
            for name, each in now.items()
        }
    if isinstance(now, list):
        if value is None and leaves:
            return dict.fromkeys(map(str, now), "example")
        return [_replaced(each, value, other, (*path, "*"), keys=keys, leaves=leaves) for each in now]
    return other(path) if leaves and value is not None and now == value else now


def _key(name: str, value: str | None, other: Other, path: Path) -> str:
    new = other(path) if name == value else name
    return name if isinstance(new, dict | list) else str(new)
