"""What is rendered: charts, and cases, which are one chart, scenario and Kubernetes version each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from chartkit.model.chart_file import ChartFile, is_packed
from chartkit.model.place import Place

COMMAND_LINE: Final = "command line"
"""The name of the scenario that ``-f`` and ``--set`` make."""

MAX_VALUES: Final = 16 << 20
"""The largest values file, in bytes, that is read."""


@dataclass(frozen=True, slots=True)
class SetValue:
    """One ``--set``-like argument; *flag* is Helm's name of it: ``set``, ``set-string`` …

    *place* is where it is written, None where that is the command line.
    """

    flag: str
    expression: str
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class BaseValues:
    """Values that all scenarios of a chart have in common: files, then *values* as JSON text.

    *places* is where each of *values* is written, by JSON pointer, outer ones first.
    """

    files: tuple[str, ...] = ()
    values: str = ""
    places: tuple[tuple[str, Place], ...] = ()


@dataclass(frozen=True, slots=True)
class Scenario:
    """A named set of inputs for one chart.

    *values* is inline values as JSON text (or empty), *places* where each of them is written, by
    JSON pointer; they apply in Helm's order: values files, then inline values, then set values, all of
    them over the *base*. *fails* is None where rendering must succeed, else a regular expression
    that Helm's message must contain (empty: any failure). *place* is where it is written. *below*
    is a whole scenario over whose values these are laid, also over those that it sets.
    """

    name: str
    values_files: tuple[str, ...] = ()
    values: str = ""
    set_values: tuple[SetValue, ...] = ()
    release: str = "release-name"
    namespace: str = "default"
    is_upgrade: bool = False
    api_versions: tuple[str, ...] = ()
    kube_versions: tuple[str, ...] = ()
    fails: str | None = None
    place: Place | None = None
    base: BaseValues = BaseValues()
    places: tuple[tuple[str, Place], ...] = field(default=(), compare=False)
    below: Scenario | None = None

    def files(self) -> Iterator[str]:
        """The files that its values come from, as they are named."""
        if self.below is not None:
            yield from self.below.files()
        yield from self.base.files
        yield from self.values_files
        for given in self.set_values:
            if given.flag == "set-file":
                parts = re.split(r"(?<!\\),", given.expression)
                yield from (re.sub(r"\\(.)", r"\1", part.partition("=")[2]) for part in parts)


@dataclass(frozen=True, slots=True)
class Dependency:
    """One entry of ``dependencies:`` in Chart.yaml (or requirements.yaml), at *place*."""

    name: str
    version: str
    repository: str
    place: Place
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart read whole into memory, dependencies included.

    *path* is the folder or archive as the user would name it. *files* maps Helm's canonical name
    (``parent/charts/sub/templates/x.yaml``) to the content, *origins* the same names to the file
    that a person would edit (a file inside an archive: ``charts/sub-1.0.0.tgz``). *digest* changes
    when any file does. *left_out* are files and folders beside them that are not part of the chart, each with
    the line of ``.helmignore`` that says so (none: Helm's own rule); None where Helm would read what was not
    read for safety.
    """

    name: str
    path: str
    version: str
    app_version: str
    api_version: str
    type: str
    kube_version: str
    dependencies: tuple[Dependency, ...]
    files: Mapping[str, bytes]
    origins: Mapping[str, str]
    digest: str
    left_out: Mapping[str, Place | None] = field(default_factory=dict)

    def each_file(self) -> Iterator[ChartFile]:
        """All its files, those of its subcharts too."""
        return (ChartFile(name, content, self.origin(name)) for name, content in self.files.items())

    def line(self, name: str, line: int | None, column: int | None = None) -> Place:
        """A line of the file with the canonical *name*; where that is packed, the archive as a whole."""
        file = self.origin(name)
        return Place(file) if is_packed(file) else Place(file, line, column)

    def origin(self, name: str) -> str:
        """The file to edit for the canonical *name*; the chart itself where it is unknown."""
        return self.origins.get(name, self.path)


@dataclass(frozen=True, slots=True)
class Case:
    """One chart (by *path*), one scenario, one Kubernetes version (``1.34.0``).

    *served* is what its cluster serves beside what comes with Kubernetes and the chart, as ``group/version``
    and ``group/version/Kind``; None where templates get Helm's own list instead.
    """

    chart: str
    path: str
    scenario: Scenario
    kube_version: str
    served: tuple[str, ...] | None = field(default=None, compare=False)

    @property
    def ref(self) -> CaseRef:
        return CaseRef(self.chart, self.scenario.name, self.kube_version)


@dataclass(frozen=True, slots=True, order=True)
class CaseRef:
    """How reports name a case; *chart* is the chart's name."""

    chart: str
    scenario: str
    kube_version: str
