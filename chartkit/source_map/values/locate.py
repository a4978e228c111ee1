"""Finds the line to edit for what is wrong in the render of a case, which is traced when first asked for."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import EllipsisType
from typing import Any, Final

from chartkit.helm import manifests as reading
from chartkit.model.case import Case, Chart
from chartkit.model.chart_file import canonical, decoded
from chartkit.model.finding import NO_DISPLAY, Display
from chartkit.model.place import Path, Place
from chartkit.model.render import Hit, Manifest
from chartkit.source_map.trace import SourceMap
from chartkit.source_map.traced_text import Origin, Precision
from chartkit.source_map.values import pass_through
from chartkit.source_map.values.symbols import Included, Step, ValuePath
from chartkit.source_map.values.value_layers import UnreadableLayer, ValueLayers, ValueSource
from chartkit.syntax import file_errors

_QUOTES: Final = frozenset("\"'")
_MOST: Final = 1_000
"""The most rounds of ``range`` that are looked through for the one that printed a value."""


@dataclass(frozen=True, slots=True)
class Location:
    """Where something in a render comes from, as a `Finding` has it: lines to show are still to be added."""

    place: Place
    includes: tuple[Place, ...] = ()
    display: Display = NO_DISPLAY


class Locator:
    """Places for findings in the render of *case*, of which *trace* makes the map."""

    def __init__(self, chart: Chart, case: Case, trace: Callable[[], SourceMap]) -> None:
        self._chart = chart
        self._case = case
        self._trace = trace

    @functools.cached_property
    def map(self) -> SourceMap:
        return self._trace()

    @functools.cached_property
    def _layers(self) -> ValueLayers:
        return ValueLayers(self._chart, self._case.scenario)

    def at(self, source: str, line: int, column: int, text: str) -> Location:
        """The template line behind a character of the render, whose template has the name *source*.

        *text* is that of its line; where the character is blank, the visible one before it is taken.
        """
        before = text[:column].rstrip() or text[: len(text) - len(text.lstrip()) + 1]
        return self._location(source, self._with_quote(self.map.at(line, len(before)), before[-1:]))

    def of(self, manifest: Manifest, hit: Hit) -> Location:
        """Where the value at the path of *hit* comes from, or its key; of what is missing, its parent's key.

        What a template only passes on comes from where the value is set.
        """
        path, on_key = _existing(manifest, hit.path, hit.on_key)
        if (
            hit.whole
            and (found := self._setting_of(manifest, path, on_key=False))
            and found.display.passed_on
        ):
            return found
        found = self._setting_of(manifest, path, on_key=on_key)
        return found or self._location(manifest.source, self._origin(manifest, path, on_key))

    def _setting_of(self, manifest: Manifest, path: Path, *, on_key: bool) -> Location | None:
        """Where the value is set that the template only passes on; None where that is not certain.

        What another template has made is passed on too, and where that is written is not known.
        """
        origin = self._origin(manifest, path, on_key)
        if origin is None or origin.precision not in {Precision.ACTION, Precision.COARSE}:
            return None
        values = pass_through.printed_value(self._chart.files, origin)
        if isinstance(values, Included):
            return self._location(manifest.source, replace(origin, precision=Precision.COARSE))
        try:
            where, source = self._set_at(manifest, path, on_key, origin, values) or ((), None)
        except UnreadableLayer:
            return None
        if source is None:
            return None
        # what sets the value is certain, however the template came to print it
        passed = self._location(manifest.source, replace(origin, precision=Precision.ACTION))
        if source.place is None or source.why_no_line:
            value = f"{file_errors.dotted(where)}, {source.why_no_line}"
            return replace(passed, display=replace(passed.display, value=value))
        display = Display(passed_on=passed.place, precision=Precision.ACTION.value)
        return Location(source.place, passed.includes, display)

    def _location(self, source: str, origin: Origin | None) -> Location:
        if origin is None:
            why = self.map.untraced or "its output is not traced"
            display = Display(line_unknown=f"not known in the template: {why}")
            return Location(Place(self._chart.origin(source)), display=display)
        shown, includes = editable_line(self._chart, origin)
        if shown.line is None:
            display = Display(line_unknown=f"{origin.line} of {origin.file}, which is packed")
            return Location(shown, display=display)
        return Location(shown, includes, Display(precision=origin.precision.value))

    def _origin(self, manifest: Manifest, path: Path, on_key: bool) -> Origin | None:
        """The origin of the value at *path*, or of its key; of a value that is not written, of its key."""
        whole = (*manifest.base, *path)
        line, column = reading.position(manifest, whole, on_key)
        text = reading.line_text(manifest, line)
        if not text[column - 1 :].strip():
            line, column = reading.position(manifest, whole, True)
        return self._with_quote(self.map.at(line, column), text[column - 1 : column])

    def _with_quote(self, origin: Origin | None, sign: str) -> Origin | None:
        """*origin* at the quotation mark, where that is written there too."""
        if origin is None or origin.precision is not Precision.TEXT or sign not in _QUOTES:
            return origin
        lines = decoded(self._chart.files.get(origin.file, b"")).split("\n")
        written = lines[origin.line - 1 : origin.line]
        is_there = bool(written) and written[0][origin.column - 2 : origin.column - 1] == sign
        return replace(origin, column=origin.column - 1) if is_there else origin

    def _begins(self, manifest: Manifest, path: Path, origin: Origin) -> bool:
        """Whether the action at *origin* prints the last step of *path*: a key, or the sign of an item."""
        line, column = reading.position(manifest, (*manifest.base, *path), True)
        if isinstance(path[-1], int):
            column = len(reading.line_text(manifest, line)[: column - 1].rstrip())
        return column > 0 and self.map.at(line, column) == origin

    def _set_at(
        self,
        manifest: Manifest,
        path: Path,
        on_key: bool,
        origin: Origin,
        values: tuple[ValuePath, ...],
    ) -> tuple[Path, ValueSource] | None:
        """The path of the one value that is printed, and what sets it."""
        if not values or not self._is_whole(manifest, path):
            return None
        begins = self._entered(manifest, path, origin)
        below = self._below(manifest, path, begins, origin)
        values = tuple(value for value in values if value.is_key or below or not on_key)
        found = {one: value for value in values for one in self._matching(value, below, manifest, path)}
        if len(found) != 1:
            return None
        ((where, value),) = found.items()
        written = not below or where[-len(below) :] == below  # and not only within a text that is set there
        source = self._layers.source(where, on_key=written and (on_key or value.is_key))
        return (where, source) if source is not None else None

    def _is_whole(self, manifest: Manifest, path: Path) -> bool:
        return bool(path) and _value_at(manifest.body, path) is not _ABSENT

    def _entered(self, manifest: Manifest, path: Path, origin: Origin) -> int:
        """How many steps of *path* are written in the template, before what the action at *origin* prints."""
        for count in range(1, len(path) + 1):
            if self._begins(manifest, path[:count], origin):
                return count - 1
        return len(path)

    def _below(self, manifest: Manifest, path: Path, begins: int, origin: Origin) -> Path:
        """The steps of *path* within what the action prints; items that it prints count from its first."""
        below = path[begins:]
        if not below or not isinstance(below[0], int):
            return below
        first = next(
            index for index in range(below[0] + 1) if self._begins(manifest, (*path[:begins], index), origin)
        )
        return (below[0] - first, *below[1:])

    def _matching(self, value: ValuePath, below: Path, manifest: Manifest, path: Path) -> Sequence[Path]:
        """The paths into the values, at *value* or below, that hold what is rendered at *path*."""
        where = (*canonical(manifest.source).subcharts, *value.path)
        if value.is_key:
            wanted = path[-1:]
            return [one for one in self._rounds(where) if not below[1:] and one[-1:] == wanted]
        rendered = _value_at(manifest.body, path)
        matching = ((self._text(one, below), (*one, *below)) for one in self._rounds(where))
        return [text or one for text, one in matching if text or _is_same(self._layers.value(one), rendered)]

    def _text(self, where: Path, below: Path) -> Path:
        """The path, at *where* or below it, of a text that holds *below*; empty where none does."""
        for count in range(len(below)):
            path = (*where, *below[:count])
            if isinstance(self._layers.value(path), str):
                return path
        return ()

    def _rounds(self, where: tuple[Step, ...]) -> Iterator[Path]:
        """*where* with each ``...`` replaced by every key or index that there is."""
        waiting: list[tuple[Path, tuple[Step, ...]]] = [((), where)]
        count = 0
        while waiting and count < _MOST:
            done, left = waiting.pop()
            count += 1
            if not left:
                yield done
            elif isinstance(left[0], EllipsisType):
                steps = _steps(self._layers.value(done))
                waiting += [((*done, step), left[1:]) for step in steps]
            else:
                waiting.append(((*done, left[0]), left[1:]))


def editable_line(chart: Chart, origin: Origin) -> tuple[Place, tuple[Place, ...]]:
    """The innermost line of the include stack of *origin* that is not packed, and then all the others."""
    stack = [chart.line(one.file, one.line, one.column) for one in origin.places]
    shown = next((place for place in stack if place.line is not None), stack[0])
    return shown, tuple(place for place in dict.fromkeys(stack) if place != shown)


_ABSENT: Final = object()


def _steps(whole: Any) -> Iterable[str | int]:
    """What leads into *whole*."""
    if isinstance(whole, list):
        return range(len(whole))
    return whole if isinstance(whole, dict) else ()


def _value_at(body: Any, path: Path) -> Any:
    for step in path:
        try:
            body = body[step]
        except (KeyError, IndexError, TypeError):
            return _ABSENT
    return body


def _is_same(value: Any, rendered: Any) -> bool:
    """Whether *value* is what was rendered, of the same type, so that nothing was done to it on the way.

    What template text renders to is not known: it is the same.
    """
    if isinstance(value, dict) and isinstance(rendered, dict):
        return value.keys() == rendered.keys() and all(_is_same(value[key], rendered[key]) for key in value)
    if isinstance(value, list) and isinstance(rendered, list):
        return len(value) == len(rendered) and all(map(_is_same, value, rendered))
    if isinstance(value, str) and "{{" in value:
        return True
    numbers = [isinstance(one, int | float) and not isinstance(one, bool) for one in (value, rendered)]
    if value is None or numbers[0] != numbers[1]:
        return False
    return bool(value == rendered) and (numbers[0] or type(value) is type(rendered))


def _existing(manifest: Manifest, path: Path, on_key: bool) -> tuple[Path, bool]:
    """*path* as far as it exists, and whether the key is meant: of what is missing, that of its parent."""
    count = len(path)
    while count and _value_at(manifest.body, path[:count]) is _ABSENT:
        count -= 1
    return path[:count], on_key or count < len(path)
