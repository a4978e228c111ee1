"""What the user asked for, as frozen values, which `chartkit.plan.config.configure.read` makes."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Final, Literal

from chartkit.golden.masks import Mask
from chartkit.model.case import Scenario, SetValue
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.system.paths import repository, shown

EngineName = Literal["embedded", "cli"]

Before = Callable[[Collection[pathlib.Path]], Mapping[pathlib.Path, bytes]]
"""Tells what files held before they were changed, as far as they were there."""

BASELINE: Final = "chartkit-baseline.json"
"""The name of a baseline that nobody has to name."""

SCENARIO_FILES: Final = (
    "ci/*-values.yaml",
    "ci/*-values.yml",
    "values-*.yaml",
    "values-*.yml",
    "tests/kubeconform/*-values.yaml",
    "linter_values.yaml",
)
"""Where chart repositories keep values to try: chart-testing, common use, kubeconform-helm, Gruntwork."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one case may use: *seconds* of processor time, bytes of *memory* and of the text of a *render*."""

    seconds: float = 30.0
    memory: int = 2 << 30
    render: int = 64 << 20


@dataclass(frozen=True, slots=True)
class CoverageConfig:
    """How much of a chart's branches its scenarios must cover, in percent (None: that is not checked).

    *vendored*: the templates of packed subcharts count, too.
    """

    fail_under: float | None = None
    vendored: bool = False


