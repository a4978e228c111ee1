"""Reads settings and scenarios of chartkit.yaml; makes Helm's ``--set`` expressions of mappings."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.case import SetValue
from chartkit.model.place import Path, Place
from chartkit.plan.config.entries import FileArgument, ScenarioConfig, Settings, ValuesConfig
from chartkit.syntax.file_errors import shown

if TYPE_CHECKING:
    from chartkit.syntax.yaml.yaml_file import YamlFile

Wrong = Callable[[Path, str, str], None]
_KUBE_VERSION: Final = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?([-+][\w.+-]{0,80})?", re.ASCII)
_SETS: Final = ("set-json", "set", "set-string", "set-literal")


def read_settings(body: Mapping[str, Any]) -> Settings:
    """The settings among the keys of *body*; Kubernetes versions become ``1.34.0``."""
    files = body.get("scenario-files")
    return Settings(
        release=body.get("release"),
        namespace=body.get("namespace"),
        kube_versions=tuple(full_version(one) for one in _sound(body, "kube-versions")),
        api_versions=tuple(_sound(body, "api-versions")),
        scenario_files=None if files is None else tuple(_sound(body, "scenario-files")),
    )


def full_version(version: str) -> str:
    """``v1.34`` as Helm completes it: ``1.34.0``; raises ValueError where it is no version.

    What a vendor adds stays: ``1.34.1-gke.5``, and ``1.28+``, which Helm does not complete.
    """
    parts = _KUBE_VERSION.fullmatch(version)
    if parts is None:
        raise ValueError(version)
    patch = "" if parts[3] is None and parts[4] else f".{int(parts[3] or 0)}"
    return f"{int(parts[1])}.{int(parts[2])}{patch}{parts[4] or ''}"


def _sound(body: Mapping[str, Any], key: str) -> Iterator[str]:
    return (item for item in body.get(key) or () if item is not None)


def read_scenario(file: YamlFile, path: Path, body: Any, wrong: Wrong) -> ScenarioConfig:
    """The scenario at *path* of *file*; *wrong* is told what the schema cannot see."""
    place = file.place(path, on_key=True)
    name = str(path[-1])
    if body is False:
        return ScenarioConfig(name, place, dropped=True)
    written = body.get("values")
    files, values = _values(file, (*path, "values"), written, wrong)
    sets = [_set(file, (*path, key), key, body.get(key) or {}, wrong) for key in _SETS]
    return ScenarioConfig(
        name,
        place,
        settings=read_settings(body),
        values_files=files,
        values=values,
        places=_inline_places(file, (*path, "values"), written, values),
        set_values=tuple(one for group in sets for one in group),
        set_files=tuple(_set_files(file, (*path, "set-file"), body.get("set-file") or {}, wrong)),
        upgrade=bool(body.get("upgrade")),
        fails=_fails(path, body.get("fails"), wrong),
    )


def read_base(file: YamlFile, path: Path, value: Any, wrong: Wrong) -> ValuesConfig:
    """What a chart's ``values``, at *path* of *file*, lay under those of its scenarios."""
    files, inline = _values(file, path, value, wrong)
    return ValuesConfig(files, inline, _inline_places(file, path, value, inline))


def _inline_places(file: YamlFile, path: Path, value: Any, inline: str) -> tuple[tuple[str, Place], ...]:
    """Where each of the *inline* values is written: they are the *value* at *path*, or the last in a list."""
    at = (*path, len(value) - 1) if isinstance(value, list) else path
    return tuple(_places(file, at, json.loads(inline))) if inline else ()


def _places(file: YamlFile, path: Path, value: Any, pointer: str = "") -> Iterator[tuple[str, Place]]:
    """The JSON pointer to *value* and to each value below it, and where their keys are written."""
    yield pointer, file.place(path, on_key=True)
    below = value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    for step, item in below:
        escaped = str(step).replace("~", "~0").replace("/", "~1")
        yield from _places(file, (*path, step), item, f"{pointer}/{escaped}")


