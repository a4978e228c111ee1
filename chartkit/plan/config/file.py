"""Reads chartkit.yaml and what it extends into a `Config`, collecting every mistake on the way."""

from __future__ import annotations

import copy
import pathlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, cast

from chartkit.golden.masks import DEEP, Mask
from chartkit.model.errors import ConfigError, FileError, Problem
from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.plan.config import Config, golden_folder
from chartkit.plan.config.entries import ChartConfig, IgnoreEntry, Settings
from chartkit.plan.config.known_rules import Known, Named, unknown
from chartkit.plan.config.scenario_entries import read_base, read_scenario, read_settings
from chartkit.syntax import file_errors as mistakes
from chartkit.system.containment import outside
from chartkit.system.paths import (
    YAML_SUFFIXES,
    TooManyFiles,
    absolute,
    expand,
    is_below,
    is_file,
    is_folder,
    repository,
    shown,
)

if TYPE_CHECKING:
    from chartkit.syntax.yaml.yaml_file import YamlFile

MAX_EXTENDS: Final = 8
MAX_FILES: Final = 100
_CONFINED: Final = "put a copy of it into the repository, or leave it out"
_BELOW: Final = "keep values files in the chart, or name them in scenarios"
_PATTERNS: Final = {"policies": "common", "crds": "crd_sources"}
_UNITS: Final = {"K": 10, "M": 20, "G": 30}


@dataclass(slots=True)
class _Reading:
    """What a run of `read` gathers over several files."""

    cwd: pathlib.Path
    repository: pathlib.Path
    mistakes: list[Problem] = field(default_factory=list)
    names: list[Named] = field(default_factory=list)
    sets: list[str] | None = None
    golden: bool = False


@dataclass(frozen=True, slots=True)
class _File:
    """One file: *data* is what is left after the schema's mistakes are cut out of it."""

    path: pathlib.Path
    written: YamlFile
    data: dict[str, Any]
    reading: _Reading

    @property
    def folder(self) -> pathlib.Path:
        return self.path.parent

    def wrong(self, path: Path, message: str, hint: str = "") -> None:
        self.reading.mistakes.append(mistakes.mistake(self.written, path, message, hint))

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


def read(path: pathlib.Path, config: Config, known: Known) -> Config:
    """*config* with what the file at *path* says; raises ConfigError with every mistake there is."""
    root = path.parent
    reading = _Reading(config.cwd, repository(root) or root)
    config = replace(config, root=root, file=shown(path, config.cwd), golden_folder=root / "golden")
    config = _read(path, config, reading, (), None)
    if reading.sets is not None:
        config = replace(config, sets=tuple(dict.fromkeys(reading.sets)))
    reading.mistakes += _unknown_names(reading, config, known)
    if reading.mistakes:
        raise mistakes.error(reading.mistakes)
    if not reading.golden and is_folder(config.golden_folder):
        return golden_folder.used(config)
    return config


def _unknown_names(reading: _Reading, config: Config, known: Known) -> list[Problem]:
    try:
        return list(unknown(reading.names, config.policies, known))
    except ConfigError:  # a policy file is wrong: that comes second, where this file is wrong too
        if not reading.mistakes:
            raise
    return []


def _read(
    path: pathlib.Path,
    config: Config,
    reading: _Reading,
    above: tuple[pathlib.Path, ...],
    named: Problem | None,
) -> Config:
    """Take in one file, after those that it extends; *named* is the complaint where it cannot be opened."""
    from chartkit.syntax.yaml.yaml_file import load

    try:
        written = load(path, shown(path, reading.cwd))
    except FileError as error:
        missing = named if named is not None and not is_file(path) else None
        reading.mistakes.append(missing or error.problem)
        return config
    config = replace(config, common=(*config.common, path.as_posix()))
    found = list(mistakes.of_schema(written))
    reading.mistakes += (one for _, one in found)
    data = _sound(written.data, [bad for bad, _ in found])
    file = _File(path, written, data, reading)
    for where, entry in file.list("extends"):
        config = _extend(file, where, entry, config, above)
    if data.get("extends") == [] and reading.sets is None:
        reading.sets = []
    for key in data:
        if key in _KEYS:
            config = _KEYS[key](file, config)
    return config


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


