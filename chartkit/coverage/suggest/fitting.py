"""Values that are as they are asked to be."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chartkit.coverage.suggest import arithmetic
from chartkit.coverage.suggest.visits import Goal
from chartkit.syntax import semver

_STEPS: Final = (0, 1, -1)
_VERSIONS: Final = ("1.0.0", "2.0.0", "0.1.0", "1.19.0", "1.25.0", "1.30.0", "3.0.0", "10.0.0", "20.0.0")


def suits(value: Any, goal: Goal) -> bool:
    """Whether *value* itself is as *goal* asks."""
    kind, wanted = goal
    try:
        return bool(_SUITING[kind](value, wanted) is True) if kind in _SUITING else False
    except (re.error, ValueError, TypeError, LookupError):
        return False


_SUITING: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "truth": lambda value, wanted: bool(value) is wanted,
    "is": lambda value, wanted: arithmetic.equal(value, wanted[0]) is wanted[1],
    "test": lambda value, wanted: arithmetic.FUNCTIONS[wanted[0]](wanted[1], value) is wanted[2],
    "semver": lambda value, wanted: semver.satisfies(wanted[0], value) is wanted[1],
    "order": lambda value, wanted: arithmetic.FUNCTIONS[wanted[0]](value, wanted[1]),
}


def falsy(now: Any) -> Iterator[Any]:
    """Values that count as false, of the type of *now* first."""
    if isinstance(now, bool):
        yield False
    elif isinstance(now, str):
        yield ""
    elif isinstance(now, list):
        yield []
    elif isinstance(now, int | float):
        yield 0
    yield None
    if isinstance(now, dict):
        yield from (dict.fromkeys(now), {}, "", False)


def another(value: Any, again: int) -> Any:
    """*value*, or the like of it where it is there already."""
    if not again:
        return value
    if isinstance(value, str):
        return f"{value}-{again + 1}"
    if isinstance(value, dict):
        renamed = next((key for key in ("name", "key", "host") if isinstance(value.get(key), str)), None)
        texts = [key for key, each in value.items() if isinstance(each, str)]
        key = renamed or (texts[0] if texts else None)
        if key is None:
            return {name: another(each, again) for name, each in value.items()}
        return {**value, key: f"{value[key]}-{again + 1}"}
    return value + again if isinstance(value, int) and not isinstance(value, bool) else value


def long_table(made: Mapping[str, Any], now: Any, length: int) -> Iterator[Any]:
    """A mapping laid over *now* so that it has *length* entries."""
    there = list(now) if isinstance(now, dict) else []
    if len(there) > length:
        yield dict.fromkeys(there[length:])
        return
    entries = {key: value for key, value in made.items() if key not in there}
    name, value = next(iter(made.items()))
    for index in range(2, length + 2):
        entries.setdefault(f"{name}-{index}", value)
    yield {key: entries[key] for key in list(entries)[: length - len(there)]}


def matching(pattern: str) -> list[str]:
    """Texts that may match *pattern*: what is left of it without its signs, and some usual ones."""
    simple = re.sub(r"\[\^[^]]*\]", "x", pattern)
    for written, letter in ((r"\[(\w|/)[^]]*\]", r"\1"), (r"\\d", "1"), (r"\\w", "a"), (r"\{\d*,?\d*\}", "")):
        simple = re.sub(written, letter, simple)
    options = re.split(r"\|", re.sub(r"\(\?[a-z:]*|[()^$]", "", simple))
    plain = [re.sub(r"\\(.)", r"\1", re.sub(r"(?<!\\)[*+?]|\.(?=[*+])", "", option)) for option in options]
    return [
        *plain,
        "example",
        "example.com",
        "1",
        "100m",
        "1Gi",
        "10s",
        "1.0.0",
        "https://example.com",
        "/example",
        "a",
    ]


def ordered(now: Any, wanted: Any) -> Iterator[Any]:
    """Values that are less or more than a number, or a text."""
    operator, number = wanted
    if isinstance(number, str):
        tried: list[Any] = [f"{number}0", "", number]
    else:
        tried = [int(number) + step if float(number).is_integer() else number + step for step in _STEPS]
        tried += [str(value) for value in tried] if isinstance(now, str) else []
    for value in tried:
        compared = arithmetic.number(value) if not isinstance(number, str) else value
        if arithmetic.FUNCTIONS[operator](compared, number) is True:
            yield value


def versions(wanted: Any) -> Iterator[str]:
    """Versions that a constraint allows, or not: near to those that it names."""
    named = re.findall(r"\d+(?:\.\d+){0,2}", wanted[0])
    tried = [".".join([*name.split("."), "0", "0"][:3]) for name in named]
    for name in list(tried):
        major, minor, patch = map(int, name.split("."))
        tried += [f"{major}.{minor}.{patch + 1}", f"{major}.{minor + 1}.0", f"{major + 1}.0.0"]
        tried += [f"{major}.{max(minor - 1, 0)}.0", f"{max(major - 1, 0)}.0.0"]
    yield from (one for one in (*tried, *_VERSIONS) if suits(one, ("semver", wanted)))
