"""Reads chartkit.yaml and what it extends into a `Config`, collecting every mistake on the way."""

from __future__ import annotations

import pathlib
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.errors import ConfigError, Problem
from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.plan.config import Config, golden_folder
from chartkit.plan.config.entries import IgnoreEntry
from chartkit.plan.config.known_rules import KnownRules, unknown_rules
from chartkit.plan.config.scenario_entries import read_charts, read_settings
from chartkit.plan.config.source import ConfigReading, ConfigSource, open_source
from chartkit.syntax import file_errors
from chartkit.system.containment import outside
from chartkit.system.paths import (
    YAML_SUFFIXES,
    TooManyFiles,
    absolute,
    expand,
    is_folder,
    repository,
    shown,
)

if TYPE_CHECKING:
    pass

MAX_EXTENDS: Final = 8
MAX_FILES: Final = 100
_CONFINED: Final = "put a copy of it into the repository, or leave it out"
_BELOW: Final = "keep values files in the chart, or name them in scenarios"
_PATTERNS: Final = {"policies": "common", "crds": "crd_sources"}
_UNITS: Final = {"K": 10, "M": 20, "G": 30}


def read(path: pathlib.Path, config: Config, known: KnownRules) -> Config:
    """*config* with what the file at *path* says; raises ConfigError with every mistake there is."""
    root = path.parent
    reading = ConfigReading(config.cwd, repository(root) or root)
    config = replace(config, root=root, file=shown(path, config.cwd), golden_folder=root / "golden")
    config = _read(path, config, reading, (), None)
    if reading.sets is not None:
        config = replace(config, sets=tuple(dict.fromkeys(reading.sets)))
    reading.mistakes += _unknown_names(reading, config, known)
    if reading.mistakes:
        raise file_errors.error(reading.mistakes)
    if not reading.has_golden and is_folder(config.golden_folder):
        return golden_folder.with_goldens(config)
    return config


def _unknown_names(reading: ConfigReading, config: Config, known: KnownRules) -> list[Problem]:
    try:
        return list(unknown_rules(reading.names, config.policies, known))
    except ConfigError:  # a policy file is wrong: that comes second, where this file is wrong too
        if not reading.mistakes:
            raise
    return []


def _read(
    path: pathlib.Path,
    config: Config,
    reading: ConfigReading,
    above: tuple[pathlib.Path, ...],
    missing: Problem | None,
) -> Config:
    """Take in one file, after those that it extends; *missing* is the mistake where it is not there."""
    file = open_source(path, reading, missing)
    if file is None:
        return config
    config = replace(config, common=(*config.common, path.as_posix()))
    for where, entry in file.list("extends"):
        config = _extend(file, where, entry, config, above)
    if file.data.get("extends") == [] and reading.sets is None:
        reading.sets = []
    for key in file.data:
        if key in _KEYS:
            config = _KEYS[key](file, config)
    return config


def _extend(
    file: ConfigSource, where: Path, entry: str, config: Config, above: tuple[pathlib.Path, ...]
) -> Config:
    if not ("/" in entry or entry.endswith(YAML_SUFFIXES)):
        file.named(entry, where, file_errors.dotted(where), is_set=True)
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
        missing = file_errors.problem(file.written, where, message, "correct the path, relative to this file")
        return _read(path, config, file.reading, (*above, file.path), missing)
    return config


def _chart_dirs(file: ConfigSource, config: Config) -> Config:
    folders = []
    for where, entry in file.list("chart-dirs"):
        folders.append(absolute(entry, file.folder))
        if file.confined(where, entry) and not is_folder(folders[-1]):
            file.wrong(where, f"there is no folder {entry!r}", "correct the path, relative to this file")
    return replace(config, chart_dirs=tuple(folders))


def _excluded(file: ConfigSource, config: Config) -> Config:
    patterns = []
    for where, entry in file.list("excluded-charts"):
        patterns.append(str(absolute(entry, file.folder)) if "/" in entry else entry)
        file.confined(where, entry)
    return replace(config, excluded_charts=(*config.excluded_charts, *patterns))


def _files(key: str) -> Callable[[ConfigSource, Config], Config]:
    def read_files(file: ConfigSource, config: Config) -> Config:
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


def _rules(file: ConfigSource, config: Config) -> Config:
    found = dict(config.rules)
    for name, level in file.data["rules"].items():
        file.named(name, ("rules", name), "rules", on_key=True)
        found[name] = None if level in ("off", False) else Severity[level.upper()]
    return replace(config, rules=found)


def _ignore(file: ConfigSource, config: Config) -> Config:
    found = []
    for where, entry in file.list("ignore"):
        if "rule" in entry:
            file.named(entry["rule"], (*where, "rule"), file_errors.dotted((*where, "rule")))
        if "rule" in entry and "reason" in entry:
            chart = entry.get("chart", "")
            if "/" in chart:  # a path: as reports show it
                file.confined((*where, "chart"), chart)
                chart = shown(absolute(chart, file.folder), config.cwd)
            found.append(IgnoreEntry(**{**entry, "chart": chart, "place": file.place(where)}))
    return replace(config, ignore=(*config.ignore, *found))


def _baseline(file: ConfigSource, config: Config) -> Config:
    value = file.data["baseline"]
    path = value and absolute(value, file.folder)
    if path and (why := outside(path, repository(config.root) or config.root, links=False)):
        file.wrong(("baseline",), f"{value!r} {why}", "name a file in the repository, which is no link")
    return replace(config, baseline=path)


def _fail_on(file: ConfigSource, config: Config) -> Config:
    value = file.data["fail-on"]
    return replace(config, fail_on=None if value == "never" else Severity[value.upper()])


def _limits(file: ConfigSource, config: Config) -> Config:
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


def _same(key: str) -> Callable[[ConfigSource, Config], Config]:
    return lambda file, config: replace(config, **{key.replace("-", "_"): file.data[key]})


_KEYS: Final[dict[str, Callable[[ConfigSource, Config], Config]]] = {
    "chart-dirs": _chart_dirs,
    "excluded-charts": _excluded,
    "charts": lambda file, config: replace(config, charts=(*config.charts, *read_charts(file))),
    "defaults": lambda file, config: replace(
        config, defaults=read_settings(file, ("defaults",), file.data["defaults"]).over(config.defaults)
    ),
    "policies": _files("policies"),
    "crds": _files("crds"),
    "rules": _rules,
    "ignore": _ignore,
    "golden": golden_folder.read,
    "baseline": _baseline,
    "fail-on": _fail_on,
    "limits": _limits,
    "coverage": lambda file, config: replace(
        config, coverage=replace(config.coverage, **_snake(file.data["coverage"]))
    ),
    **{key: _same(key) for key in ("strict", "engine", "siblings", "target-branch")},
}
