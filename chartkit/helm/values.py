"""What a case gives to Helm beside the chart: the options, and the values.

The only place that knows how Helm puts values together: those that are given (`merge`), and those over the
chart's own (`coalesce`).
"""

from __future__ import annotations

import collections
import itertools
import json
import pathlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm import set_values
from chartkit.helm.order import YamlReader
from chartkit.helm.set_values import merge
from chartkit.model.case import MAX_VALUES, Case, Scenario, SetValue
from chartkit.model.chart_file import decoded
from chartkit.model.place import Path
from chartkit.model.render import Failure
from chartkit.syntax.yaml.nodes import character_fault, found_fault
from chartkit.system.paths import content

__all__ = ["HelmInputs", "InputsError", "coalesce", "inputs_of", "merge", "scenario_values"]

MAX_DEPTH: Final = 200

_BYTES: Final = re.compile("[\udc80-\udcff]")
_NAME: Final = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_LONGEST_NAME: Final = 53


@dataclass(frozen=True, slots=True)
class HelmInputs:
    """What is given to Helm with a chart.

    *values* are the user's, merged, the chart's own not among them; a `set_values.Integer` in them
    came from ``--set``. *kube_version* is as ``1.34.0``. *served* is that of the `Case`.
    """

    release: str
    namespace: str
    values: Mapping[str, Any] = field(repr=False)
    kube_version: str
    api_versions: tuple[str, ...] = ()
    is_upgrade: bool = False
    served: tuple[str, ...] | None = None


class InputsError(Exception):
    """The values of a case cannot be had."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


_recent: collections.deque[tuple[Case, YamlReader, HelmInputs]] = collections.deque(maxlen=4)


def inputs_of(case: Case, read: YamlReader) -> HelmInputs:
    """The inputs of *case*, its files read by *read*; raises `InputsError`.

    They are worked out once, however many ask: to render, to check, to find where a value is set.
    """
    for known, reader, inputs in _recent:
        if known is case and reader == read:
            return inputs
    scenario = case.scenario
    _check_release(scenario.release)
    values = scenario_values(scenario, read)
    inputs = HelmInputs(
        scenario.release,
        scenario.namespace,
        values,
        case.kube_version,
        scenario.api_versions,
        scenario.is_upgrade,
        case.served,
    )
    _recent.append((case, read, inputs))
    return inputs


def scenario_values(scenario: Scenario, read: YamlReader) -> dict[str, Any]:
    """The values that *scenario* gives: its base, files in order, inline values, then set values by flag."""
    merged = scenario_values(scenario.below, read) if scenario.below else {}
    base = scenario.base
    for files, inline in ((base.files, base.values), (scenario.values_files, scenario.values)):
        for name in files:
            merged = merge(merged, _values_file(name, read))
        if inline:
            merged = merge(merged, json.loads(inline))
    for flag in set_values.FLAGS:
        for one in scenario.set_values:
            if one.flag == flag:
                _set(one, merged)
    _check_depth(merged, "the values given")
    return merged


def coalesce(defaults: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """*given* over *defaults* as a chart sees them: tables merge, null removes a key, the rest replaces."""
    merged = dict(defaults)
    for key, value in given.items():
        default = merged.get(key)
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, Mapping) and isinstance(default, Mapping):
            merged[key] = coalesce(default, value)
        else:
            merged[key] = value
    return merged


def set_integers(value: Any) -> Iterator[tuple[Path, int]]:
    """Where in *value* a number from ``--set`` is, and which."""
    return ((path, int(each)) for path, each in _leaves(value, ()) if isinstance(each, set_values.Integer))


def set_bytes(value: Any) -> Iterator[tuple[Path, bytes]]:
    """Where in *value* a file of ``--set-file`` is that is not UTF-8, and its bytes."""
    texts = ((path, each) for path, each in _leaves(value, ()) if isinstance(each, str))
    return ((path, each.encode("utf-8", "surrogateescape")) for path, each in texts if _BYTES.search(each))


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    else:
        yield path, value


def _check_release(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        text = f"release name '{name}' is not one: expected at most {_LONGEST_NAME} of a-z, 0-9, - and ."
        raise InputsError(Failure("values", text, text))


def _values_file(name: str, read: YamlReader) -> dict[str, Any]:
    text = decoded(_content(name, "values file"))
    if problem := character_fault(text):
        why = f"cannot read values file '{name}': {problem.message}"
        raise InputsError(Failure("values", why, why, name, problem.place.line, problem.place.column))
    values: dict[str, Any] = {}
    for first, document in _documents(text):
        values = merge(values, _table(name, document, first, read))
    return values


def _documents(text: str) -> Iterator[tuple[int, str]]:
    """The documents of a values file, which Helm 4 merges, each with its first line."""
    start = 0
    for marker in re.finditer(r"^---[^\n]*$", text, re.MULTILINE) if "\n---" in text else ():
        yield text.count("\n", 0, start) + 1, text[start : marker.start()]
        start = marker.end()
    yield text.count("\n", 0, start) + 1, text[start:]


def _table(name: str, document: str, first: int, read: YamlReader) -> dict[str, Any]:
    try:
        values = read(document)
    except ValueError as error:
        raise _unreadable(name, str(error), document, first) from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise _unreadable(name, "expected a mapping at the top", document, first)
    _check_depth(values, f"values file '{name}'")
    return values


def _check_depth(values: Any, what: str) -> None:
    """Refuse what is nested so deeply that code which recurses would not come back."""
    level = [values]
    for _ in range(MAX_DEPTH):
        tables = [each.values() for each in level if isinstance(each, dict)]
        lists = [each for each in level if isinstance(each, list)]
        level = [*itertools.chain.from_iterable([*tables, *lists])]
        if not level:
            return
    text = f"{what}: nested more than {MAX_DEPTH} deep"
    raise InputsError(Failure("values", text, text))


def _unreadable(name: str, why: str, document: str, first: int) -> InputsError:
    """What is wrong with the *document* that begins at the line *first*; Helm's message has a line."""
    text = f"cannot read values file '{name}': {why}"
    if (match := re.search(r"\bline (\d+):", why)) is None:
        return InputsError(Failure("values", text, text, name))
    if (problem := found_fault(document)) is None:
        return InputsError(Failure("values", text, text, name, first + int(match[1]) - 1))
    message = f"cannot read values file '{name}': {problem.message}"
    place = problem.within(name, first).place
    return InputsError(Failure("values", message, text, name, place.line, place.column))


def _content(name: str, what: str) -> bytes:
    try:
        found = content(pathlib.Path(name), MAX_VALUES + 1)
    except (OSError, ValueError) as error:
        raise _missing(name, what, getattr(error, "strerror", None) or str(error)) from error
    if len(found) > MAX_VALUES:
        raise _missing(name, what, f"it is larger than {MAX_VALUES >> 20} MiB")
    return found


def _missing(name: str, what: str, why: str) -> InputsError:
    message = f"cannot read {what} '{name}': {why}"
    return InputsError(Failure("values", message, message, name))


def _set(given: SetValue, values: dict[str, Any]) -> None:
    try:
        expression = _BYTES.sub("\ufffd", given.expression)  # what Helm takes such a byte for
        set_values.apply(given.flag, expression, values, _set_file)
    except set_values.SetSyntax as error:
        text = f"failed parsing --{given.flag} data: {error}"
        failure = Failure(
            "values", f"--{given.flag} '{given.expression}': {error}", text, values_key=given.expression
        )
        raise InputsError(failure) from error


def _set_file(name: str) -> str:
    return decoded(_content(name, "the file of --set-file"))
