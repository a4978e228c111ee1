"""What a chart says of itself, and the only module that knows what of it Helm refuses."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from chartkit.model.place import Path
from chartkit.syntax import semver

CHART: Final = "Chart.yaml"
REQUIREMENTS: Final = "requirements.yaml"
MAX_DEPENDENCIES: Final = 1000  # Helm has no limit
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """What Helm refuses: in *file* at *path*, or at *mark* (line and column) where it is no YAML."""

    file: str
    path: Path
    message: str
    hint: str = ""
    mark: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Declared:
    """One entry of ``dependencies:``; *file* and *path* say where it is written."""

    name: str
    version: str
    repository: str
    alias: str
    file: str
    path: Path

    @property
    def is_local(self) -> bool:
        return self.repository.startswith("file://")

    @property
    def called(self) -> str:
        """The name that the parent knows it by."""
        return self.alias or self.name

    def accepts(self, version: str) -> bool:
        """Whether *version* is in the declared range; a range or version that cannot be read is not."""
        try:
            return semver.satisfies(self.version, version)
        except ValueError:
            return False


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a chart says of itself, as Helm understands it."""

    name: str
    version: str
    app_version: str = ""
    api_version: str = "v1"
    type: str = "application"
    kube_version: str = ""
    dependencies: tuple[Declared, ...] = ()


def refused(metadata: Metadata, name_of: Mapping[str, str]) -> Iterator[Fault]:
    """What Helm's own check of a chart refuses, and what would break the chart in an archive."""

    def fault(key: str, message: str, hint: str = "") -> Fault:
        return Fault(CHART, (name_of[key],) if key in name_of else (), message, hint)

    if not metadata.name:
        yield fault("name", "'name' is missing: expected the name of the chart", "add a name")
    elif metadata.name in (".", "..") or set(metadata.name) & {"/", "\\"}:
        yield fault("name", f"'name' is '{metadata.name}': expected a name without slashes and backslashes")
    if not metadata.version:
        yield fault("version", "'version' is missing: expected one like '1.2.3'", "add a version")
    else:
        try:
            semver.parse(metadata.version)
        except ValueError as error:
            yield fault("version", f"'version': {error}")
    if metadata.type not in ("application", "library"):
        yield fault("type", f"'type' is '{metadata.type}': expected 'application' or 'library'")
    yield from _refused_dependencies(metadata.dependencies)


def _refused_dependencies(dependencies: tuple[Declared, ...]) -> Iterator[Fault]:
    if len(dependencies) > MAX_DEPENDENCIES:
        message = f"{len(dependencies)} dependencies: at most {MAX_DEPENDENCIES} are read"
        yield Fault(dependencies[0].file, ("dependencies",), message, "split the chart")
    first: dict[str, Declared] = {}
    for one in dependencies:
        if one.alias and not _ALIAS.fullmatch(one.alias):
            message = f"alias '{one.alias}' of dependency '{one.name}': expected letters, digits, '-' and '_'"
            yield Fault(one.file, (*one.path, "alias"), message)
        if one.called in first:
            message = f"a second dependency has the name or alias '{one.called}'"
            yield Fault(one.file, one.path, message, "give one of the two another alias")
        first.setdefault(one.called, one)


def api_version_fault(metadata: Metadata) -> Fault | None:
    """Helm 4 opens no other charts than these; it does not ask this of subcharts."""
    if metadata.api_version in ("v1", "v2"):
        return None
    return Fault(CHART, ("apiVersion",), f"'apiVersion' is '{metadata.api_version}': expected 'v2' (or 'v1')")
