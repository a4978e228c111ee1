"""Reads the files of policies: fast where they are right, with file, line and key where they are not."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.errors import ChartkitError, FileError
from chartkit.model.place import Path
from chartkit.syntax.yaml import kube_yaml
from chartkit.system.package import schemas_folder
from chartkit.system.paths import content

if TYPE_CHECKING:
    import jsonschema_rs
    from jsonschema.exceptions import ValidationError

    from chartkit.model.errors import Problem
    from chartkit.syntax.yaml.yaml_file import YamlFile

_LARGEST: Final = 4 << 20
"""Bytes of a policy; of a larger one `_explained` says so."""

Wrong = tuple[Path, str, str]
"""The key that is wrong, what is wrong, and what to do."""

Sense = Callable[[Mapping[str, Any]], Iterable[Wrong]]


def read(path: FilePath, shown: str, form: str, sense: Sense = lambda _: ()) -> Mapping[str, Any]:
    """What the file at *path* says, which the schema *form* of our own and *sense* accept.

    Raises ConfigError with every mistake: a file that is right is read in a tenth of the time that
    it takes to know its lines.
    """
    try:
        written = content(path, _LARGEST + 1)
        document = kube_yaml.read("" if len(written) > _LARGEST else written.decode("utf-8-sig"))
        data = None if document.duplicates else document.value
    except (OSError, UnicodeDecodeError, FileError):
        data = None
    if isinstance(data, Mapping) and _form(form).is_valid(data) and not any(sense(data)):
        return data
    return _explained(path, shown, form, sense)


def wrong(path: FilePath, shown: str, key: Path, message: str, hint: str) -> ChartkitError:
    """The error about one key of the file at *path*."""
    from chartkit.syntax import file_errors

    return file_errors.error([file_errors.mistake(_load(path, shown), key, message, hint)])


@functools.cache
def _form(name: str) -> jsonschema_rs.Draft202012Validator:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(_schema(name))


@functools.cache
def _schema(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((schemas_folder() / name).read_text("utf-8"))
    return schema


def _load(path: FilePath, shown: str) -> YamlFile:
    from chartkit.syntax import file_errors
    from chartkit.syntax.yaml import yaml_file

    try:
        return yaml_file.load(path, shown)
    except FileError as error:
        raise file_errors.error([error.problem]) from error


def _explained(path: FilePath, shown: str, form: str, sense: Sense) -> Mapping[str, Any]:
    from jsonschema import Draft202012Validator

    from chartkit.syntax import file_errors

    file = _load(path, shown)
    errors = Draft202012Validator(_schema(form)).iter_errors({} if file.data is None else file.data)
    found = [mistake for error in errors for mistake in _mistakes(file, error)]
    found = found or [
        file_errors.mistake(file, key, message, hint) for key, message, hint in sense(file.data)
    ]
    if found:
        raise file_errors.error(found)
    data: Mapping[str, Any] = file.data
    return data


def _mistakes(file: YamlFile, error: ValidationError) -> Iterator[Problem]:
    """What is wrong with a file that breaks its form, in the words of the form's titles."""
    from chartkit.syntax import file_errors
    from chartkit.system.did_you_mean import suggestion

    path: Path = tuple(error.absolute_path)
    schema: Mapping[str, Any] = _mapping(error.schema)
    if error.validator == "additionalProperties":
        known = schema["properties"]
        for key in (key for key in _mapping(error.instance) if key not in known):
            hint = suggestion(key, known, most=20)
            yield file_errors.mistake(file, (*path, key), "is not a known key", hint, on_key=True)
    elif error.validator in ("required", "dependentRequired"):
        for key in _missing(error.validator_value, _mapping(error.instance)):
            title = _mapping(_mapping(schema.get("properties")).get(key)).get("title")
            hint = f"add '{key}:' with {title}" if title else f"add '{key}:'"
            yield file_errors.mistake(file, path, f"the key {key!r} is missing", hint)
    else:
        expected = schema.get("title", f"something that fits {error.validator}")
        yield file_errors.mistake(file, path, f"expected {expected}, not {file_errors.shown(error.instance)}")


def _missing(wanted: Any, instance: Mapping[str, Any]) -> list[str]:
    """The keys that ``required`` (a list) or ``dependentRequired`` (lists by key) misses."""
    if isinstance(wanted, Mapping):
        wanted = [key for by, keys in wanted.items() if by in instance for key in keys]
    return [key for key in wanted if key not in instance]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
