"""The only module that knows what Helm reads in Chart.yaml (and requirements.yaml), and what it refuses.

Keys are found whatever their case, a number or a truth value where text is expected becomes text
(``version: 1.10`` is ``1.1``), unknown keys do not matter; all as in Helm.
"""

from __future__ import annotations

import decimal
import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chartkit.helm.charts.node import Metadata, Refusal, Requirement, refused
from chartkit.model.chart_file import CHART_YAML, REQUIREMENTS_YAML
from chartkit.model.errors import FileError
from chartkit.model.place import Path

_DECLARED: Final = ("name", "version", "repository", "alias")
_TIME: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_LARGE: Final = 1_000_000  # from here on Go writes a float with an exponent


def read(chart: bytes | None, requirements: bytes | None = None) -> tuple[Metadata | None, list[Refusal]]:
    """Read Chart.yaml and what requirements.yaml adds; without metadata where there are faults."""
    if chart is None:
        return None, [Refusal(CHART_YAML, (), "the chart has no Chart.yaml", "add one, or check .helmignore")]
    faults: list[Refusal] = []
    known = _Fields(CHART_YAML, chart, faults)
    added = _Fields(REQUIREMENTS_YAML, requirements, faults) if requirements is not None else None
    metadata = _metadata(known, added)
    if not faults:
        faults.extend(refused(metadata, known.name_of))
    return (None if faults else metadata), faults


def fields(chart: bytes | None, requirements: bytes | None = None) -> dict[str, Any]:
    """All that Helm reads in Chart.yaml and requirements.yaml, as plain values and with small keys."""
    faults: list[Refusal] = []
    found: dict[str, Any] = {}
    for file, content in ((CHART_YAML, chart), (REQUIREMENTS_YAML, requirements)):
        found |= _Fields(file, content, faults, _PLAIN).values if content is not None else {}
    return found


def read_lock(file: str, content: bytes) -> tuple[dict[str, Any], list[Refusal]]:
    """What Helm reads in the lock file called *file*, as plain values; nothing of an empty one."""
    faults: list[Refusal] = []
    return _Fields(file, content, faults, _LOCK).values, faults


class _Fields:
    """The keys of one file that Helm knows, each of the right type; what is not becomes a fault."""

    def __init__(
        self, file: str, content: bytes, faults: list[Refusal], types: Mapping[str, _Type] | None = None
    ) -> None:
        self.file = file
        self.faults = faults
        self.values: dict[str, Any] = {}
        self.name_of: dict[str, str] = {}
        self.written = content.decode(errors="replace")
        body = self._parse(content)
        if body is not None and not isinstance(body, Mapping):
            self._fault((), body, "a mapping")
        elif body is not None:
            self.values = self._fields((), body, types or _TYPES)

    def _parse(self, content: bytes) -> Any:
        from chartkit.syntax.yaml import kube_yaml

        try:
            return kube_yaml.parse(content.decode())
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            self.faults.append(
                Refusal(self.file, (), "is not UTF-8 text", "save the file as UTF-8", (line, 1))
            )
        except FileError as error:
            place = error.problem.place
            message = f"is not YAML that Helm reads: {error}"
            self.faults.append(Refusal(self.file, (), message, mark=(place.line or 1, place.column or 1)))
        return None

    def _fields(self, path: Path, body: Mapping[str, Any], types: Mapping[str, _Type]) -> dict[str, Any]:
        """The known keys; of keys that differ only by case the last in sorted order counts, as in Go."""
        found: dict[str, Any] = {}
        for written in sorted(body, key=str):
            key = str(written).lower()
            if key in types and body[written] is not None:
                found[key] = types[key](self, (*path, written), body[written])
                if not path:
                    self.name_of[key] = written
        return found

    def text(self, path: Path, value: Any) -> str:
        if isinstance(value, (Mapping, list)):
            self._fault(path, value, "text")
            return ""
        return printable(as_text(self._number(path, value)))

    def _number(self, path: Path, value: Any) -> Any:
        """A large whole number as the float that it is written as: ``3e10`` becomes text as 3e+10."""
        from chartkit.syntax.yaml import kube_yaml

        if type(value) is not int or abs(value) < _LARGE:
            return value
        spot = kube_yaml.find(self.written, path)
        text = "" if spot is None else str(spot.node.value).lower()
        return float(value) if set(text) & {".", "e"} and "x" not in text else value

    def texts(self, path: Path, value: Any) -> list[str]:
        return [self.text((*path, at), item) for at, item in self._list(path, value)]

    def text_by_key(self, path: Path, value: Any) -> dict[str, str]:
        return {str(key): self.text((*path, key), item) for key, item in self._mapping(path, value).items()}

    def truth(self, path: Path, value: Any) -> bool:
        if not isinstance(value, bool):
            self._fault(path, value, "true or false")
        return value is True

    def time(self, path: Path, value: Any) -> None:
        if not (isinstance(value, str) and _TIME.fullmatch(value)):
            self._fault(path, value, "a time like '2024-01-31T12:00:00Z'")

    def any_list(self, path: Path, value: Any) -> list[Any]:
        return [item for _, item in self._list(path, value)]

    def maintainers(self, path: Path, value: Any) -> list[dict[str, Any]]:
        return self._entries(path, value, _MAINTAINER)

    def dependencies(self, path: Path, value: Any) -> tuple[Requirement, ...]:
        return tuple(self._dependency((*path, at), item) for at, item in self._list(path, value))

    def plain_dependencies(self, path: Path, value: Any) -> list[dict[str, Any]]:
        return self._entries(path, value, _DEPENDENCY)

    def _entries(self, path: Path, value: Any, types: Mapping[str, _Type]) -> list[dict[str, Any]]:
        at = (((*path, number), item) for number, item in self._list(path, value))
        return [self._fields(one, self._mapping(one, item), types) for one, item in at]

    def _dependency(self, path: Path, value: Any) -> Requirement:
        found = self._fields(path, self._mapping(path, value), _DEPENDENCY)
        name, version, repository, alias = (found.get(key, "") for key in _DECLARED)
        return Requirement(name, version, repository, alias, self.file, path)

    def _list(self, path: Path, value: Any) -> Iterator[tuple[int, Any]]:
        if isinstance(value, list):
            yield from enumerate(value)
        else:
            self._fault(path, value, "a list")

    def _mapping(self, path: Path, value: Any) -> Mapping[str, Any]:
        if isinstance(value, Mapping):
            return value
        self._fault(path, value, "a mapping")
        return {}

    def _fault(self, path: Path, value: Any, expected: str) -> None:
        where = f"'{_dotted(path)}'" if path else "the file"
        self.faults.append(Refusal(self.file, path, f"{where} is {_kind(value)}: expected {expected}"))


