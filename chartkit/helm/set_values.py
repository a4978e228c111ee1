"""The little language of ``--set`` and its kin, as Helm reads it.

``a.b=1,c={x,y},d[0].e=f``: keys, lists, indices and backslashes; each expression edits the values
that are there already.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

FLAGS: Final = ("set-json", "set", "set-string", "set-file", "set-literal")
"""In the order in which Helm heeds them, whatever their order on the line."""

Values = dict[str, Any]
FileReader = Callable[[str], str]

_DEEPEST: Final = 30
_LONGEST: Final = 65536
_INTEGER: Final = re.compile(r"(?!0)[+-]?[0-9]+")
_GO_SPACE: Final = "\t\n\v\f\r \x85\xa0"


class SetSyntax(ValueError):
    """An expression that Helm refuses, in Helm's words."""


class Integer(int):
    """A number from ``--set``: an integer in templates, where numbers from YAML are floats."""


def apply(flag: str, expression: str, values: Values, read_file: FileReader) -> None:
    """Do to *values*, in place, what ``--<flag> <expression>`` does; raises `SetSyntax`.

    *read_file* gives the text of a file for ``set-file``; its OSError passes through.
    """
    try:
        _apply(flag, expression, values, read_file)
    except RecursionError as error:
        raise SetSyntax("too deeply nested") from error