@dataclass(frozen=True, slots=True)
class IgnoreEntry:
    """A finding that is accepted; an empty field fits everything.

    *chart* (name or path) and *resource* (``Kind/name``) are patterns; *path* is a JSON pointer and
    fits what is below it too. *place* is where the entry is written.
    """

    rule: str
    reason: str
    place: Place
    chart: str = ""
    resource: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What defaults, charts and scenarios may all say; None and empty say nothing."""

    release: str | None = None
    namespace: str | None = None
    kube_versions: tuple[str, ...] = ()
    api_versions: tuple[str, ...] = ()
    scenario_files: tuple[str, ...] | None = None

    def over(self, below: Settings) -> Settings:
        """These settings where they say something, else those *below*; API versions add up."""
        return Settings(
            release=below.release if self.release is None else self.release,
            namespace=below.namespace if self.namespace is None else self.namespace,
            kube_versions=self.kube_versions or below.kube_versions,
            api_versions=tuple(dict.fromkeys(below.api_versions + self.api_versions)),
            scenario_files=below.scenario_files if self.scenario_files is None else self.scenario_files,
        )


@dataclass(frozen=True, slots=True)
class FileArgument:
    """A file that a scenario names, relative to the chart; *key* is what ``set-file`` sets with it."""

    path: str
    place: Place
    key: str = ""


@dataclass(frozen=True, slots=True)
class ValuesConfig:
    """Values as they are written: *files*, then a mapping, *inline*, as JSON (or empty).

    *places* tells where each value of the mapping is written, by JSON pointer, outer ones first.
    """

    files: tuple[FileArgument, ...] = ()
    inline: str = ""
    places: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class ScenarioConfig:
    """A scenario as it is written, before it meets a chart; *dropped* where it is ``false``."""

    name: str
    place: Place
    dropped: bool = False
    settings: Settings = Settings()
    values_files: tuple[FileArgument, ...] = ()
    values: str = ""
    places: tuple[tuple[str, Place], ...] = ()
    set_values: tuple[SetValue, ...] = ()
    set_files: tuple[FileArgument, ...] = ()
    upgrade: bool = False
    fails: str | None = None


@dataclass(frozen=True, slots=True)
class ChartConfig:
    """Settings of the charts whose absolute path fits *pattern*, which is written as *key* at *place*.

    *values* go under those of every scenario; None says nothing.
    """

    pattern: str
    key: str
    place: Place
    settings: Settings = Settings()
    scenarios: tuple[ScenarioConfig, ...] = ()
    values: ValuesConfig | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """The whole configuration. Paths are absolute; patterns are absolute paths with ``*``, ``?``, ``**``.

    *root* is the folder of the configuration file, else the working directory. *file* is how reports show
    that file (empty: none). *rules* holds None where a rule is off. *fail_on* is None for ``never``.
    *golden* is None where renders are not compared, *golden_folder* where an update writes, *golden_masks*
    what is masked there. *overrides*
    and *is_upgrade* are flags that beat every scenario; *command_line* is the scenario that replaces all
    others. *values_files* and *set_values* go into every discovered scenario (ct.yaml's
    ``helm-extra-args``). *cache_dir* is None where nothing is kept, *helm* where the command is looked
    for on PATH. *notices* are remarks about what is not used. *since* names the commit with which a
    branch is compared, *new* leaves out what was there before. *baseline* holds the findings that are
    accepted for now (False: none does). *flags* are those that were given, environment included.
    *common* are files, folders and patterns that concern every chart: those that the configuration was
    read from, and what it names as policies. *crd_sources* are those that it names as CRDs, *crds* what
    is there of them. *changed* are files, also such as are gone: only the charts that they concern are
    judged (None: nobody said); *before* tells what some of them held. *siblings* says whether dependencies
    are taken from the same checkout (None: where the declared address is not known to be another's).
    """

    root: pathlib.Path
    cwd: pathlib.Path
    file: str = ""
    sets: tuple[str, ...] = ("recommended",)
    chart_dirs: tuple[pathlib.Path, ...] = ()
    excluded_charts: tuple[str, ...] = ()
    charts: tuple[ChartConfig, ...] = ()
    defaults: Settings = Settings()
    values_files: tuple[str, ...] = ()
    set_values: tuple[SetValue, ...] = ()
    policies: tuple[pathlib.Path, ...] = ()
    common: tuple[str, ...] = ()
    changed: tuple[pathlib.Path, ...] | None = None
    before: Before | None = None
    crds: tuple[pathlib.Path, ...] = ()
    crd_sources: tuple[str, ...] = ()
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    ignore: tuple[IgnoreEntry, ...] = ()
    golden: pathlib.Path | None = None
    golden_folder: pathlib.Path = pathlib.Path("golden")
    golden_masks: tuple[Mask, ...] = ()
    fail_on: Severity | None = Severity.ERROR
    strict: bool = False
    engine: EngineName = "embedded"
    helm: str | None = None
    limits: Limits = Limits()
    coverage: CoverageConfig = CoverageConfig()
    target_branch: str = "main"
    remote: str = "origin"
    jobs: int = 1
    deadline: float | None = None
    cache_dir: pathlib.Path | None = None
    update_dependencies: bool = False
    siblings: bool | None = None
    real: bool = False
    formats: tuple[tuple[str, str | None], ...] = (("text", None),)
    scenario_names: tuple[str, ...] = ()
    overrides: Settings = Settings()
    is_upgrade: bool = False
    command_line: Scenario | None = None
    notices: tuple[str, ...] = ()
    since: str | None = None
    new: bool = False
    baseline: pathlib.Path | Literal[False] | None = None
    flags: Flags = field(default_factory=lambda: Flags())  # noqa: PLW0108  # it stands below

    @property
    def repository(self) -> pathlib.Path:
        """The folder in which all has to lie that is configured: of the git work tree, else *root*."""
        return repository(self.root) or self.root

    def shown(self, path: pathlib.Path) -> str:
        """*path* as reports show it: relative to the working directory, or absolute if that is shorter."""
        return shown(path, self.cwd)


@dataclass(frozen=True, slots=True)
class Piped:
    """The *text* of values that can be read but once, from stdin or another pipe, by its *name*."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Flags:
    """The command line as it was given: None and empty where a flag is absent.

    *values* are files of ``-f`` and what came through pipes there, *set_values* the ``--set`` family in
    order, *formats* pairs of a name and a file.
    """

    config: str | None = None
    scenario: tuple[str, ...] = ()
    kube_version: tuple[str, ...] = ()
    engine: str | None = None
    helm: str | None = None
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    fail_on: str | None = None
    formats: tuple[tuple[str, str | None], ...] = ()
    no_cache: bool | None = None
    cache_dir: str | None = None
    jobs: int | None = None
    timeout: float | None = None
    strict: bool | None = None
    crds: tuple[str, ...] = ()
    update_dependencies: bool | None = None
    siblings: bool | None = None
    real: bool | None = None
    values: tuple[str | Piped, ...] = ()
    set_values: tuple[SetValue, ...] = ()
    namespace: str | None = None
    release: str | None = None
    api_versions: tuple[str, ...] = ()
    is_upgrade: bool | None = None
    since: str | None = None
    new: bool | None = None
    baseline: str | None = None

    def over(self, below: Flags) -> Flags:
        """These flags where they are given, else those *below*."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(below, **{name: value for name, value in given.items() if value not in (None, ())})