_Type = Callable[[_Fields, Path, Any], Any]
_MAINTAINER: Final[dict[str, _Type]] = dict.fromkeys(("name", "email", "url"), _Fields.text)
_DEPENDENCY: Final[dict[str, _Type]] = {
    **dict.fromkeys(("name", "version", "repository", "condition", "alias"), _Fields.text),
    "tags": _Fields.texts,
    "enabled": _Fields.truth,
    "import-values": _Fields.any_list,
}
_TEXTS: Final = "name home version description icon apiversion condition tags appversion kubeversion type"
_TYPES: Final[dict[str, _Type]] = {
    **dict.fromkeys(_TEXTS.split(), _Fields.text),
    **dict.fromkeys(("sources", "keywords"), _Fields.texts),
    "deprecated": _Fields.truth,
    "annotations": _Fields.text_by_key,
    "maintainers": _Fields.maintainers,
    "dependencies": _Fields.dependencies,
}
_PLAIN: Final[dict[str, _Type]] = {**_TYPES, "dependencies": _Fields.plain_dependencies}
_LOCK: Final[dict[str, _Type]] = {
    "digest": _Fields.text,
    "generated": _Fields.time,
    "dependencies": _Fields.plain_dependencies,
}


def _metadata(known: _Fields, added: _Fields | None) -> Metadata:
    values = known.values | (added.values if added else {})
    return Metadata(
        name=values.get("name", ""),
        version=values.get("version", ""),
        app_version=values.get("appversion", ""),
        api_version=values.get("apiversion") or "v1",
        type=values.get("type") or "application",
        kube_version=values.get("kubeversion", ""),
        dependencies=values.get("dependencies", ()),
    )


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, list) else "empty" if value is None else repr(value)


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")


def as_text(value: Any) -> str:
    """A scalar as Helm writes it where it wants text: true, 1.1, 1e+23."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value) if isinstance(value, float) else "" if value is None else str(value)


def _number(value: float) -> str:
    """The shortest digits, with an exponent below 1e-4 and from 1e+06 on, as Go's ``%g`` has it."""
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    exact = decimal.Decimal(repr(value)).normalize()
    if value == 0 or -4 <= exact.adjusted() < 6:
        return f"{exact:f}"
    sign, digits, _ = exact.as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{'-' * sign}{first}{'.' * bool(rest)}{rest}e{exact.adjusted():+03d}"


def printable(text: str) -> str:
    """Blanks of every kind as spaces, without what cannot be printed, as Helm cleans these texts."""
    return "".join(" " if one.isspace() else one for one in text if one.isspace() or one.isprintable())