def _apply(flag: str, expression: str, values: Values, read_file: FileReader) -> None:
    if flag == "set-json" and expression.strip(_GO_SPACE).startswith("{"):
        _merge_json(values, expression)
    elif flag == "set-literal":
        _Literal(expression, str).run(values)
    elif flag == "set-json":
        _Json(expression, str).run(values)
    else:
        readers: dict[str, Callable[[str], Any]] = {"set": _typed, "set-string": str, "set-file": read_file}
        _Expression(expression, readers[flag]).run(values)


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> Values:
    """*over* laid on *base* as Helm lays one values file on another: tables merge, all else replaces."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        both = isinstance(value, dict) and isinstance(below, dict)
        merged[key] = merge(below or {}, value) if both else value
    return merged


def _merge_json(values: Values, expression: str) -> None:
    over = _loads(expression)
    if not isinstance(over, dict):
        raise SetSyntax("expected a JSON object")
    merged = merge(values, over)
    values.clear()
    values.update(merged)


def _typed(text: str) -> Any:
    folded = text.lower()
    if folded in {"true", "false", "null"}:
        return {"true": True, "false": False, "null": None}[folded]
    if text == "0":
        return Integer(0)
    if _INTEGER.fullmatch(text) and len(text) < 21 and -(2**63) <= int(text) < 2**63:
        return Integer(text)
    return text


class _Expression:
    """Reads one expression from its beginning to its end, editing values as it goes.

    The methods that read a value return whether more may follow.
    """

    key_stops = "=[,."

    def __init__(self, text: str, convert: Callable[[str], Any]) -> None:
        self.text = text
        self.position = 0
        self.convert = convert

    def run(self, values: Values) -> None:
        while self.key(values, 0):
            pass

    def until(self, stops: str) -> tuple[str, str]:
        """The text up to one of *stops*, and that one; an empty one at the end."""
        characters: list[str] = []
        while self.position < len(self.text):
            character = self.text[self.position]
            self.position += 1
            if character in stops:
                return "".join(characters), character
            if character == "\\":
                if self.position == len(self.text):
                    break
                character = self.text[self.position]
                self.position += 1
            characters.append(character)
        return "".join(characters), ""

    def key(self, table: Values, depth: int) -> bool:
        name, stop = self.until(self.key_stops)
        if stop == "=":
            value, more = self.value()
            _put(table, name, value)
            return more
        if stop == "[":
            items, more = self.item(_list(table.get(name, []), name), self.index(), depth)
            _put(table, name, items)
            return more
        if stop == ".":
            return self.inner(table, name, depth + 1)
        if stop or name:
            raise SetSyntax(f'key "{name}" has no value' + (" (cannot end with ,)" if stop else ""))
        return False

    def inner(self, table: Values, name: str, depth: int) -> bool:
        if depth > _DEEPEST:
            raise SetSyntax(
                f"value name nested level is greater than maximum supported nested level of {_DEEPEST}"
            )
        below = table.get(name, {})
        if not isinstance(below, dict):
            raise SetSyntax(f'unable to parse key: "{name}" is not a table')
        more = self.key(below, depth)
        if not below and more:
            raise SetSyntax(f'key map "{name}" has no value')
        if below:
            _put(table, name, below)
        return more

    def index(self) -> int:
        text, stop = self.until("]")
        if not stop:
            raise SetSyntax("error parsing index: EOF")
        if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
            raise SetSyntax(f'error parsing index: strconv.Atoi: parsing "{text}": invalid syntax')
        return int(text)

    def item(self, items: list[Any], index: int, depth: int) -> tuple[list[Any], bool]:
        if index < 0:
            raise SetSyntax(f"negative {index} index not allowed")
        extra, stop = self.until("[.=")
        if extra:
            raise SetSyntax(f'unexpected data at end of array index: "{extra}"')
        if not stop:
            return items, False
        there = items[index] if index < len(items) else None
        more = True
        if stop == "=":
            value, _ = self.value()
        elif stop == "[":
            value, _ = self.item(_list([] if there is None else there, f"[{index}]"), self.index(), depth)
        else:
            value = there if isinstance(there, dict) else {}
            more = self.key(value, depth)
        return (_put_item(items, index, value) if more else items), more

    def value(self) -> tuple[Any, bool]:
        if self.position == len(self.text):
            return "", False
        if self.text[self.position] != "{":
            text, _ = self.until(",")
            return self.convert(text), True
        self.position += 1
        return self.listed(), True

    def listed(self) -> list[Any]:
        items: list[Any] = []
        while True:
            text, stop = self.until(",}")
            if not stop:
                raise SetSyntax("list must terminate with '}'")
            items.append(self.convert(text))
            if stop == "}":
                self.position += self.text.startswith(",", self.position)
                return items


class _Literal(_Expression):
    """``--set-literal``: no backslashes, and the value is all that follows."""

    key_stops = "=[."

    def until(self, stops: str) -> tuple[str, str]:
        start = self.position
        while self.position < len(self.text):
            self.position += 1
            if self.text[self.position - 1] in stops:
                return self.text[start : self.position - 1], self.text[self.position - 1]
        return self.text[start:], ""

    def value(self) -> tuple[Any, bool]:
        start, self.position = self.position, len(self.text)
        return self.text[start:], True


class _Json(_Expression):
    """``--set-json``: each value is JSON; an empty one is null."""

    def value(self) -> tuple[Any, bool]:
        if self.blank():
            return None, True
        try:
            value, self.position = _DECODER.raw_decode(self.text, self.position)
        except (ValueError, RecursionError) as error:
            raise SetSyntax(f"expected JSON: {error}") from error
        self.blank()
        return value, True

    def blank(self) -> bool:
        """Go past white space and one comma; returns whether there was nothing else."""
        while self.position < len(self.text) and self.text[self.position] in _GO_SPACE:
            self.position += 1
        if self.position == len(self.text):
            return True
        self.position += (comma := self.text[self.position] == ",")
        return comma


def _put(table: Values, name: str, value: Any) -> None:
    if name:
        table[name] = value


def _put_item(items: list[Any], index: int, value: Any) -> list[Any]:
    if index > _LONGEST:
        raise SetSyntax(f"index of {index} is greater than maximum supported index of {_LONGEST}")
    items.extend([None] * (index + 1 - len(items)))
    items[index] = value
    return items


def _list(value: Any, name: str) -> list[Any]:
    if not isinstance(value, list):
        raise SetSyntax(f'unable to parse key: "{name}" is not a list')
    return value


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse)


def _loads(text: str) -> Any:
    try:
        return _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise SetSyntax(f"expected JSON: {error}") from error
