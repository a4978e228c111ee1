"""Where the values of a case are set: by flags, scenario, values files and charts, each over the next."""

from __future__ import annotations

import functools
import json
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from chartkit.helm import set_values
from chartkit.helm.values import coalesce
from chartkit.model.case import COMMAND_LINE, Chart, Scenario, SetValue
from chartkit.model.chart_file import is_packed
from chartkit.model.errors import FileError
from chartkit.model.place import Place, pointer
from chartkit.syntax.yaml import kube_yaml
from chartkit.system.paths import content

_MOST: Final = 4 << 20
UNREADABLE: Final = "it is not known which of the values files sets it"

Path = tuple[str | int, ...]
Finder = Callable[[Path, bool], Place | None]


class UnreadableLayer(Exception):
    """A layer that cannot be read here: what lies at it or below it is not known."""


@dataclass(frozen=True)
class Layer:
    """Values as they are set in one place; *place* finds the line of one (with True of its key), or None.

    *name* says what it is, for where there is no line to show.
    """

    read: Callable[[], Any]
    place: Finder
    name: str = ""

    @functools.cached_property
    def data(self) -> Any:
        return self.read()


@dataclass(frozen=True, slots=True)
class ValueSource:
    """What sets a value: at which *place*, or None where there is no line to edit, and the layer's *name*."""

    place: Place | None
    name: str

    @property
    def why_no_line(self) -> str:
        """Why there is no line; empty where there is one."""
        if self.place is not None and self.place.line is not None:
            return ""
        if self.place is not None:
            return f"set in {self.place.file}"
        return f"set {'by' if self.name.startswith('--') else 'in'} {self.name}"


_ABSENT: Final = object()
_HIDDEN: Final = object()


class ValueLayers:
    """All that gives values to the case of *chart* under *scenario*."""

    def __init__(self, chart: Chart, scenario: Scenario) -> None:
        self._chart = chart
        self._given = [*_of_scenario(scenario)]
        self._files: dict[str, Layer] = {}

    def value(self, path: Path) -> Any:
        """What is in force at *path* from the top of the root chart's values; None where nothing is."""
        merged: Any = None
        for value in self._found(path):
            if merged is None or not isinstance(value, dict):
                merged = value if merged is None else merged
            else:
                merged = coalesce(value, merged) if isinstance(merged, dict) else merged
        return merged

    def source(self, path: Path, *, on_key: bool) -> ValueSource | None:
        """What sets the value at *path*; None where nothing does."""
        for layer, inner in self._levels(path):
            value = _look(layer.data, inner)
            if value is _HIDDEN:
                return None
            if value is not _ABSENT:
                return ValueSource(layer.place(inner, on_key), layer.name)
        return None

    def path(self, key: str) -> Path:
        """The path that the JSON pointer *key* means: of lists, items by number."""
        path: Path = ()
        for step in key.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            is_item = name.isdecimal() and isinstance(self.value(path), list)
            path = (*path, int(name) if is_item else name)
        return path

    def _found(self, path: Path) -> Iterator[Any]:
        """The values at *path*, the one that wins first, as far as they are merged; in lists they are not."""
        is_item = any(isinstance(step, int) for step in path)
        for layer, inner in self._levels(path):
            value = _look(layer.data, inner)
            if value is _HIDDEN or value is None:
                return
            if value is not _ABSENT:
                yield value
                if is_item or not isinstance(value, dict):
                    return

    def _levels(self, path: Path) -> Iterator[tuple[Layer, Path]]:
        yield from ((layer, path) for layer in self._given)
        folder, inner = self._chart.name, path
        while True:
            if (layer := self._of_chart(folder)) is not None:
                yield layer, inner
            if not inner:
                return
            folder, inner = self._subchart(folder, str(inner[0])), inner[1:]
            if not folder:
                return

    def _subchart(self, folder: str, key: str) -> str:
        """The folder of the subchart that gets the values under *key*: its name, or its alias."""
        folder = f"{folder}/charts/{key}"
        if f"{folder}/Chart.yaml" in self._chart.files:
            return folder
        real = self._chart.origins.get(f"{folder}/Chart.yaml")
        names = (name for name, origin in self._chart.origins.items() if origin == real)
        found = next((name for name in names if name in self._chart.files), "") if real else ""
        return found.removesuffix("/Chart.yaml")

    def _of_chart(self, folder: str) -> Layer | None:
        name = f"{folder}/values.yaml"
        if name not in self._chart.files:
            return None
        if name not in self._files:
            text = self._chart.files[name].decode("utf-8", "replace").removeprefix("\ufeff")

            def place(path: Path, on_key: bool) -> Place | None:
                spot = _spot(text, path, on_key)
                found = self._chart.line(name, *spot) if spot else None
                return None if found is None or is_packed(found.file) else found

            self._files[name] = Layer(functools.partial(_parsed, text), place, self._chart.origin(name))
        return self._files[name]


