"""Finds the charts that another chart declares as dependencies, wherever they are.

Helm takes what lies in ``charts/``. Only where no chart of that name lies there, a ``file://`` dependency
is read where it is, at any depth: the chart is then what ``helm dependency build`` would make of it now. Any
other is taken from `dependency_sources`: a chart of the same checkout, or an earlier download.
Beside a copy, the source is what the copy is compared with. Only folders that hold a Chart.yaml are read.
"""

from __future__ import annotations

import os
import pathlib
from collections.abc import Callable, Sequence
from typing import Protocol

from chartkit.helm.charts import agreement
from chartkit.helm.charts.archive import TooLarge
from chartkit.helm.charts.dependency_sources import DependencySources, Sibling
from chartkit.helm.charts.node import Metadata, Missing, Node, Requirement
from chartkit.model.chart_file import CHART_YAML
from chartkit.model.render import Hit
from chartkit.model.report import Taken


class ChartReader(Protocol):
    """What is needed here of `chartkit.helm.charts.tree.Builder`, which reads the charts of one tree."""

    hits: list[Hit]
    missing: list[Missing]
    found_elsewhere: list[Taken]
    local_charts: dict[str, Node | None]
    fetched: Sequence[pathlib.Path]
    sources: DependencySources
    compares: bool

    @property
    def beside(self) -> ChartReader: ...

    def folder(self, folder: pathlib.Path, shown: str, above: tuple[str, ...] = ()) -> Node | None: ...

    def packed(self, content: bytes, origin: str, above: tuple[str, ...] = ()) -> Node | None: ...

    def sibling(self, found: Sibling, shown: Callable[[str], str], above: tuple[str, ...]) -> Node | None: ...


