"""A configuration file while it is read: its values, their places and the mistakes in them."""

from __future__ import annotations

import copy
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Path, Place
from chartkit.plan.config.known_rules import NamedRule
from chartkit.syntax import file_errors
from chartkit.system.containment import outside
from chartkit.system.paths import absolute, is_file, shown

if TYPE_CHECKING:
    from chartkit.syntax.yaml.yaml_file import YamlFile

_CONFINED: Final = "put a copy of it into the repository, or leave it out"


@dataclass(slots=True)
class ConfigReading:
    """What files that extend each other come to: *mistakes*, *names* of rules, the rule *sets*."""

    cwd: pathlib.Path
    repository: pathlib.Path
    mistakes: list[Problem] = field(default_factory=list)
    names: list[NamedRule] = field(default_factory=list)
    sets: list[str] | None = None
    has_golden: bool = False


@dataclass(frozen=True, slots=True)
class ConfigSource:
    """One file: *data* is what is left after the schema's mistakes are cut out of it."""

    path: pathlib.Path
    written: YamlFile
    data: dict[str, Any]
    reading: ConfigReading

    @property
    def folder(self) -> pathlib.Path:
        return self.path.parent

    def place(self, path: Path, *, on_key: bool = False) -> Place:
        """Where the value at *path*, or its key, is written."""
        return self.written.place(path, on_key)

    def wrong(self, path: Path, message: str, hint: str = "") -> None:
        """Note a mistake at *path*."""
        self.reading.mistakes.append(file_errors.problem(self.written, path, message, hint))

    def named(self, name: str, path: Path, key: str, *, is_set: bool = False, on_key: bool = False) -> None:
        """Note the name of a rule (or rule set) at *path*: whether there is one is looked up at the end."""
        self.reading.names.append(NamedRule(name, self.place(path, on_key=on_key), key, is_set))

    def confined(self, where: Path, entry: str, found: pathlib.Path | None = None) -> bool:
        """Whether the path *entry*, of which *found* is a part, may be used; a mistake at *where* if not."""
        path = found or absolute(entry, self.folder)
        why = outside(path, self.reading.repository)
        if why is not None:
            named = shown(path, self.reading.cwd) if found else entry
            self.wrong(where, f"expected a path inside of the repository, but {named!r} {why}", _CONFINED)
        return why is None

    def list(self, key: str) -> Iterator[tuple[Path, Any]]:
        """The sound items of the list *key*, each with its path."""
        items = enumerate(self.data.get(key) or ())
        return (((key, index), item) for index, item in items if item is not None)


def open_source(path: pathlib.Path, reading: ConfigReading, missing: Problem | None) -> ConfigSource | None:
    """The file at *path* without what the schema refuses; None, and a mistake, where it cannot be read.

    *missing* is the mistake where there is no such file.
    """
    from chartkit.syntax.yaml.yaml_file import load

    try:
        written = load(path, shown(path, reading.cwd))
    except FileError as error:
        is_missing = missing is not None and not is_file(path)
        reading.mistakes.append(missing if missing is not None and is_missing else error.problem)
        return None
    found = list(file_errors.schema_problems(written))
    reading.mistakes += (one for _, one in found)
    return ConfigSource(path, written, _sound(written.data, [bad for bad, _ in found]), reading)


def _sound(data: Any, bad: list[Path]) -> dict[str, Any]:
    """A copy of *data* without the values at the paths in *bad*; list items become None, to keep places."""
    if not isinstance(data, dict):
        return {}
    sound: dict[str, Any] = copy.deepcopy(data)
    for path in bad:
        at: Any = sound
        for step in path[:-1]:
            at = at.get(step) if isinstance(at, dict) else at[cast("int", step)] if at else None
        if isinstance(at, list):
            at[cast("int", path[-1])] = None
        elif isinstance(at, dict) and path:
            at.pop(path[-1], None)
    return sound