def _extend(file: _File, where: Path, entry: str, config: Config, above: tuple[pathlib.Path, ...]) -> Config:
    if not ("/" in entry or entry.endswith(YAML_SUFFIXES)):
        file.reading.names.append(
            Named(entry, file.written.place(where), mistakes.dotted(where), is_set=True)
        )
        file.reading.sets = [*(file.reading.sets or ()), entry]
        return config
    path = absolute(entry, file.folder)
    if not file.confined(where, entry):
        return config
    if path in (*above, file.path):
        file.wrong(where, f"{entry!r} extends itself", "remove it from one of the files")
    elif len(above) >= MAX_EXTENDS:
        file.wrong(where, f"more than {MAX_EXTENDS} files extend each other", "put some of them together")
    elif len(config.common) >= MAX_FILES:
        file.wrong(where, f"more than {MAX_FILES} files are extended", "put some of them together")
    else:
        message = f"there is no file {shown(path, file.reading.cwd)!r}"
        named = mistakes.mistake(file.written, where, message, "correct the path, relative to this file")
        return _read(path, config, file.reading, (*above, file.path), named)
    return config


def _chart_dirs(file: _File, config: Config) -> Config:
    folders = []
    for where, entry in file.list("chart-dirs"):
        folders.append(absolute(entry, file.folder))
        if file.confined(where, entry) and not is_folder(folders[-1]):
            file.wrong(where, f"there is no folder {entry!r}", "correct the path, relative to this file")
    return replace(config, chart_dirs=tuple(folders))


def _excluded(file: _File, config: Config) -> Config:
    patterns = []
    for where, entry in file.list("excluded-charts"):
        patterns.append(str(absolute(entry, file.folder)) if "/" in entry else entry)
        file.confined(where, entry)
    return replace(config, excluded_charts=(*config.excluded_charts, *patterns))


def _charts(file: _File, config: Config) -> Config:
    found = []
    for key, body in file.data["charts"].items():
        path: Path = ("charts", key)
        file.confined(path, key)
        scenarios = body.get("scenarios") or {}
        read_one = (
            read_scenario(file.written, (*path, "scenarios", name), scenario, file.wrong)
            for name, scenario in scenarios.items()
        )
        given = body.get("values")
        found.append(
            ChartConfig(
                absolute(key, file.folder).as_posix(),
                key,
                file.written.place(path, on_key=True),
                _settings(file, path, body),
                tuple(read_one),
                None if given is None else read_base(file.written, (*path, "values"), given, file.wrong),
            )
        )
    return replace(config, charts=(*config.charts, *found))


def _settings(file: _File, path: Path, body: Mapping[str, Any]) -> Settings:
    """The settings in *body*, which stands at *path*."""
    for index, pattern in enumerate(body.get("scenario-files") or ()):
        if pattern is not None and not is_below(pattern):
            where = (*path, "scenario-files", index)
            file.wrong(where, f"expected a pattern below the chart's folder, not {pattern!r}", _BELOW)
    return read_settings(body)


def _files(key: str) -> Callable[[_File, Config], Config]:
    def read_files(file: _File, config: Config) -> Config:
        found = list(getattr(config, key))
        for where, entry in file.list(key):
            if not file.confined(where, entry):
                continue
            try:
                named = list(expand(entry, file.folder, YAML_SUFFIXES))
            except TooManyFiles:
                file.wrong(where, f"{entry!r} holds too many files to look through", "name a smaller folder")
                continue
            if not named:
                hint = "correct the path, relative to this file, or remove it"
                file.wrong(where, f"no file fits {entry!r}", hint)
            found += (one for one in named if not one.is_symlink() or file.confined(where, entry, one))
        patterns = (absolute(entry, file.folder).as_posix() for _, entry in file.list(key))
        kept = _PATTERNS[key]
        changed: dict[str, Any] = {
            key: tuple(dict.fromkeys(found)),
            kept: (*getattr(config, kept), *patterns),
        }
        return replace(config, **changed)

    return read_files


def _rules(file: _File, config: Config) -> Config:
    found = dict(config.rules)
    for name, level in file.data["rules"].items():
        place = file.written.place(("rules", name), on_key=True)
        file.reading.names.append(Named(name, place, "rules"))
        found[name] = None if level in ("off", False) else Severity[level.upper()]
    return replace(config, rules=found)