class Dependencies:
    """Finds the dependencies that one chart declares, and reports those that are missing or do not fit."""

    def __init__(self, builder: ChartReader, node: Node, above: tuple[str, ...]) -> None:
        self.builder = builder
        self.node = node
        self.above = above
        self.vendored = {child.metadata.name for child in node.children}
        self.resolved: set[Requirement] = set()
        self.sources: dict[Requirement, Metadata] = {}
        self.other_owners: dict[Requirement, str] = {}

    def resolve(self) -> None:
        declared = self.node.metadata.dependencies
        for one in declared:
            self.take(one)
        for one in declared:
            self.check(one)
        self.report_duplicates()
        is_outermost = len(self.above) == 1
        if is_outermost or self.node.where.folder is not None:  # what others packed is theirs to declare
            self.builder.hits += agreement.undeclared_hits(self.node)
        if is_outermost and self.node.where.is_root:  # helm dependency build is run on no other
            self.builder.hits += agreement.lock_hits(self.node, self.sources)

    def take(self, one: Requirement) -> None:
        """Find the chart of a dependency, in the first of these places that has it.

        In ``charts/``, where Helm looks. In the folder of its ``file://`` repository, where Helm would refuse
        the chart because no chart of that name is in ``charts/``. In the same checkout, or among what was
        downloaded before. Among what was fetched now.
        """
        copy = self.node.child_for(one) or (None if one.version else self.named(one))
        if copy is not None:
            self.compare(one, copy)
        elif one.is_local and one.name not in self.vendored and self.node.where.is_root:
            self.follow(one)
        elif one.is_local or one.name in self.vendored or not self.take_from_sources(one):
            self.take_fetched(one)

    def source(self, one: Requirement) -> str | None:
        """The real folder of a ``file://`` repository, where a chart is and it does not lead back here."""
        if not one.is_local or self.node.where.folder is None:
            return None
        real = os.path.realpath(self.target(one))
        if not os.path.isfile(f"{real}/{CHART_YAML}"):  # noqa: PTH113
            return None
        if real in self.above:
            names = " -> ".join([*map(os.path.basename, self.above[self.above.index(real) :]), one.name])
            self.resolved.add(one)
            message = f"the chart depends on itself: {names}"
            self.hit("dependency-cycle", one, message, "remove the dependency")
            return None
        return real

    def target(self, one: Requirement) -> str:
        folder = str(self.node.where.folder)
        return os.path.join(folder, one.repository.removeprefix("file://"))  # noqa: PTH118

    def shown(self, target: str) -> str:
        """How reports name the folder *target* of another chart: from where they name this one."""
        parent, folder = self.node.where.shown, str(self.node.where.folder)
        relative = os.path.relpath(os.path.normpath(target), folder)
        shown = os.path.normpath(os.path.join(parent, relative))  # noqa: PTH118
        is_real = os.path.realpath(parent) == folder
        if is_real and os.path.realpath(shown) != os.path.realpath(target):  # links lie between the two
            return os.path.realpath(target)
        return shown.replace(os.sep, "/")

    def follow(self, one: Requirement) -> None:
        """Take the chart that a ``file://`` repository names, where it has the right name."""
        real = self.source(one)
        if real is None:
            return
        child = self.read(self.builder, one, real)
        if child is None:
            self.resolved.add(one)
            return
        self.sources[one] = child.metadata
        if child.metadata.name == one.name:
            self.add(child)

    def read(self, builder: ChartReader, one: Requirement, real: str) -> Node | None:
        """The chart in a folder; read once, however many depend on it."""
        if real not in builder.local_charts:
            builder.local_charts[real] = None
            builder.local_charts[real] = builder.folder(
                pathlib.Path(real), self.shown(self.target(one)), self.above
            )
        found = builder.local_charts[real]
        if found is None:
            return None
        return found.again()

    def compare(self, one: Requirement, copy: Node) -> None:
        """Say where a copy in ``charts/`` is not what Helm would pack of its source now."""
        if copy.where.is_root or not self.builder.compares:
            return
        real = self.source(one)
        if real is None or real == os.path.realpath(copy.where.folder or ""):
            return
        beside = self.builder.beside
        try:
            source = self.read(beside, one, real)
        except TooLarge:
            source = None
        self.builder.hits += [each for each in beside.hits if each.rule == "dependency-cycle"]
        if source is None:
            self.builder.hits.append(agreement.not_compared_hit(self.node, one, self.shown(self.target(one))))
            return
        self.sources[one] = source.metadata
        if names := tuple(agreement.differences(copy, source)):
            self.builder.hits.append(agreement.outdated_hit(self.node, one, copy, source, names))

    def replaced(self, other: Node, child: Node) -> bool:
        """Whether *other* is a copy of *child*, and no other dependency of that name wants it."""
        if other.metadata.name != child.metadata.name:
            return False
        return not any(one.accepts(other.metadata.version) for one in self.declared_as(other))

    def declared_as(self, child: Node) -> list[Requirement]:
        return [one for one in self.node.metadata.dependencies if one.name == child.metadata.name]

    def check(self, one: Requirement) -> None:
        """Say what is wrong with a dependency."""
        if self.node.child_for(one) is not None:
            self.report_ignored(one)
            return
        named = self.named(one)
        if one in self.resolved or (named is not None and not one.version and not one.alias):
            return
        self.builder.missing.append(Missing(one, self.locked(one), self.node.where.shown))
        if named is not None:
            self.builder.hits.append(agreement.mismatch_hit(self.node, one, named))
            return
        is_chart = one.is_local and os.path.isfile(f"{self.target(one)}/{CHART_YAML}")  # noqa: PTH113
        source, other = self.sources.get(one), self.other_owners.get(one, "")
        hit = agreement.missing_hit(self.node, one, source, is_chart=is_chart, other_owner=other)
        self.builder.hits.append(hit)

    def named(self, one: Requirement) -> Node | None:
        return next((child for child in self.node.children if child.metadata.name == one.name), None)

    def take_fetched(self, one: Requirement) -> None:
        for path in self.builder.fetched:
            version = path.name.removeprefix(f"{one.name}-").removesuffix(".tgz")
            if path.name == f"{one.name}-{version}.tgz" and one.accepts(version):
                origin = self.node.where.file(f"charts/{path.name}")
                child = self.builder.packed(path.read_bytes(), origin, self.above)
                if child is None:
                    self.resolved.add(one)
                else:
                    rest = [other for other in self.node.children if not self.replaced(other, child)]
                    self.node.children = [*rest, child]
                return

    def take_from_sources(self, one: Requirement) -> bool:
        """Take what is in the same checkout, or was downloaded before, and is whole."""
        sources, where = self.builder.sources, self.node.where
        if where.is_root and sources.siblings is not None and where.folder is not None:
            sibling = sources.siblings.find(one, where.folder, self.above)
            if sibling is not None and sibling.of_other_owner:
                self.other_owners[one] = self.shown(sibling.folder)
            elif sibling is not None and (child := self.builder.sibling(sibling, self.shown, self.above)):
                self.add(child)
                return True
        found = sources.downloads.find(one, self.locked(one)) if sources.downloads else None
        if found is None:
            return False
        child = self.builder.packed(
            found.content, where.file(f"charts/{one.name}-{found.version}.tgz"), self.above
        )
        if child is not None:
            self.builder.found_elsewhere.append(Taken(one.name, found.version, found.where))
            self.node.children.append(child)
        return child is not None

    def add(self, child: Node) -> None:
        """Make *child* one of the charts that this one depends on, once."""
        if not any(child.where == other.where for other in self.node.children):
            self.node.children.append(child)

    def report_ignored(self, one: Requirement) -> None:
        """Say where ``.helmignore`` would leave out a dependency that stands packed in ``charts/``."""
        child = self.node.child_for(one)
        if not (child and child.where.is_root and self.node.where.leaves_out(_packed_name(child))):
            return
        message = f"'.helmignore' leaves out dependency '{one.name}', packed as '{_packed_name(child)}'"
        self.hit("dependency-missing", one, message, "change the rule in .helmignore that names it")

    def report_duplicates(self) -> None:
        """Two charts of one name in ``charts/``: say what Helm makes of them, and leave nothing to chance."""
        first: dict[str, Node] = {}
        for child in sorted(self.node.children, key=lambda child: not self.wanted(child)):
            other = first.setdefault(child.metadata.name, child)
            if other is child or self.wanted(child):
                continue
            by_chance = any(one.accepts(child.metadata.version) for one in self.declared_as(child))
            self.builder.hits.append(agreement.duplicate_hit(child, other, by_chance=by_chance))
            if by_chance:
                self.node.children = [one for one in self.node.children if one is not child]
            elif not self.wanted(other):  # whose templates win is chance, too
                won = {file.name for file in other.files if file.name.startswith("templates/")}
                child.files = [file for file in child.files if file.name not in won]

    def wanted(self, child: Node) -> bool:
        """Whether a dependency takes *child*."""
        return any(self.node.child_for(one) is child for one in self.node.metadata.dependencies)

    def locked(self, one: Requirement) -> str:
        """The version in the lock file, empty where there is none in the range."""
        return self.node.lock.version_of(one) if self.node.lock else ""

    def hit(self, rule: str, one: Requirement, message: str, hint: str) -> None:
        self.builder.hits.append(agreement.dependency_hit(self.node, rule, one, message, hint))


def _packed_name(child: Node) -> str:
    return f"charts/{child.metadata.name}-{child.metadata.version}.tgz"
