"""Which scenarios a chart has: its defaults, the values files beside it, and what chartkit.yaml adds."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from chartkit.helm import set_values
from chartkit.model.case import BaseValues, Scenario, SetValue
from chartkit.model.errors import ConfigError, Problem
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.plan.config import Config
from chartkit.plan.config.entries import ChartSettings, FileArgument, ScenarioConfig, ValuesConfig
from chartkit.plan.config.scenario_entries import escape
from chartkit.system.containment import outside
from chartkit.system.paths import (
    TooManyFiles,
    absolute,
    expand,
    files_and_folders,
    fits,
    is_file,
    is_folder,
    is_pattern,
    repository,
)

DEFAULT: Final = "default"
SCENARIO_FILES: Final = (
    "ci/*-values.yaml",
    "ci/*-values.yml",
    "values-*.yaml",
    "values-*.yml",
    "tests/kubeconform/*-values.yaml",
    "linter_values.yaml",
)
"""Where chart repositories keep values to try: chart-testing, common use, kubeconform-helm, Gruntwork."""
VALUES_FILE_MISSING: Final = "values-file-missing"
UNUSED: Final = "no scenario uses it"
_LOOKS_LIKE_VALUES = re.compile(r"(?!values\.ya?ml$)[^/]*values[^/]*\.ya?ml|ci/[^/]*\.ya?ml")


@dataclass(slots=True)
class ChartScenarios:
    """The scenarios of one chart.

    *hits* are values files that do not exist, *incomplete* the names of the scenarios that want them.
    *mistakes* are files that a configuration may not name. *unused* are files below the chart that look
    like values, with the reason why no scenario uses them.
    """

    scenarios: list[Scenario] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)
    incomplete: list[str] = field(default_factory=list)
    mistakes: list[Problem] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)

    def add(self, scenario: Scenario, base: BaseValues | None) -> None:
        """Take in *scenario* over the *base* of its chart, or as incomplete where that cannot be had."""
        if base is None:
            self.incomplete.append(scenario.name)
        else:
            self.scenarios.append(_over_base(scenario, base))


def _over_base(scenario: Scenario, base: BaseValues) -> Scenario:
    """*scenario* with *base* under all that it gives."""
    if scenario.below is not None:
        return replace(scenario, below=_over_base(scenario.below, base))
    return replace(scenario, base=base)


def find(chart: pathlib.Path, config: Config) -> ChartScenarios:
    """The scenarios of *chart*, an absolute folder or archive.

    Their Kubernetes versions are those that chartkit.yaml gives the chart or the scenario, or none.
    """
    settings, written, common = _entries_for(chart, config)
    folder = _Folder(chart) if is_folder(chart) else None
    home = chart if folder else chart.parent
    found = ChartScenarios()
    base = _base(common, home, config, found)
    found.mistakes += _files_outside(common.files, home, config, "every scenario")
    if config.command_line is not None:
        found.add(_with_settings(config.command_line, ChartSettings(), settings, config), base)
        return found
    patterns = settings.over(config.defaults).scenario_files
    wanted = {DEFAULT: ScenarioConfig(DEFAULT, Place(config.shown(chart)))}
    if folder:
        wanted |= _by_convention(folder, SCENARIO_FILES if patterns is None else patterns, config, found)
    for name, one in written.items():
        files = (*one.values_files, *one.set_files)
        found.mistakes += _files_outside(files, home, config, f"scenario {name!r}")
        wanted[name] = _with_found_values(one, wanted.get(name))
    for name, one in wanted.items():
        if one.dropped:
            continue
        scenario = _scenario(replace(one, name=name), home, config, found)
        if scenario is None:
            found.incomplete.append(name)
        else:
            found.add(_with_settings(scenario, one.settings, settings, config), base)
    if folder:
        named = [*common.files, *(file for one in wanted.values() for file in one.values_files)]
        used = {absolute(file.path, home) for file in named}
        unused = [path for path in folder.like_values() if chart / path not in used]
        found.unused |= {path: _why_unread(chart, path, config) or UNUSED for path in unused}
    return found


def _by_convention(
    folder: _Folder, patterns: Sequence[str], config: Config, found: ChartScenarios
) -> dict[str, ScenarioConfig]:
    """The scenarios of the values files in *folder* that *patterns* fit."""
    wanted: dict[str, ScenarioConfig] = {}
    for name, path in folder.named(patterns):
        if why := _why_unread(folder.path, path, config):
            found.unused[path] = why
            continue
        place = Place(config.shown(folder.path / path))
        files = (FileArgument(path, place),)
        wanted[_unused_name(name, path, {DEFAULT, *wanted})] = ScenarioConfig(name, place, values_files=files)
    return wanted


def _why_unread(chart: pathlib.Path, path: str, config: Config) -> str | None:
    """Why the file at *path* in *chart*, found by its name, is not read: it may be a link to any other.

    A chart that a person named may lie in another repository than the configuration.
    """
    home = pathlib.Path(os.path.realpath(chart))
    root = pathlib.Path(os.path.realpath(config.repository))
    why = outside(home / path, root if home.is_relative_to(root) else repository(home) or home)
    return why and f"it {why}"


def _entries_for(
    chart: pathlib.Path, config: Config
) -> tuple[ChartSettings, dict[str, ScenarioConfig], ValuesConfig]:
    """The settings, scenarios by name and common values of *chart* in chartkit.yaml; later entries win."""
    settings, values = ChartSettings(), ValuesConfig()
    scenarios: dict[str, ScenarioConfig] = {}
    for entry in config.charts:
        if fits(chart, entry.pattern):
            settings = entry.settings.over(settings)
            scenarios |= {one.name: one for one in entry.scenarios}
            values = values if entry.values is None else entry.values
    return settings, scenarios, values


def _base(
    given: ValuesConfig, home: pathlib.Path, config: Config, found: ChartScenarios
) -> BaseValues | None:
    """Values under those of every scenario of the chart in *home*; None, and hits, if a file is missing."""
    missing = list(_missing_files(given.files, home, config, "every scenario"))
    found.hits += missing
    return (
        None if missing else BaseValues(_shown_paths(given.files, home, config), given.inline, given.places)
    )


def _with_found_values(one: ScenarioConfig, discovered: ScenarioConfig | None) -> ScenarioConfig:
    """A written scenario that names no values keeps the values file that its name was found by."""
    if discovered is None or one.values_files or one.values:
        return one
    return replace(one, values_files=discovered.values_files)


def _unused_name(name: str, path: str, taken: Collection[str]) -> str:
    """*name*, or where two files ask for it the whole file name, then the whole path."""
    options = (name, pathlib.PurePosixPath(path).stem, re.sub(r"[^\w.-]+", "-", path, flags=re.ASCII))
    return next((one for one in options if one not in taken), f"{options[-1]}-{len(taken)}")


def _scenario(
    one: ScenarioConfig, home: pathlib.Path, config: Config, found: ChartScenarios
) -> Scenario | None:
    """*one* as a scenario of the chart in *home*; None, and hits, where a file that it names is missing."""
    missing = list(
        _missing_files((*one.values_files, *one.set_files), home, config, f"scenario {one.name!r}")
    )
    found.hits += missing
    if missing:
        return None
    return Scenario(
        one.name,
        values_files=(*config.extra_values_files, *_shown_paths(one.values_files, home, config)),
        values=one.values,
        places=one.places,
        set_values=_set_values(one, home, config),
        is_upgrade=one.upgrade,
        fails=one.fails,
        place=one.place,
    )


def _missing_files(
    files: Iterable[FileArgument], home: pathlib.Path, config: Config, wanted_by: str
) -> Iterator[Hit]:
    hint = "correct the path, relative to the chart's folder, or add the file"
    for file in files:
        if not is_file(absolute(file.path, home)):
            message = f"{_described(file)} does not exist in {config.shown(home)!r} ({wanted_by})"
            yield Hit((), message, hint, VALUES_FILE_MISSING, place=file.place)


def _described(file: FileArgument) -> str:
    if file.key:
        return f"the file {file.path!r} that {file.key!r} is set from"
    return f"values file {file.path!r}"


def _files_outside(
    files: Iterable[FileArgument], home: pathlib.Path, config: Config, wanted_by: str
) -> Iterator[Problem]:
    """Mistakes for those of *files* that lie outside of the repository, where pull requests could lead."""
    for file in files:
        if why := outside(absolute(file.path, home), config.repository):
            message = f"expected a path inside of the repository, but {_described(file)} {why} ({wanted_by})"
            yield Problem(file.place, message, "put a copy of it into the repository, or leave it out")


def _shown_paths(files: Iterable[FileArgument], home: pathlib.Path, config: Config) -> tuple[str, ...]:
    return tuple(config.shown(absolute(file.path, home)) for file in files)


def _with_settings(scenario: Scenario, own: ChartSettings, chart: ChartSettings, config: Config) -> Scenario:
    """*scenario* under flags, its *own* settings, those of the *chart*, the defaults, Helm's own names."""
    defaults = replace(config.defaults, kube_versions=())
    settings = config.overrides.over(own.over(chart.over(defaults)))
    return replace(
        scenario,
        release=scenario.release if settings.release is None else settings.release,
        namespace=scenario.namespace if settings.namespace is None else settings.namespace,
        kube_versions=settings.kube_versions,
        api_versions=settings.api_versions,
        is_upgrade=scenario.is_upgrade or config.is_upgrade,
    )


