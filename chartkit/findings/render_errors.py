"""What Go says of a template that fails, in words that a chart's author knows."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import canonical
from chartkit.model.render import Failure
from chartkit.source_map.values.value_layers import Path, UnreadableLayer, ValueLayers

_CHAIN: Final = re.compile(r"(?:\$\w*|(?<=\)))?(?:\.[^\W\d]\w*)+")
_VALUES: Final = re.compile(r"\.Values((?:\.[^\W\d]\w*)*)\Z")
_CUT: Final = "..."
"""What Go writes for all that comes after the first 20 characters of an expression."""
_MOST: Final = 60

_TYPES: Final[Mapping[str, str]] = {
    "string": "a string",
    "bool": "a boolean",
    **dict.fromkeys(("int", "int64", "float64", "integer", "float"), "a number"),
    **dict.fromkeys(("map[string]interface {}", "map[string]any", "chartutil.Values"), "a mapping"),
    **dict.fromkeys(("common.Values", "map[interface {}]interface {}"), "a mapping"),
    **dict.fromkeys(("[]interface {}", "[]any", "[]string", "list"), "a list"),
    **dict.fromkeys(("nil", "<nil>"), "null"),
}


@dataclass(frozen=True, slots=True)
class _Failing:
    """The *expression* of *failure*, as far as it is known, and the *values* of the case."""

    failure: Failure
    expression: str
    values: _Values

    @property
    def shown(self) -> str:
        text = " ".join(self.expression.split())
        return f"`{text if len(text) <= _MOST else text[:_MOST] + '…'}`" if text else "what is given"

    @property
    def subject(self) -> str:
        """What of a wrong type is: the expression, or what a function is given through a pipe."""
        return f"{self.shown} is" if self.expression[:1] in {".", "$", "("} else f"{self.shown} is given"

    def before(self, field: str) -> str:
        """What *field* is asked of: of several parts of the expression, the first that is null or not set."""
        ends = [match.start() for match in re.finditer(rf"\.{field}\b", self.expression)]
        parts = [part for part in (self.expression[:end] for end in ends) if part]
        empty = (part for part in parts if self.values.known(part) == (True, None))
        return next(empty, parts[0] if parts else "")


class _Values:
    """The values that a case gives to the chart whose template fails."""

    def __init__(self, chart: Chart, case: Case, failure: Failure) -> None:
        outermost = failure.includes[0][0] if failure.includes else failure.template
        self._scope: Path = canonical(outermost).subcharts
        self._layers = ValueLayers(chart, case.scenario)

    def path(self, expression: str) -> Path | None:
        """The path from the top that *expression* leads to; None where it is no plain one."""
        match = _VALUES.search(expression)
        if match is None or not match[1]:
            return None
        path = tuple(match[1].split(".")[1:])
        return path if path[0] == "global" else (*self._scope, *path)

    def known(self, expression: str) -> tuple[bool, Any]:
        """Whether the value of *expression* is known, and the value."""
        path = self.path(expression)
        try:
            return (False, None) if path is None else (True, self._layers.value(path))
        except UnreadableLayer:
            return False, None

    def is_set(self, expression: str) -> bool:
        """Whether something sets *expression*, if only to null."""
        path = self.path(expression)
        return path is not None and self._layers.source(path, on_key=False) is not None


def in_words(chart: Chart, case: Case, failure: Failure) -> Failure:
    """*failure* of a template in *case* of *chart*, with what it says and what to do in plain words."""
    if failure.kind != "template":
        return failure
    for pattern, words in _WORDS:
        if match := pattern.search(failure.message):
            failing = _Failing(failure, _expression(chart, failure), _Values(chart, case, failure))
            message, hint = words(failing, *match.groups())
            return dataclasses.replace(failure, message=message, hint=failure.hint or hint)
    return failure


def _expression(chart: Chart, failure: Failure) -> str:
    """The whole expression at fault; of one that Go has cut, what the template has there."""
    if not failure.expression.endswith(_CUT):
        return failure.expression
    begun = failure.expression.removesuffix(_CUT)
    lines = chart.files.get(failure.template, b"").split(b"\n")
    line = lines[failure.line - 1] if failure.line and failure.line <= len(lines) else b""
    column = len(line[: (failure.column or 1) - 1].decode("utf-8", "replace"))
    text = line.decode("utf-8", "replace")
    chains = [match for match in _CHAIN.finditer(text) if match[0].startswith(begun)]
    found = next((match[0] for match in chains if match.start() <= column <= match.end()), "")
    return found or (chains[0][0] if len(chains) == 1 else failure.expression)


def _nil_pointer(failing: _Failing, field: str) -> tuple[str, str]:
    part = failing.before(field)
    if not part:
        return f"`.{field}` is asked of what is null or not set", ""
    hint = f"give a default where that may be: `({part}).{field}`"
    known, value = failing.values.known(part)
    if not known or value is not None:
        return f"{failing.shown}: `{part}` is null or not set", hint
    path = failing.values.path(part) or ()
    where = f"below `{'.'.join(map(str, path[:-1]))}` in" if len(path) > 1 else "to"
    hint = f"{hint}, or add `{path[-1]}: {{}}` {where} values.yaml"
    if failing.values.is_set(part):
        return f"{failing.shown}: `{part}` is null", hint
    return f"{failing.shown}: nothing sets `{part}`", hint


def _no_field(failing: _Failing, field: str, kind: str) -> tuple[str, str]:
    part = failing.before(field)
    known, value = failing.values.known(part)
    what = _described(value) if known and value is not None else _TYPES.get(kind)
    shown = f"`{part}`" if part else "what is given"
    return (f"{shown} is {what}, which has no `.{field}`" if what else f"{shown} has no `.{field}`"), ""


def _no_rounds(failing: _Failing, _given: str) -> tuple[str, str]:
    known, value = failing.values.known(failing.expression)
    what = _described(value) if known and value is not None else "something else"
    return f"`range` goes through lists and mappings: {failing.shown} is {what}", ""


def _wrong_type(failing: _Failing, expected: str, got: str) -> tuple[str, str]:
    known, value = failing.values.known(failing.expression)
    if known and value is None:
        return _value_missing(failing, expected)
    what = _described(value) if known else _TYPES.get(got, "null, not set, or of another type")
    hint = f"convert it: `toString {failing.expression}`" if what in {"a number", "a boolean"} else ""
    return f"{failing.subject} {what}, expected {_TYPES.get(expected, expected)}", hint


def _value_missing(failing: _Failing, expected: str) -> tuple[str, str]:
    unset = _is_unset(failing)
    nothing = f"nothing sets {failing.shown}" if unset else f"{failing.subject} null, or what is not set"
    return f"{nothing}, expected {_TYPES.get(expected, expected)}", ""


def _is_unset(failing: _Failing) -> bool:
    known, value = failing.values.known(failing.expression)
    return known and value is None and not failing.values.is_set(failing.expression)


def _conversion(failing: _Failing, got: str, expected: str) -> tuple[str, str]:
    return f"{failing.shown}: got {_TYPES.get(got, got)}, expected {_TYPES.get(expected, expected)}", ""


def _comparison(failing: _Failing, first: str | None, second: str | None) -> tuple[str, str]:
    kinds = {first, second}
    hint = ""
    if kinds & {"float64"} and kinds & {"int", "int64"}:
        hint = "numbers of values are no whole numbers for Go: compare `int` of it"
        return f"{failing.shown} compares a number of the values with a whole number", hint
    if first and second:
        given = f"{_TYPES.get(first, first)} with {_TYPES.get(second, second)}"
        return f"{failing.shown} compares {given}", hint
    return f"{failing.shown} compares values of different types", hint


def _null_indexed(failing: _Failing) -> tuple[str, str]:
    match = re.match(r"index\s+(\S+)", failing.expression)
    what = (
        f"`{match[1]}`"
        if match and not match[1].endswith(_CUT) and match[1][0] in ".$"
        else "what it is given"
    )
    return f"`index` finds nothing to look into: {what} is null or not set", ""


def _wrong_index(failing: _Failing, got: str) -> tuple[str, str]:
    wanted = "expected a number for a list or a string"
    return f"{failing.shown}: got {_TYPES.get(got, got)}, {wanted}", ""


def _no_collection(failing: _Failing, got: str) -> tuple[str, str]:
    return f"{failing.shown} looks into {_TYPES.get(got, got)}, expected a list or a mapping", ""


def _no_order(failing: _Failing) -> tuple[str, str]:
    return f"{failing.shown} compares what has no order: a list, a mapping or null", ""


def _no_key(failing: _Failing, key: str) -> tuple[str, str]:
    return f"{failing.shown}: there is no key `{key}`", ""


def _no_template(_failing: _Failing, name: str) -> tuple[str, str]:
    return f"no template '{name}' is defined", ""


def _described(value: Any) -> str:
    """What *value* is, without showing it: it may be a secret."""
    return (
        _TYPES["float64"]
        if isinstance(value, int | float) and not isinstance(value, bool)
        else (
            _TYPES[
                {dict: "map[string]any", list: "list", str: "string", bool: "bool"}.get(type(value), "string")
            ]
        )
    )


_Words = Callable[..., tuple[str, str]]
_WORDS: Final[tuple[tuple[re.Pattern[str], _Words], ...]] = (
    (re.compile(r"\Anil pointer evaluating [^\n]*\.(\w+)\Z"), _nil_pointer),
    (re.compile(r"\Acan't evaluate field (\w+) in type ([^\n]+)\Z"), _no_field),
    (re.compile(r"\Arange can't iterate over ([^\n]*)"), _no_rounds),
    (re.compile(r"\Awrong type for value; expected ([^;\n]+); got ([^\n]+)\Z"), _wrong_type),
    (re.compile(r"\Ainvalid value; expected ([^\n]+)\Z"), _value_missing),
    (re.compile(r"\Ainterface conversion: interface (?:\{\} )?is ([^\n]+?), not ([^\n]+)\Z"), _conversion),
    (re.compile(r"\Aincompatible types for comparison(?:: ([^\n]+?) and ([^\n]+))?\Z"), _comparison),
    (re.compile(r"\Ainvalid type for comparison\Z"), _no_order),
    (re.compile(r"\Aindex of (?:untyped nil|nil pointer)\Z"), _null_indexed),
    (re.compile(r"\Acannot index slice/array with (?:type )?([^\n]+)\Z"), _wrong_index),
    (re.compile(r"\Acan't index item of type ([^\n]+)\Z"), _no_collection),
    (re.compile(r'\Amap has no entry for key "([^"\n]*)"\Z'), _no_key),
    (re.compile(r'\Ano template "([^"\n]+)" associated with template "gotpl"\Z'), _no_template),
    (re.compile(r'\Atemplate "([^"\n]+)" not defined\Z'), _no_template),
)