def place_of_key(chart: Chart, scenario: Scenario, key: str) -> tuple[Place | None, str]:
    """Where the value at *key* (a JSON pointer) of *chart* is set under *scenario*, or why that is not known.

    A person would set another value there than one that the values schema refuses. What is not set yet is to
    be set where the table is that would hold it.
    """
    layers = ValueLayers(chart, scenario)
    try:
        path = layers.path(key)
        tables = (path[:count] for count in range(len(path), 0, -1))
        found = next(filter(None, (layers.source(table, on_key=True) for table in tables)), None)
    except UnreadableLayer:
        return None, UNREADABLE
    if found is None:
        return _top(chart, scenario), ""
    return found.place, "" if found.place else found.why_no_line


def _top(chart: Chart, scenario: Scenario) -> Place | None:
    """Where a person would add a value that is missing: the uppermost of all that sets some."""
    base, name = scenario.base, f"{chart.name}/values.yaml"
    is_written = bool(scenario.values) or any(one.place for one in scenario.set_values)
    if is_written and scenario.place is not None:
        return scenario.place
    if scenario.values_files:
        return Place(scenario.values_files[-1])
    if base.places:
        return base.places[0][1]
    if base.files:
        return Place(base.files[-1])
    if scenario.below is not None:
        return _top(chart, scenario.below)
    return Place(chart.origin(name)) if name in chart.files else None


def _of_scenario(scenario: Scenario) -> Iterator[Layer]:
    """What *scenario* gives, the one that wins first."""
    by_flag = sorted(scenario.set_values, key=lambda one: set_values.FLAGS.index(one.flag))
    for given in by_flag[::-1]:
        place = functools.partial(_anywhere, given.place)
        yield Layer(functools.partial(_set, given), place, f"--{given.flag} on the command line")
    base = scenario.base
    for files, inline, places in (
        (scenario.values_files, scenario.values, scenario.places),
        (base.files, base.values, base.places),
    ):
        if inline:
            place = functools.partial(_in_places, dict(places))
            piped = scenario.name == COMMAND_LINE
            name = "--values on the command line" if piped else f"scenario {scenario.name}"
            yield Layer(functools.partial(json.loads, inline), place, name)
        yield from map(_of_file, reversed(files))
    if scenario.below is not None:
        yield from _of_scenario(scenario.below)


def _of_file(name: str) -> Layer:
    @functools.cache
    def text() -> str:
        try:
            return content(pathlib.Path(name), _MOST).decode("utf-8-sig")
        except (OSError, ValueError) as error:
            raise UnreadableLayer from error

    def place(path: Path, on_key: bool) -> Place | None:
        spot = _spot(text(), path, on_key)
        return Place(name, *spot) if spot else None

    return Layer(lambda: _parsed(text()), place, name)


def _parsed(text: str) -> Any:
    if "\n---" in text.rstrip("\n-"):
        raise UnreadableLayer  # Helm merges the documents
    try:
        return kube_yaml.parse(text) or {}
    except FileError as fault:
        raise UnreadableLayer from fault


def _set(given: SetValue) -> Any:
    values: dict[str, Any] = {}
    try:
        set_values.apply(given.flag, given.expression, values, lambda _: "")
    except set_values.SetSyntax as error:
        raise UnreadableLayer from error
    return values


def _anywhere(place: Place | None, _path: Path, _on_key: bool) -> Place | None:
    return place


def _in_places(places: Mapping[str, Place], path: Path, _on_key: bool) -> Place | None:
    return places.get(pointer(path))


def _spot(text: str, path: Path, on_key: bool) -> tuple[int, int] | None:
    """Line and column of the value at *path*; of a collection, and where *on_key* is set, of its key."""
    spot = kube_yaml.find(text, path)
    if spot is None or spot.steps < len(path):
        return None
    return spot.place(on_key=on_key or spot.is_collection)


def _look(data: Any, path: Sequence[str | int]) -> Any:
    """The value at *path*; whether it is absent, or hidden by a list or something that is no collection."""
    absent = _ABSENT
    for step in path:
        if isinstance(data, dict):
            if step not in data:
                return absent
            data = data[step]
        elif isinstance(data, list) and isinstance(step, int) and 0 <= step < len(data):
            data, absent = data[step], _HIDDEN  # lists are not merged
        else:
            return _HIDDEN
    return data