def _set_values(one: ScenarioConfig, home: pathlib.Path, config: Config) -> tuple[SetValue, ...]:
    """What *one* sets, in the order in which Helm obeys the flags, whatever the order they are written in."""
    files = ((file, config.shown(absolute(file.path, home))) for file in one.set_files)
    from_files = (SetValue("set-file", f"{file.key}={escape(path)}", file.place) for file, path in files)
    given = (*config.extra_set_values, *one.set_values, *from_files)
    return tuple(sorted(given, key=lambda one: set_values.FLAGS.index(one.flag)))


class _Folder:
    """The files of a chart's folder by relative name; each folder in it is read at most once."""

    def __init__(self, path: pathlib.Path) -> None:
        self.path = path
        self.folders: dict[str, list[str]] = {}

    def files(self, folder: str) -> list[str]:
        """The relative names of the files in *folder* (empty: the chart's own), sorted."""
        if folder not in self.folders:
            names, _ = files_and_folders(self.path / folder)
            self.folders[folder] = [f"{folder}/{name}" if folder else name for name in names]
        return self.folders[folder]

    def matching(self, pattern: str) -> Sequence[str]:
        pattern = os.path.normpath(pattern)
        folder, _, _ = pattern.rpartition("/")
        if is_pattern(folder):
            try:
                found = [one for one in expand(pattern, self.path, ()) if one.is_relative_to(self.path)]
            except TooManyFiles:
                message = f"scenario-files: {pattern!r} has too many files to look through"
                raise ConfigError(message, "name the folder that holds values files") from None
            return sorted(one.relative_to(self.path).as_posix() for one in found)
        return [one for one in self.files(folder) if fits(pathlib.PurePosixPath(one), pattern)]

    def named(self, patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
        """The names of scenarios and the values files that *patterns* find, each file once."""
        paths = dict.fromkeys(path for pattern in patterns for path in self.matching(pattern))
        return ((scenario_name(path), path) for path in paths)

    def like_values(self) -> Iterator[str]:
        return (
            one for folder in ("", "ci") for one in self.files(folder) if _LOOKS_LIKE_VALUES.fullmatch(one)
        )


def scenario_name(path: str) -> str:
    """``ci/ha-values.yaml``, ``values-ha.yaml`` and ``ha_values.yaml`` are all ``ha``."""
    stem = pathlib.PurePosixPath(path).stem
    short = re.sub(r"^values[-_.]+|[-_.]+values$", "", stem)
    return re.sub(r"[^\w.-]+", "-", short, flags=re.ASCII).strip("-.")[:63] or "values"
