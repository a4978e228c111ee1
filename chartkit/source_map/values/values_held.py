"""What a case holds where a line of its templates reads: the value, and the line that sets it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any, Final

from chartkit.model.case import Case, Chart
from chartkit.model.errors import FileError
from chartkit.model.evidence import ReadValue
from chartkit.model.place import Place
from chartkit.source_map.values.include_stack import of_line
from chartkit.source_map.values.symbols import Step, Value
from chartkit.source_map.values.value_layers import Layers, Opaque, Path
from chartkit.source_map.values.values_read import Frame, Told, read_by
from chartkit.syntax.yaml import kube_yaml

_LONGEST: Final = 1_000
"""Characters of a value that are shown."""
_ROUNDS: Final = 5
"""Of what ``range`` goes through, that many items are told one by one; of more, the whole."""
_MOST: Final = 40
"""Values of one line: who reads more reads nothing."""


@dataclass(frozen=True, slots=True)
class Held:
    """The *values* that a line reads, and in *unknown* what could not be found out."""

    values: tuple[ReadValue, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass
class Holder:
    """Tells of the lines of one case; what was told once is told again without looking."""

    chart: Chart
    case: Case
    _told: dict[tuple[Frame, ...], Held] = field(default_factory=dict)
    _values: dict[Path, tuple[ReadValue | None, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._layers = Layers(self.chart, self.case.scenario)

    def held(self, frames: tuple[Frame, ...]) -> Held:
        """What the lines at *frames* read, the line itself first, then its callers, innermost first."""
        if frames not in self._told:
            self._told[frames] = self._held(frames)
        return self._told[frames]

    def _held(self, frames: Sequence[Frame]) -> Held:
        reads = read_by(self.chart.files, frames)
        folder = frames[-1].file.partition("/templates/")[0]
        values: dict[ReadValue, None] = {}
        unknown = [f"what {words} stands for" for words in reads.unknown]
        for each in reads.values:
            for value, reason in self._of(each, folder):
                if value is not None:
                    values.setdefault(value)
                if reason:
                    unknown.append(reason)
        if len(values) > _MOST:
            unknown.append(f"{len(values) - _MOST} more values that the line reads are left out")
        return Held(tuple(values)[:_MOST], tuple(dict.fromkeys(unknown)))

    def _of(self, read: Value | Told, folder: str) -> Iterator[tuple[ReadValue | None, str]]:
        if isinstance(read, Told):
            yield _told(self.chart, self.case, folder, read.words), ""
            return
        try:
            for path in self._paths(read, tuple(folder.split("/")[2::2])):
                if path not in self._values:
                    self._values[path] = self._value(path)
                yield self._values[path]
        except Opaque:
            yield None, f"the value of {_shown(read.path)}: one of the values files cannot be read here"

    def _paths(self, value: Value, scope: Path) -> Sequence[Path]:
        """Where from the top of the root chart's values *value* may be; what is global is so everywhere."""
        whole: tuple[Step, ...] = (*scope, *value.path)
        if scope and value.path[0] == "global" and self._layers.value(_plain(value.path)) is not None:
            whole = value.path
        found = [*_rounds(self._layers, whole)]
        return found if len(found) <= _ROUNDS else [_plain(whole)]

    def _value(self, path: Path) -> tuple[ReadValue | None, str]:
        value, place = self._layers.value(path), self._layers.place(path, on_key=False)
        key, setter = key_of(path), self._layers.setter(path)
        text = "" if value is None and not setter else as_json(value)
        reason = ""
        if setter and place is None:
            packed = setter.endswith((".tgz", ".tar.gz"))
            reason = f"the line that sets {key}: it is set by {setter}"
            reason = f"{reason}, which is packed" if packed else reason
        return ReadValue(key, text, place), reason


def key_of(path: Sequence[str | int]) -> str:
    """*path* as ``--set`` takes it: ``a.b[0].example\\.com/c``."""
    key = ""
    for step in path:
        if isinstance(step, int):
            key += f"[{step}]"
        else:
            escaped = "".join(f"\\{sign}" if sign in "\\.,=[]{}" else sign for sign in step)
            key += f".{escaped}" if key else escaped
    return key


def as_json(value: Any) -> str:
    """*value* as one line of JSON; of a long one the beginning."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _shown(path: Sequence[Step]) -> str:
    return key_of(_plain(path))


def _plain(path: Sequence[Step]) -> Path:
    """*path* as far as it holds for every round of ``range``."""
    plain: list[str | int] = []
    for step in path:
        if isinstance(step, EllipsisType):
            break
        plain.append(step)
    return tuple(plain)


def _rounds(layers: Layers, whole: Sequence[Step]) -> Iterator[Path]:
    """*whole* with each ``...`` replaced by its keys or indices, up to one more than are told."""
    waiting: list[tuple[Path, Sequence[Step]]] = [((), whole)]
    count = 0
    while waiting and count <= _ROUNDS:
        done, left = waiting.pop()
        if not left:
            count += 1
            yield done
        elif isinstance(left[0], EllipsisType):
            steps = _steps(layers.value(done))
            if not steps:
                count += 1
                yield done
            waiting += [((*done, step), left[1:]) for step in reversed(steps[: _ROUNDS + 1])]
        else:
            waiting.append(((*done, left[0]), left[1:]))


def _steps(whole: Any) -> Sequence[str | int]:
    if isinstance(whole, list):
        return range(len(whole))
    return tuple(map(str, whole)) if isinstance(whole, Mapping) else ()


def _told(chart: Chart, case: Case, folder: str, words: Sequence[str]) -> ReadValue | None:
    """What Helm tells templates besides the values: of the chart, and of the release."""
    key = "." + ".".join(words)
    if words[0] == "Chart" and len(words) > 1:
        return _of_chart(chart, f"{folder}/Chart.yaml", key, words[1:])
    scenario = case.scenario
    known: dict[tuple[str, ...], object] = {
        ("Release", "Name"): scenario.release,
        ("Release", "Namespace"): scenario.namespace,
        ("Release", "IsUpgrade"): scenario.is_upgrade,
        ("Release", "IsInstall"): not scenario.is_upgrade,
        ("Capabilities", "KubeVersion"): f"v{case.kube_version}",
        ("Capabilities", "KubeVersion", "Version"): f"v{case.kube_version}",
        ("Capabilities", "KubeVersion", "GitVersion"): f"v{case.kube_version}",
    }
    if tuple(words) not in known:
        return None
    place = scenario.place if words[0] == "Release" else None
    return ReadValue(key, as_json(known[tuple(words)]), place)


def _of_chart(chart: Chart, name: str, key: str, words: Sequence[str]) -> ReadValue:
    """What Chart.yaml says; templates write its keys with a capital letter."""
    text = chart.files.get(name, b"").decode("utf-8", "replace").removeprefix("\ufeff")
    path = (words[0][:1].lower() + words[0][1:], *words[1:])
    try:
        spot, value = kube_yaml.find(text, path), kube_yaml.parse(text)
    except FileError:
        return ReadValue(key, "", Place(chart.origin(name)))
    if spot is None or spot.steps < len(path):
        return ReadValue(key, "")
    for step in path:
        value = value[step] if isinstance(value, dict) else None
    return ReadValue(key, as_json(value), of_line(chart, name, *spot.place(on_key=spot.is_collection)))