def _values(file: YamlFile, path: Path, value: Any, wrong: Wrong) -> tuple[tuple[FileArgument, ...], str]:
    """The values files and the inline values (as JSON)."""
    if isinstance(value, dict):
        return (), _json(path, value, wrong)
    if isinstance(value, str):
        return (FileArgument(value, file.place(path)),), ""
    items = [(index, item) for index, item in enumerate(value or ()) if item is not None]
    files = tuple(
        FileArgument(one, file.place((*path, index))) for index, one in items if isinstance(one, str)
    )
    inline = [(index, one) for index, one in items if isinstance(one, dict)]
    if inline and inline[0][0] != items[-1][0]:
        hint = "put one mapping last: Helm reads files first"
        wrong((*path, inline[0][0]), "expected values files before one mapping of values", hint)
    return files, _json((*path, inline[0][0]), inline[0][1], wrong) if inline else ""


def _set(file: YamlFile, path: Path, flag: str, given: Any, wrong: Wrong) -> Iterator[SetValue]:
    if isinstance(given, list):
        named = [(index, one) for index, one in enumerate(given) if one is not None]
        yield from (SetValue(flag, one, file.place((*path, index))) for index, one in named)
        return
    for key, value in given.items():
        here = (*path, key)
        if not _is_key(here, key, wrong):
            continue
        if flag == "set-json":
            yield SetValue(flag, f"{key}={_json(here, value, wrong)}", file.place(here, on_key=True))
        elif flag == "set":
            yield _typed(here, value, file.place(here, on_key=True), wrong)
        else:
            text = _text(value, file.written(here))
            expression = f"{key}={text if flag == 'set-literal' else escape(text)}"
            yield SetValue(flag, expression, file.place(here, on_key=True))


def _typed(path: Path, value: Any, place: Place, wrong: Wrong) -> SetValue:
    return typed(str(path[-1]), value, _json(path, value, wrong), place)


def typed(key: str, value: Any, as_json: str, place: Place | None = None) -> SetValue:
    """What makes Helm set *value* with the type that it has in YAML: ``--set`` would guess."""
    if isinstance(value, str):
        return SetValue("set-string", f"{key}={escape(value)}", place)
    if value is None or (isinstance(value, int) and abs(value) < 1 << 63):
        return SetValue("set", f"{key}={as_json}", place)
    return SetValue("set-json", f"{key}={as_json}", place)


def _set_files(file: YamlFile, path: Path, given: Any, wrong: Wrong) -> Iterator[FileArgument]:
    if isinstance(given, list):
        pairs = ((index, one.partition("=")) for index, one in enumerate(given) if one is not None)
        yield from (FileArgument(value, file.place((*path, index)), key) for index, (key, _, value) in pairs)
        return
    for key, value in given.items():
        if _is_key((*path, key), key, wrong):
            yield FileArgument(str(value), file.place((*path, key)), key)


def _is_key(path: Path, key: str, wrong: Wrong) -> bool:
    """Whether *key* is no more than one: an expression in it could name other values, and other files."""
    sound = bool(key.strip()) and "=" not in key
    if not sound:
        wrong(path, "expected a key such as image.tag", "name the value to set")
    return sound


def escape(text: str) -> str:
    """*text* as a value in a ``--set`` expression: commas, backslashes and a first brace mean themselves."""
    return re.sub(r"[\\,]|^\{", lambda sign: "\\" + sign[0], text)


def _text(value: Any, written: str) -> str:
    """A value as it is written: ``1.30`` stays so; what has no text of its own is empty."""
    return str(value) if isinstance(value, str) else written


def _json(path: Path, value: Any, wrong: Wrong) -> str:
    try:
        return json.dumps(value, allow_nan=False)
    except ValueError:
        wrong(path, "holds a number that is infinite or none at all", "put it in quotes")
        return "{}"


def _fails(path: Path, value: Any, wrong: Wrong) -> str | None:
    if isinstance(value, bool) or value is None:
        return "" if value else None
    try:
        re.compile(value)
    except (re.error, OverflowError, RecursionError) as error:
        wrong(
            (*path, "fails"),
            f"{shown(value)} is not a regular expression: {error}",
            "put '\\' before special signs",
        )
    return str(value)