def _ignore(file: _File, config: Config) -> Config:
    found = []
    for where, entry in file.list("ignore"):
        if "rule" in entry:
            place = file.written.place((*where, "rule"))
            file.reading.names.append(Named(entry["rule"], place, mistakes.dotted((*where, "rule"))))
        if "rule" in entry and "reason" in entry:
            chart = entry.get("chart", "")
            if "/" in chart:  # a path: as reports show it
                file.confined((*where, "chart"), chart)
                chart = shown(absolute(chart, file.folder), config.cwd)
            found.append(IgnoreEntry(**{**entry, "chart": chart, "place": file.written.place(where)}))
    return replace(config, ignore=(*config.ignore, *found))


def _golden(file: _File, config: Config) -> Config:
    where: Path = ("golden",)
    value = file.data["golden"]
    if isinstance(value, dict):
        config = replace(config, golden_masks=(*config.golden_masks, *_masks(file, value)))
        if "folder" not in value:
            return config
        value, where = value["folder"], ("golden", "folder")
    file.reading.golden = True
    if value is False:
        return replace(config, golden=None)
    folder = absolute(value, file.folder)
    if is_file(folder):
        file.wrong(where, f"{value!r} is not a folder", "name a folder")
    elif why := golden_folder.unfit(folder, config.root):
        file.wrong(where, f"{value!r} {why}", golden_folder.OWN)
    return replace(config, golden=folder, golden_folder=folder)


def _masks(file: _File, golden: dict[str, Any]) -> Iterator[Mask]:
    from chartkit.golden.diff.steps import steps

    for index, entry in enumerate(golden.get("mask") or ()):
        where: Path = ("golden", "mask", index)
        given = {"path": entry} if isinstance(entry, str) else entry or {}
        if "path" not in given:
            continue  # the schema has said so
        where = where if isinstance(entry, str) else (*where, "path")
        try:
            deep = steps(given["path"]).count(DEEP)
        except ValueError as error:
            file.wrong(where, str(error))
            continue
        if deep > 1:
            file.wrong(where, f"{DEEP} stands twice in the path {given['path']!r}", f"leave one {DEEP} in it")
        yield Mask(given["path"], file.written.place(where), given.get("resource", ""))


def _baseline(file: _File, config: Config) -> Config:
    value = file.data["baseline"]
    path = value and absolute(value, file.folder)
    if path and (why := outside(path, repository(config.root) or config.root, links=False)):
        file.wrong(("baseline",), f"{value!r} {why}", "name a file in the repository, which is no link")
    return replace(config, baseline=path)


def _fail_on(file: _File, config: Config) -> Config:
    value = file.data["fail-on"]
    return replace(config, fail_on=None if value == "never" else Severity[value.upper()])


def _limits(file: _File, config: Config) -> Config:
    given = file.data["limits"]
    changed: dict[str, Any] = {key: _bytes(given[key]) for key in ("memory", "render") if key in given}
    if "seconds" in given:
        changed["seconds"] = float(given["seconds"])
    return replace(config, limits=replace(config.limits, **changed))


def _snake(given: dict[str, Any]) -> dict[str, Any]:
    return {key.replace("-", "_"): value for key, value in given.items()}


def _bytes(size: str) -> int:
    number, unit = re.fullmatch(r"(\d+) ?([KMG])iB", size, re.ASCII).groups()  # type: ignore[union-attr]
    return int(number) << _UNITS[unit]


def _same(key: str) -> Callable[[_File, Config], Config]:
    return lambda file, config: replace(config, **{key.replace("-", "_"): file.data[key]})


_KEYS: Final[dict[str, Callable[[_File, Config], Config]]] = {
    "chart-dirs": _chart_dirs,
    "excluded-charts": _excluded,
    "charts": _charts,
    "defaults": lambda file, config: replace(
        config, defaults=_settings(file, ("defaults",), file.data["defaults"]).over(config.defaults)
    ),
    "policies": _files("policies"),
    "crds": _files("crds"),
    "rules": _rules,
    "ignore": _ignore,
    "golden": _golden,
    "baseline": _baseline,
    "fail-on": _fail_on,
    "limits": _limits,
    "coverage": lambda file, config: replace(
        config, coverage=replace(config.coverage, **_snake(file.data["coverage"]))
    ),
    **{key: _same(key) for key in ("strict", "engine", "siblings", "target-branch")},
}
