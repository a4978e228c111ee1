"""The only module that knows where the charts come from that another chart declares to need.

Helm takes what lies in ``charts/``. A ``file://`` dependency is read where it is, at any depth, and beats
the copies of it: the chart is then what ``helm dependency build`` would make of it now. Only folders
that hold a Chart.yaml are read.
"""

from __future__ import annotations

import os
import pathlib
from typing import TYPE_CHECKING

from chartkit import semver
from chartkit.charts import chart_yaml
from chartkit.charts.chart_yaml import Declared, Fault
from chartkit.charts.node import Missing, Node, Where, written_place
from chartkit.model import Place

if TYPE_CHECKING:
    from chartkit.charts.tree import Builder


class Dependencies:
    """Finds what one chart declares: in ``charts/``, where ``file://`` says, or among what was fetched."""

    def __init__(
        self, builder: Builder, node: Node, content: dict[str, bytes], above: tuple[str, ...]
    ) -> None:
        self.builder = builder
        self.node = node
        self.content = content
        self.above = above
        self.settled: set[Declared] = set()

    def settle(self) -> None:
        declared = self.node.metadata.dependencies
        for one in declared:
            if one.is_local and self.node.where.folder is not None:
                self.follow(one)
        for one in declared:
            self.check(one)
        self.doubled()

    def follow(self, one: Declared) -> None:
        """Put the chart of a ``file://`` dependency in the place of the copies of it."""
        assert self.node.where.folder is not None
        target = os.path.join(self.node.where.folder, one.repository.removeprefix("file://"))  # noqa: PTH118
        real = os.path.realpath(target)
        if not os.path.isfile(f"{real}/{chart_yaml.CHART}"):  # noqa: PTH113
            return
        if real in self.above:
            names = " -> ".join([*map(os.path.basename, self.above[self.above.index(real) :]), one.name])
            self.settled.add(one)
            self.hit(
                "dependency-cycle", one, f"the chart depends on itself: {names}", "remove the dependency"
            )
            self.node.children = [child for child in self.node.children if child.metadata.name != one.name]
            return
        child = self.local(pathlib.Path(real), target)
        if child is None:
            self.settled.add(one)
        if child is None or any(child.where == other.where for other in self.node.children):
            return
        self.node.children = [other for other in self.node.children if not self.replaced(other, child)]
        self.node.children.append(child)

    def local(self, real: pathlib.Path, target: str) -> Node | None:
        """The chart in a folder; read once, however many depend on it."""
        known = self.builder.local
        if str(real) not in known:
            known[str(real)] = None
            shown = _shown(self.node.where.shown, str(self.node.where.folder), target)
            known[str(real)] = self.builder.folder(real, shown, self.above)
        found = known[str(real)]
        if found is None:
            return None
        return Node(found.metadata, found.where, found.files, "", found.children, found.left_out)

    def replaced(self, other: Node, child: Node) -> bool:
        """Whether *other* is a copy of *child*, and no other dependency of that name wants it."""
        if other.metadata.name != child.metadata.name:
            return False
        rest = [one for one in self.node.metadata.dependencies if one.name == other.metadata.name]
        return not any(not one.is_local and one.accepts(other.metadata.version) for one in rest)

    def check(self, one: Declared) -> None:
        """Say what is wrong with a dependency; fetch it from what was fetched where it is not there."""
        if self.node.child_for(one) is not None:
            self.ignored(one)
            return
        if self.take_fetched(one):
            return
        named = [child for child in self.node.children if child.metadata.name == one.name]
        if named:
            self.mismatch(one, named[0])
        elif one not in self.settled:
            self.builder.missing.append(Missing(one, self.locked(one), self.node.where.shown))
            self.hit("dependency-missing", one, *_missing(one, self.node.where))

    def take_fetched(self, one: Declared) -> bool:
        for path in self.builder.fetched:
            version = path.name.removeprefix(f"{one.name}-").removesuffix(".tgz")
            if path.name == f"{one.name}-{version}.tgz" and one.accepts(version):
                origin = self.node.where.file(f"charts/{path.name}")
                child = self.builder.packed(path.read_bytes(), origin, self.above)
                if child is not None:
                    rest = [other for other in self.node.children if not self.replaced(other, child)]
                    self.node.children = [*rest, child]
                return True
        return False

    def mismatch(self, one: Declared, found: Node) -> None:
        if not one.version and not one.alias:
            return
        self.builder.missing.append(Missing(one, self.locked(one), self.node.where.shown))
        alias = f" (alias '{one.alias}')" if one.alias else ""
        version = found.metadata.version
        message = f"dependency '{one.name}'{alias} is there as {version}, expected '{one.version}'"
        hint = f"correct the version, or {_command(self.node.where)}"
        if not one.version:
            message = f"dependency '{one.name}' has an alias and no version: Helm then does not find it"
            hint = "add its version"
        elif wrong := _unreadable(one.version):
            message, hint = f"dependency '{one.name}': {wrong}", "write a version or a range of versions"
        self.hit("dependency-version-mismatch", one, message, hint, "version")

    def ignored(self, one: Declared) -> None:
        """Say where ``.helmignore`` would leave out a dependency that stands packed in ``charts/``."""
        child = self.node.child_for(one)
        if not (child and one.is_local and self.node.where.ignores(_packed_name(child))):
            return
        message = f"'.helmignore' leaves out dependency '{one.name}', packed as '{_packed_name(child)}'"
        self.hit("dependency-missing", one, message, "change the rule in .helmignore that names it")

    def doubled(self) -> None:
        """Two charts of one name in ``charts/``: Helm renders both, the files of one over the other's."""
        first: dict[str, Node] = {}
        for child in sorted(self.node.children, key=lambda child: not self.wanted(child)):
            other = first.setdefault(child.metadata.name, child)
            if other is not child and not self.wanted(child):
                versions = f"as {other.metadata.version} and as {child.metadata.version}"
                message = f"'charts/' holds '{child.metadata.name}' twice, {versions}: Helm renders both"
                place = Place(child.where.shown)
                self.builder.hit("dependency-ambiguous", place, message, "remove the one that is not wanted")

    def wanted(self, child: Node) -> bool:
        """Whether a dependency takes *child*."""
        return any(self.node.child_for(one) is child for one in self.node.metadata.dependencies)

    def locked(self, one: Declared) -> str:
        """The version in the lock file, empty where there is none in the range."""
        name = "Chart.lock" if "Chart.lock" in self.content else "requirements.lock"
        entries = chart_yaml.read_lock(self.content.get(name, b""))
        return next((version for other, version in entries if other == one.name and one.accepts(version)), "")

    def place(self, one: Declared, key: str = "") -> Place:
        fault = Fault(one.file, (*one.path, key) if key else one.path, "")
        return written_place(self.node.where, fault, self.content.get(one.file))

    def hit(self, rule: str, one: Declared, message: str, hint: str, key: str = "") -> None:
        self.builder.hit(rule, self.place(one, key), message, hint)


