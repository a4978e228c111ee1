"""The entries of chartkit.yaml for charts, scenarios, limits and accepted findings, as values."""

from __future__ import annotations

from dataclasses import dataclass

from chartkit.model.case import SetValue
from chartkit.model.place import Place


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
class ChartSettings:
    """What defaults, charts and scenarios may all set; None and empty set nothing."""

    release: str | None = None
    namespace: str | None = None
    kube_versions: tuple[str, ...] = ()
    api_versions: tuple[str, ...] = ()
    scenario_files: tuple[str, ...] | None = None

    def over(self, below: ChartSettings) -> ChartSettings:
        """These settings where they are set, else those *below*; API versions add up."""
        return ChartSettings(
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
    """A scenario as chartkit.yaml has it, for any chart; *dropped* where it is ``false``."""

    name: str
    place: Place
    dropped: bool = False
    settings: ChartSettings = ChartSettings()
    values_files: tuple[FileArgument, ...] = ()
    values: str = ""
    places: tuple[tuple[str, Place], ...] = ()
    set_values: tuple[SetValue, ...] = ()
    set_files: tuple[FileArgument, ...] = ()
    upgrade: bool = False
    fails: str | None = None


@dataclass(frozen=True, slots=True)
class ChartConfig:
    """ChartSettings of the charts whose absolute path fits *pattern*, which is written as *key* at *place*.

    *values* go under those of every scenario; None where the entry has none.
    """

    pattern: str
    key: str
    place: Place
    settings: ChartSettings = ChartSettings()
    scenarios: tuple[ScenarioConfig, ...] = ()
    values: ValuesConfig | None = None
