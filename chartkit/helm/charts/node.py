"""The parts of a chart that is being read: what it declares, its lock, its place in the tree."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm.charts.folder import File
from chartkit.model.chart_file import CHART_YAML
from chartkit.model.errors import FileError
from chartkit.model.place import Path, Place
from chartkit.syntax import semver

MAX_DEPENDENCIES: Final = 1000  # Helm has no limit
_ALIAS = re.compile(r"[a-zA-Z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Helm refuses: in *file* at *path*, or at *mark* (line and column) where it is no YAML."""

    file: str
    path: Path
    message: str
    hint: str = ""
    mark: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Requirement:
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
        return _is_in_range(version, self.version)


def _is_in_range(version: str, constraint: str) -> bool:
    try:
        return semver.satisfies(constraint, version)
    except ValueError:
        return False


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of Chart.yaml that matter here, as Helm reads them."""

    name: str
    version: str
    app_version: str = ""
    api_version: str = "v1"
    type: str = "application"
    kube_version: str = ""
    dependencies: tuple[Requirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """One entry of the lock; *path* says where it is written."""

    name: str
    version: str
    repository: str
    path: Path

    def accepts(self, version: str) -> bool:
        """Whether Helm takes a chart of *version* for it."""
        return _is_in_range(version, self.version)


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock file as Helm reads it."""

    file: str
    digest: str = ""
    entries: tuple[Locked, ...] = ()
    plain: list[dict[str, Any]] | None = field(default=None, hash=False)

    def version_of(self, declared: Requirement) -> str:
        """The locked version of a dependency, empty where there is none in the range."""
        named = (one.version for one in self.entries if one.name == declared.name)
        return next((version for version in named if declared.accepts(version)), "")


@dataclass(frozen=True, slots=True)
class Where:
    """Where a chart is: *shown* is its folder, or the archive that holds it and then *folder* is None.

    *inner* is its folder in the chart that it is a part of, if any. *leaves_out* decides which of its files
    ``.helmignore`` hides: that of the outermost folder, no other counts.
    """

    shown: str
    folder: str | None = None
    inner: str = ""
    leaves_out: Callable[[str], bool] = lambda _: False

    @property
    def is_root(self) -> bool:
        """Whether it is a chart folder that lies in no other chart's ``charts/``."""
        return self.folder is not None and not self.inner

    def file(self, name: str) -> str:
        if self.folder is None:
            return self.shown
        return f"{self.shown}/{name}" if self.shown not in ("", ".") else name

    def below(self, name: str) -> Where:
        """Where the subchart in the folder *name* is."""
        folder = f"{self.folder}/{name}" if self.folder is not None else None
        return Where(
            self.file(name), folder, f"{self.inner}{name}/", lambda file: self.leaves_out(f"{name}/{file}")
        )


@dataclass(frozen=True, slots=True)
class Missing:
    """A dependency that is nowhere: *locked* is the version that the lock file of its chart names."""

    declared: Requirement
    locked: str
    shown: str


@dataclass(slots=True)
class Node:
    """A chart of the tree with its own *files*; *folder* is what it is called in ``charts/``.

    *left_out* are the files that are not part of it, as in `chartkit.helm.charts.folder.Contents`.
    """

    metadata: Metadata
    where: Where
    files: list[File]
    folder: str = ""
    children: list[Node] = field(default_factory=list)
    left_out: dict[str, int | None] = field(default_factory=dict)
    lock: Lock | None = None

    @property
    def content(self) -> dict[str, bytes]:
        """Its own files by name."""
        return {file.name: file.content for file in self.files}

    def again(self) -> Node:
        """The same chart for another place in the tree."""
        return Node(self.metadata, self.where, self.files, "", self.children, self.left_out)

    def child_for(self, declared: Requirement) -> Node | None:
        """The subchart that Helm takes for *declared*: the right name, and a version in the range."""
        named = [child for child in self.children if child.metadata.name == declared.name]
        return next((child for child in named if declared.accepts(child.metadata.version)), None)


def written_place(where: Where, fault: Refusal, content: bytes | None) -> Place:
    """The line of a fault; the archive alone where it is in one."""
    if where.folder is None:
        return Place(where.shown)
    file = where.file(fault.file)
    if content is None:
        return Place(where.shown)
    return Place(file, *(fault.mark or position(content, fault.path)))


def position(content: bytes, path: Path) -> tuple[int, int]:
    """Line and column, from 1, of the value at *path* or of the nearest above it; 1, 1 where none is."""
    from chartkit.syntax.yaml import kube_yaml

    try:
        spot = kube_yaml.find(content.decode(), path)
    except (UnicodeDecodeError, FileError):
        spot = None
    return (1, 1) if spot is None else (spot.node.start_mark.line + 1, spot.node.start_mark.column + 1)


def refused(metadata: Metadata, name_of: Mapping[str, str]) -> Iterator[Refusal]:
    """What Helm's own check of a chart refuses, and what would break the chart in an archive."""

    def fault(key: str, message: str, hint: str = "") -> Refusal:
        return Refusal(CHART_YAML, (name_of[key],) if key in name_of else (), message, hint)

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


def _refused_dependencies(dependencies: tuple[Requirement, ...]) -> Iterator[Refusal]:
    if len(dependencies) > MAX_DEPENDENCIES:
        message = f"{len(dependencies)} dependencies: at most {MAX_DEPENDENCIES} are read"
        yield Refusal(dependencies[0].file, ("dependencies",), message, "split the chart")
    first: dict[str, Requirement] = {}
    for one in dependencies:
        if one.alias and not _ALIAS.fullmatch(one.alias):
            message = f"alias '{one.alias}' of dependency '{one.name}': expected letters, digits, '-' and '_'"
            yield Refusal(one.file, (*one.path, "alias"), message)
        if one.called in first:
            message = f"a second dependency has the name or alias '{one.called}'"
            yield Refusal(one.file, one.path, message, "give one of the two another alias")
        first.setdefault(one.called, one)


def api_version_fault(metadata: Metadata) -> Refusal | None:
    """Helm 4 opens no other charts than these; it does not ask this of subcharts."""
    if metadata.api_version in ("v1", "v2"):
        return None
    return Refusal(
        CHART_YAML, ("apiVersion",), f"'apiVersion' is '{metadata.api_version}': expected 'v2' (or 'v1')"
    )
