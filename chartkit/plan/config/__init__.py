"""What a run is to do: the configuration file, the environment and the flags, as one frozen value.

`chartkit.plan.config.configure.read` makes it. A flag is a field of `Flags`, with its variable; where it
stands for a value of the same name in `Config`, nothing else is needed.
"""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, Final, Literal

from chartkit.model.case import Scenario, SetValue
from chartkit.model.finding import Severity
from chartkit.plan.config.entries import ChartConfig, ChartSettings, CoverageConfig, IgnoreEntry, Limits
from chartkit.system.paths import repository, shown

if TYPE_CHECKING:  # few configurations have any
    from chartkit.golden.masked_fields import Mask

EngineName = Literal["embedded", "cli"]

BASELINE: Final = "chartkit-baseline.json"
"""The name of a baseline that is used without being named."""


@dataclass(frozen=True, slots=True)
class Piped:
    """The *text* of values that can be read but once, from stdin or another pipe, by its *name*."""

    name: str
    text: str


def _variable(name: str, default: Any = None) -> Any:
    """A flag that ``CHARTKIT_`` and *name* stands for in the environment."""
    return field(default=default, metadata={"variable": name})


@dataclass(frozen=True, slots=True)
class Flags:
    """The command line as it was given: None and empty where a flag is absent."""

    config: str | None = _variable("CONFIG")
    scenario: tuple[str, ...] = _variable("SCENARIO", ())
    kube_version: tuple[str, ...] = _variable("KUBE_VERSION", ())
    engine: str | None = _variable("ENGINE")
    helm: str | None = _variable("HELM")
    select: tuple[str, ...] = _variable("SELECT", ())
    ignore: tuple[str, ...] = _variable("IGNORE", ())
    fail_on: str | None = _variable("FAIL_ON")
    formats: tuple[tuple[str, str | None], ...] = _variable("FORMAT", ())
    """Names of formats, each with the file that it goes to (None: stdout)."""
    no_cache: bool | None = _variable("NO_CACHE")
    cache_dir: str | None = _variable("CACHE_DIR")
    jobs: int | None = _variable("JOBS")
    timeout: float | None = _variable("TIMEOUT")
    strict: bool | None = _variable("STRICT")
    crds: tuple[str, ...] = ()
    update_dependencies: bool | None = _variable("UPDATE_DEPENDENCIES")
    siblings: bool | None = _variable("NO_SIBLINGS")
    """The variable says the opposite."""
    real: bool | None = _variable("REAL")
    values: tuple[str | Piped, ...] = ()
    """Files of ``-f``, and what came through pipes there."""
    set_values: tuple[SetValue, ...] = ()
    """The ``--set`` family, in the order in which Helm obeys it."""
    namespace: str | None = None
    release: str | None = None
    api_versions: tuple[str, ...] = ()
    is_upgrade: bool | None = None
    since: str | None = _variable("SINCE")
    new: bool | None = _variable("NEW")
    baseline: str | None = _variable("BASELINE")

    def over(self, below: Flags) -> Flags:
        """These flags where they are given, else those *below*."""
        given = {one.name: getattr(self, one.name) for one in fields(self)}
        return replace(below, **{name: value for name, value in given.items() if value not in (None, ())})


@dataclass(frozen=True, slots=True)
class Config:
    """All that a run is asked for.

    Paths are absolute; patterns are absolute paths with ``*``, ``?`` and ``**``.
    """

    root: pathlib.Path
    """The folder of the configuration file, else the working directory."""
    cwd: pathlib.Path
    file: str = ""
    """The configuration file as reports show it; empty where there is none."""
    common: tuple[str, ...] = ()
    """Paths and patterns of what concerns every chart: the configuration, what it extends, policies."""
    notices: tuple[str, ...] = ()
    """Remarks about what of ct.yaml is not used."""

    # Which charts, in which cases
    chart_dirs: tuple[pathlib.Path, ...] = ()
    excluded_charts: tuple[str, ...] = ()
    charts: tuple[ChartConfig, ...] = ()
    defaults: ChartSettings = field(default_factory=ChartSettings)
    overrides: ChartSettings = field(default_factory=ChartSettings)
    """What flags set for every scenario."""
    is_upgrade: bool = False
    """Whether every scenario is rendered as an upgrade."""
    extra_values_files: tuple[str, ...] = ()
    """Values files of every scenario that is found, from ``helm-extra-args`` of ct.yaml."""
    extra_set_values: tuple[SetValue, ...] = ()
    """The same of ``--set``."""
    scenario_names: tuple[str, ...] = ()
    """The only scenarios to render; empty: all."""
    command_line: Scenario | None = None
    """The scenario of ``-f`` and ``--set``, which replaces all others."""

    # Which of the charts have changed
    changed: tuple[pathlib.Path, ...] | None = None
    """Changed files, also removed ones: only charts that they concern are checked. None: every chart is."""
    before: Mapping[pathlib.Path, bytes] | None = None
    """What changed YAML files and templates were before, as far as they were there; None: not known."""
    since: str | None = None
    """The commit to compare with; only charts that have changed since are checked."""
    new: bool = False
    """Whether findings that were there at *since* are left out."""
    target_branch: str = "main"
    remote: str = "origin"

    # What is checked
    sets: tuple[str, ...] = ("recommended",)
    rules: Mapping[str, Severity | None] = field(default_factory=dict)
    """Severities that the configuration gives to rules; None where a rule is off."""
    select: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    policies: tuple[pathlib.Path, ...] = ()
    crds: tuple[pathlib.Path, ...] = ()
    crd_sources: tuple[str, ...] = ()
    """What the configuration and flags name as CRDs; *crds* are the files that are there."""
    strict: bool = False
    fail_on: Severity | None = Severity.ERROR
    """None: never."""
    ignore: tuple[IgnoreEntry, ...] = ()
    baseline: pathlib.Path | Literal[False] | None = None
    """The file of findings that are accepted for now; False: there is none, whatever lies there."""
    golden: pathlib.Path | None = None
    """The folder of renders to compare with; None where they are not compared."""
    golden_folder: pathlib.Path = pathlib.Path("golden")
    """Where an update writes them."""
    golden_masks: tuple[Mask, ...] = ()
    coverage: CoverageConfig = field(default_factory=CoverageConfig)

    # How it runs, and what is printed
    engine: EngineName = "embedded"
    helm: str | None = None
    """The helm command; None: it is looked for on PATH."""
    limits: Limits = field(default_factory=Limits)
    jobs: int = 1
    timeout: float | None = None
    """The seconds that the run may take."""
    deadline: float | None = None
    """When they are up, by `time.monotonic`."""
    cache_dir: pathlib.Path | None = None
    """Where results are kept; None: nowhere."""
    update_dependencies: bool = False
    siblings: bool | None = None
    """Whether dependencies come from the same checkout; None: unless their address is known as another's."""
    real: bool = False
    """Whether random and time-dependent functions are left as they are."""
    formats: tuple[tuple[str, str | None], ...] = (("text", None),)
    flags: Flags = Flags()
    """The flags and variables that were given: a review checks the base with them."""

    @property
    def repository(self) -> pathlib.Path:
        """The folder in which all has to lie that is configured: of the git work tree, else *root*."""
        return repository(self.root) or self.root

    @property
    def is_narrowed(self) -> bool:
        """Whether flags choose among the cases of charts, so that they say nothing about all scenarios."""
        return bool(self.scenario_names or self.overrides.kube_versions or self.command_line)

    def shown(self, path: pathlib.Path) -> str:
        """*path* as reports show it: relative to the working directory, or absolute if that is shorter."""
        return shown(path, self.cwd)
