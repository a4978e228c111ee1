"""Reads the charts of chartkit.yaml with their scenarios; makes Helm's ``--set`` expressions of mappings."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.case import SetValue
from chartkit.model.place import Path, Place
from chartkit.plan.config.entries import (
    ChartConfig,
    ChartSettings,
    FileArgument,
    ScenarioConfig,
    ValuesConfig,
)
from chartkit.plan.config.source import ConfigSource
from chartkit.plan.kube_versions import full_version
from chartkit.syntax.file_errors import shown
from chartkit.system.paths import absolute, is_below

_BELOW: Final = "keep values files in the chart, or name them in scenarios"
_SETS: Final = ("set-json", "set", "set-string", "set-literal")


def read_charts(file: ConfigSource) -> Iterator[ChartConfig]:
    """The entries of ``charts:``, each with its settings, scenarios and values."""
    for key, body in file.data["charts"].items():
        path: Path = ("charts", key)
        file.confined(path, key)
        scenarios = (body.get("scenarios") or {}).items()
        given = body.get("values")
        yield ChartConfig(
            absolute(key, file.folder).as_posix(),
            key,
            file.place(path, on_key=True),
            read_settings(file, path, body),
            tuple(read_scenario(file, (*path, "scenarios", name), one) for name, one in scenarios),
            None if given is None else _base(file, (*path, "values"), given),
        )


def read_settings(file: ConfigSource, path: Path, body: Mapping[str, Any]) -> ChartSettings:
    """The settings in *body*, which stands at *path*; Kubernetes versions become ``1.34.0``."""
    files = body.get("scenario-files")
    for index, pattern in enumerate(files or ()):
        if pattern is not None and not is_below(pattern):
            where = (*path, "scenario-files", index)
            file.wrong(where, f"expected a pattern below the chart's folder, not {pattern!r}", _BELOW)
    return ChartSettings(
        release=body.get("release"),
        namespace=body.get("namespace"),
        kube_versions=tuple(full_version(one) for one in _sound(body, "kube-versions")),
        api_versions=tuple(_sound(body, "api-versions")),
        scenario_files=None if files is None else tuple(_sound(body, "scenario-files")),
    )


def _sound(body: Mapping[str, Any], key: str) -> Iterator[str]:
    return (item for item in body.get(key) or () if item is not None)


def read_scenario(file: ConfigSource, path: Path, body: Any) -> ScenarioConfig:
    """The scenario at *path* of *file*; what the schema cannot see to be wrong is noted there."""
    place = file.place(path, on_key=True)
    name = str(path[-1])
    if body is False:
        return ScenarioConfig(name, place, dropped=True)
    written = body.get("values")
    files, values = _values(file, (*path, "values"), written)
    sets = [_set(file, (*path, key), key, body.get(key) or {}) for key in _SETS]
    return ScenarioConfig(
        name,
        place,
        settings=read_settings(file, path, body),
        values_files=files,
        values=values,
        places=_inline_places(file, (*path, "values"), written, values),
        set_values=tuple(one for group in sets for one in group),
        set_files=tuple(_set_files(file, (*path, "set-file"), body.get("set-file") or {})),
        upgrade=bool(body.get("upgrade")),
        fails=_fails(file, path, body.get("fails")),
    )


def _base(file: ConfigSource, path: Path, value: Any) -> ValuesConfig:
    """The values that lie under those of every scenario of a chart, from *path* of *file*."""
    files, inline = _values(file, path, value)
    return ValuesConfig(files, inline, _inline_places(file, path, value, inline))


def _inline_places(file: ConfigSource, path: Path, value: Any, inline: str) -> tuple[tuple[str, Place], ...]:
    """Where each of the *inline* values is written: they are the *value* at *path*, or the last in a list."""
    at = (*path, len(value) - 1) if isinstance(value, list) else path
    return tuple(_places(file, at, json.loads(inline))) if inline else ()


def _places(file: ConfigSource, path: Path, value: Any, pointer: str = "") -> Iterator[tuple[str, Place]]:
    """The JSON pointer to *value* and to each value below it, and where their keys are written."""
    yield pointer, file.place(path, on_key=True)
    below = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for step, item in below:
        escaped = str(step).replace("~", "~0").replace("/", "~1")
        yield from _places(file, (*path, step), item, f"{pointer}/{escaped}")


def _values(file: ConfigSource, path: Path, value: Any) -> tuple[tuple[FileArgument, ...], str]:
    """The values files and the inline values (as JSON)."""
    if isinstance(value, dict):
        return (), _json(file, path, value)
    if isinstance(value, str):
        return (FileArgument(value, file.place(path)),), ""
    items = [(index, item) for index, item in enumerate(value or ()) if item is not None]
    files = tuple(
        FileArgument(one, file.place((*path, index))) for index, one in items if isinstance(one, str)
    )
    inline = [(index, one) for index, one in items if isinstance(one, dict)]
    if inline and inline[0][0] != items[-1][0]:
        hint = "put one mapping last: Helm reads files first"
        file.wrong((*path, inline[0][0]), "expected values files before one mapping of values", hint)
    return files, _json(file, (*path, inline[0][0]), inline[0][1]) if inline else ""


def _set(file: ConfigSource, path: Path, flag: str, given: Any) -> Iterator[SetValue]:
    if isinstance(given, list):
        named = [(index, one) for index, one in enumerate(given) if one is not None]
        yield from (SetValue(flag, one, file.place((*path, index))) for index, one in named)
        return
    for key, value in given.items():
        here = (*path, key)
        if not _is_key(file, here, key):
            continue
        if flag == "set-json":
            yield SetValue(flag, f"{key}={_json(file, here, value)}", file.place(here, on_key=True))
        elif flag == "set":
            yield typed(key, value, _json(file, here, value), file.place(here, on_key=True))
        else:
            text = _text(value, file.written.written(here))
            expression = f"{key}={text if flag == 'set-literal' else escape(text)}"
            yield SetValue(flag, expression, file.place(here, on_key=True))


def typed(key: str, value: Any, as_json: str, place: Place | None = None) -> SetValue:
    """The expression with which Helm sets *value* with its YAML type, where ``--set`` would guess."""
    if isinstance(value, str):
        return SetValue("set-string", f"{key}={escape(value)}", place)
    if value is None or (isinstance(value, int) and abs(value) < 1 << 63):
        return SetValue("set", f"{key}={as_json}", place)
    return SetValue("set-json", f"{key}={as_json}", place)


def _set_files(file: ConfigSource, path: Path, given: Any) -> Iterator[FileArgument]:
    if isinstance(given, list):
        pairs = ((index, one.partition("=")) for index, one in enumerate(given) if one is not None)
        yield from (FileArgument(value, file.place((*path, index)), key) for index, (key, _, value) in pairs)
        return
    for key, value in given.items():
        if _is_key(file, (*path, key), key):
            yield FileArgument(str(value), file.place((*path, key)), key)


def _is_key(file: ConfigSource, path: Path, key: str) -> bool:
    """Whether *key* is one key, and no expression that could name other values or files."""
    sound = bool(key.strip()) and "=" not in key
    if not sound:
        file.wrong(path, "expected a key such as image.tag", "name the value to set")
    return sound


def escape(text: str) -> str:
    """*text* as a value in a ``--set`` expression: commas, backslashes and a first brace mean themselves."""
    return re.sub(r"[\\,]|^\{", lambda sign: "\\" + sign[0], text)


def _text(value: Any, written: str) -> str:
    """A value as it is written: ``1.30`` stays so; what has no text of its own is empty."""
    return str(value) if isinstance(value, str) else written


def _json(file: ConfigSource, path: Path, value: Any) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        file.wrong(path, "holds a number that is infinite or none at all", "put it in quotes")
        return "{}"


def _fails(file: ConfigSource, path: Path, value: Any) -> str | None:
    if isinstance(value, bool) or value is None:
        return "" if value else None
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        file.wrong(
            (*path, "fails"),
            f"{shown(value)} is not a regular expression: {error}",
            "put '\\' before special signs",
        )
    return str(value)