def _unreadable(constraint: str) -> str:
    try:
        semver.check_constraint(constraint)
    except ValueError as error:
        return str(error)
    return ""


def _packed_name(child: Node) -> str:
    return f"charts/{child.metadata.name}-{child.metadata.version}.tgz"


def _missing(one: Declared, where: Where) -> tuple[str, str]:
    """What to say of a dependency that is nowhere, and what to do."""
    if not one.repository:
        alias = f" (alias '{one.alias}')" if one.alias else ""
        return f"dependency '{one.name}'{alias} is not in 'charts/', and names no repository", (
            f"put the chart into 'charts/{one.name}', or add its repository"
        )
    alias = f", alias '{one.alias}'" if one.alias else ""
    message = f"dependency '{one.name}' ({one.version or 'any version'}{alias}) is not in 'charts/'"
    if one.is_local:
        return (
            f"{message}, and there is no chart at '{one.repository}'",
            "correct the path, or vendor the chart",
        )
    if one.repository.startswith(("@", "alias:")):
        return f"{message}; its repository is '{one.repository}'", _command(where)
    return f"{message}; its repository is '{one.repository}'", (
        f"{_command(where)}, or let chartkit fetch it with --update-dependencies"
    )


def _command(where: Where) -> str:
    path = where.shown if where.folder is not None else "CHART"
    return f"run `helm dependency build {path}`"


def _shown(parent: str, parent_folder: str, target: str) -> str:
    """How reports name the folder *target*: from where they name the chart that depends on it."""
    relative = os.path.relpath(os.path.normpath(target), parent_folder)
    shown = os.path.normpath(os.path.join(parent, relative))  # noqa: PTH118
    is_real = os.path.realpath(parent) == parent_folder
    if is_real and os.path.realpath(shown) != os.path.realpath(target):  # links lie between the two
        return os.path.realpath(target)
    return shown.replace(os.sep, "/")
