"""Reads policies and inventories: fast where they are right, with line and key where they are not.

An inventory says, release by release, what an object of some name is expected to be.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
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

FurtherCheck = Callable[[Mapping[str, Any]], Iterable[Wrong]]


def read(path: FilePath, shown: str, form: str, check: FurtherCheck = lambda _: ()) -> Mapping[str, Any]:
    """What the file at *path* says, which the schema *form* of our own and *check* accept.

    Raises ConfigError with every mistake: a file that is right is read in a tenth of the time that
    it takes to know its lines.
    """
    try:
        written = content(path, _LARGEST + 1)
        document = kube_yaml.read("" if len(written) > _LARGEST else written.decode("utf-8-sig"))
        data = None if document.duplicates else document.value
    except (OSError, UnicodeDecodeError, FileError):
        data = None
    if isinstance(data, Mapping) and _form(form).is_valid(data) and not any(check(data)):
        return data
    return _explained(path, shown, form, check)


def wrong(path: FilePath, shown: str, key: Path, message: str, hint: str) -> ChartkitError:
    """The error about one key of the file at *path*."""
    from chartkit.syntax import file_errors

    return file_errors.error([file_errors.problem(_load(path, shown), key, message, hint)])


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


def _explained(path: FilePath, shown: str, form: str, check: FurtherCheck) -> Mapping[str, Any]:
    from jsonschema import Draft202012Validator

    from chartkit.syntax import file_errors

    file = _load(path, shown)
    errors = Draft202012Validator(_schema(form)).iter_errors({} if file.data is None else file.data)
    found = [mistake for error in errors for mistake in _mistakes(file, error)]
    found = found or [
        file_errors.problem(file, key, message, hint) for key, message, hint in check(file.data)
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
            yield file_errors.problem(file, (*path, key), "is not a known key", hint, on_key=True)
    elif error.validator in ("required", "dependentRequired"):
        for key in _missing(error.validator_value, _mapping(error.instance)):
            title = _mapping(_mapping(schema.get("properties")).get(key)).get("title")
            hint = f"add '{key}:' with {title}" if title else f"add '{key}:'"
            yield file_errors.problem(file, path, f"the key {key!r} is missing", hint)
    else:
        expected = schema.get("title", f"something that fits {error.validator}")
        yield file_errors.problem(file, path, f"expected {expected}, not {file_errors.shown(error.instance)}")


def _missing(wanted: Any, instance: Mapping[str, Any]) -> list[str]:
    """The keys that ``required`` (a list) or ``dependentRequired`` (lists by key) misses."""
    if isinstance(wanted, Mapping):
        wanted = [key for by, keys in wanted.items() if by in instance for key in keys]
    return [key for key in wanted if key not in instance]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


_RELEASE: Final = re.compile(r"(?P<series>\D*)(?P<numbers>\d+(?:\.\d+)*)(?:[-+].*)?", re.ASCII)

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Inventory:
    """*entries* maps a name to its rows, oldest first; each row holds from the release ``since`` on.

    *defaults* are the fields that a row leaves out. *aliases* maps patterns of release names to
    releases that rows can be compared with. A row that is ``removed`` says that the object is gone.
    """

    entries: Mapping[str, tuple[Row, ...]] = field(repr=False)
    aliases: Mapping[str, str]
    defaults: Row

    def row(self, name: str, release: object) -> Row | None:
        """What *name* is at *release*; the newest row for a release that cannot be compared."""
        rows, found = self.entries.get(name, ()), None
        wanted = _series_and_numbers(self._comparable(release))
        for row in rows:
            since = _series_and_numbers(str(row["since"]))
            if wanted is None or since is None or wanted[0] != since[0] or since <= wanted:
                found = row
        return None if found is None or found.get("removed") else {**self.defaults, **found}

    def names(self, release: object, where: Row) -> Iterator[str]:
        """The names that exist at *release* and whose rows hold the fields of *where*."""
        for name in self.entries:
            row = self.row(name, release)
            if row is not None and all(row.get(key) == value for key, value in where.items()):
                yield name

    def _comparable(self, release: object) -> str:
        return next(
            (to for alias, to in self.aliases.items() if fnmatchcase(str(release), alias)), str(release)
        )


def _series_and_numbers(release: str) -> tuple[str, tuple[int, ...]] | None:
    """``edge-25.3.1`` as series and numbers, or None where it is no release."""
    found = _RELEASE.fullmatch(release)
    if not found:
        return None
    return found["series"], tuple(int(number[:9]) for number in found["numbers"].split("."))


def inventory_of(data: Mapping[str, Any]) -> Inventory:
    """The inventory that *data* says, whose form was checked."""
    return Inventory(
        entries={name: tuple(rows) for name, rows in data["entries"].items()},
        aliases=data.get("aliases") or {},
        defaults=data.get("defaults") or {},
    )
