"""Those functions of templates that conditions use, on plain values."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

CANNOT: Final = object()
"""What a function gives where it is not sure to do what Helm's does."""


_SHORT: Final = 16
_LONG: Final = 200


def printed(value: Any) -> str:
    """*value* as a template prints it, where that is a scalar."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def kind_of(value: Any) -> str:
    """What ``kindOf`` says of a value that was read from YAML."""
    for kind, name in (
        (bool, "bool"),
        (str, "string"),
        (dict, "map"),
        (list, "slice"),
        (type(None), "invalid"),
    ):
        if isinstance(value, kind):
            return name
    return "float64"


def kinds(name: str) -> frozenset[str]:
    """The kinds of values from YAML that the kind or type *name* may mean."""
    table = {
        "map": {"map"},
        "map[string]interface {}": {"map"},
        "slice": {"slice"},
        "[]interface {}": {"slice"},
        "string": {"string"},
        "bool": {"bool"},
        "invalid": {"invalid"},
        "<nil>": {"invalid"},
        "float64": {"float64"},
    }
    return frozenset(table.get(name, set()))


def number(value: Any) -> float:
    """*value* as ``int`` or ``float64`` read it; what is no number is 0."""
    if isinstance(value, int | float):
        return float(value)
    try:
        return float(str(value))
    except ValueError:
        return 0.0


def equal(one: Any, *others: Any) -> Any:
    """``eq``; of what cannot be compared, Helm refuses the case."""
    if any(isinstance(each, dict | list) for each in (one, *others)):
        return CANNOT
    return any(_same(one, other) for other in others)


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return (type(one) is type(other) and bool(one == other)) or (
        _numbers(one, other) and float(one) == float(other)
    )


def _numbers(one: Any, other: Any) -> bool:
    return isinstance(one, int | float) and isinstance(other, int | float)


def _compared(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    def compare(one: Any, other: Any) -> Any:
        alike = (isinstance(one, str) and isinstance(other, str)) or _numbers(one, other)
        return test(one, other) if alike else CANNOT

    return compare


def _matches(pattern: str, text: Any) -> Any:
    """``regexMatch``; Go's takes linear time, Python's may not: long texts are left alone."""
    text = str(text)
    repeats = re.search(r"\)[*+{]", pattern) is not None
    if len(text) > (_SHORT if repeats else _LONG) or len(pattern) > _LONG:
        return CANNOT
    return bool(re.search(pattern, text))


def _until(count: int) -> Any:
    return list(range(count)) if count <= _LONG else CANNOT


def _has_key(table: Any, key: Any) -> Any:
    return (
        isinstance(table, dict) and table.get(key) is not None if isinstance(table, dict | None) else CANNOT
    )


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, str | list | dict) else CANNOT


def _text(change: Callable[[str], Any]) -> Callable[[Any], Any]:
    return lambda value: change(printed(value)) if not isinstance(value, dict | list) else CANNOT


def _concat(*lists: Any) -> Any:
    return [one for each in lists for one in each]


def _written(value: Any, *_: Any) -> Any:
    return printed(value) if not isinstance(value, dict | list) else CANNOT


def _tpl(value: Any, *_: Any) -> Any:
    return value if isinstance(value, str) and "{{" not in value else CANNOT


def _merge(*tables: Any) -> Any:
    merged: dict[str, Any] = {}
    for each in reversed(tables):
        merged |= each
    return merged


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "not": lambda value: not value,
    "empty": lambda value: not value,
    "eq": equal,
    "ne": lambda one, other: CANNOT if (same := equal(one, other)) is CANNOT else not same,
    "lt": _compared(lambda one, other: one < other),
    "le": _compared(lambda one, other: one <= other),
    "gt": _compared(lambda one, other: one > other),
    "ge": _compared(lambda one, other: one >= other),
    "hasKey": _has_key,
    "kindOf": kind_of,
    "kindIs": lambda kind, value: kind_of(value) in kinds(kind),
    "typeOf": kind_of,
    "typeIs": lambda kind, value: kind_of(value) in kinds(kind),
    "has": lambda one, many: one in (many or []),
    "contains": lambda part, text: str(part) in str(text),
    "hasPrefix": lambda part, text: str(text).startswith(str(part)),
    "hasSuffix": lambda part, text: str(text).endswith(str(part)),
    "regexMatch": _matches,
    "mustRegexMatch": _matches,
    "len": _length,
    "int": lambda value: int(number(value)),
    "int64": lambda value: int(number(value)),
    "float64": number,
    "atoi": lambda value: int(number(value)),
    "toString": _written,
    "lower": _text(str.lower),
    "upper": _text(str.upper),
    "trim": _text(str.strip),
    "quote": _text(lambda text: f'"{text}"'),
    "tpl": _tpl,
    "deepCopy": lambda value: value,
    "required": lambda _message, value: value,
    "concat": _concat,
    "append": lambda many, one: [*many, one],
    "prepend": lambda many, one: [one, *many],
    "uniq": lambda many: many,
    "compact": lambda many: [one for one in many if one],
    "keys": list,
    "merge": _merge,
    "trunc": lambda length, text: str(text)[:length] if length >= 0 else str(text)[length:],
    "trimSuffix": lambda end, text: str(text).removesuffix(end),
    "trimPrefix": lambda start, text: str(text).removeprefix(start),
    "replace": lambda old, new, text: str(text).replace(old, new),
    "splitList": lambda separator, text: str(text).split(separator),
    "join": lambda separator, many: separator.join(map(printed, many)),
    "add": lambda *numbers: int(sum(map(number, numbers))),
    "sub": lambda one, other: int(number(one) - number(other)),
    "mul": lambda one, other: int(number(one) * number(other)),
    "add1": lambda one: int(number(one)) + 1,
    "min": lambda *numbers: int(min(map(number, numbers))),
    "max": lambda *numbers: int(max(map(number, numbers))),
    "until": _until,
}
