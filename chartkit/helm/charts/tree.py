"""The only module that knows how a chart and the charts in its ``charts/`` make one, by Helm's own rules."""

from __future__ import annotations

import functools
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from chartkit.helm.charts import archive, chart_yaml, lock
from chartkit.helm.charts import folder as chart_folder
from chartkit.helm.charts.archive import ArchiveError, ChartBudget
from chartkit.helm.charts.dependencies import Dependencies
from chartkit.helm.charts.dependency_sources import NO_SOURCES, DependencySources, Sibling
from chartkit.helm.charts.folder import UNSAFE, File
from chartkit.helm.charts.node import Missing, Node, Refusal, Where, written_place
from chartkit.model.chart_file import CHART_YAML, REQUIREMENTS_YAML
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.model.report import Taken

MAX_LEVELS: Final = 32


class Builder:
    """Builds the tree of one chart; what is wrong gathers in *hits*, *refused* where Helm would give up.

    Copies in ``charts/`` are compared with their sources where it *compares*.
    """

    def __init__(
        self,
        budget: ChartBudget,
        fetched: Sequence[pathlib.Path] = (),
        sources: DependencySources = NO_SOURCES,
        *,
        compares: bool = True,
    ) -> None:
        self.budget = budget
        self.fetched = fetched
        self.sources = sources
        self.compares = compares
        self.hits: list[Hit] = []
        self.missing: list[Missing] = []
        self.refused = False
        self.local_charts: dict[str, Node | None] = {}
        self.siblings: dict[str, Node | None] = {}
        self.found_elsewhere: list[Taken] = []

    @functools.cached_property
    def beside(self) -> Builder:
        """Builds the sources that copies are compared with; what is wrong in them is wrong elsewhere."""
        return Builder(ChartBudget(), compares=False)

    def folder(self, folder: pathlib.Path, shown: str, above: tuple[str, ...] = ()) -> Node | None:
        """The chart in *folder*; *above* are the real folders of the charts that lead to it."""
        real = os.path.realpath(folder)
        contents = chart_folder.read(folder, shown, self.budget)
        self.hits += contents.hits
        self.refused |= contents.refused
        where = Where(shown, real, leaves_out=_leaves_out(contents.rules.ignore))
        node = self.chart(contents.files, where, (*above, real))
        if node is not None:
            node.left_out = contents.left_out
        return node

    def sibling(self, found: Sibling, shown: Callable[[str], str], above: tuple[str, ...]) -> Node | None:
        """The chart of the same checkout, read once; None where it lacks something itself.

        What is wrong with it is found where it is checked itself, but for what is unsafe to read.
        """
        if found.folder not in self.siblings:
            self.siblings[found.folder] = None
            inner = Builder(self.budget, self.fetched, self.sources, compares=False)
            inner.siblings = self.siblings
            child = inner.folder(pathlib.Path(found.folder), shown(found.folder), above)
            if child is not None and not inner.refused and not inner.missing:
                self.siblings[found.folder] = child
                taken = Taken(child.metadata.name, child.metadata.version, child.where.shown, True)
                self.found_elsewhere += (*inner.found_elsewhere, taken)
                self.hits += [hit for hit in inner.hits if hit.rule == UNSAFE]
        child = self.siblings[found.folder]
        return child.again() if child else None

    def packed(self, content: bytes, origin: str, above: tuple[str, ...] = ()) -> Node | None:
        """The chart in an archive, which reports call *origin*."""
        try:
            unpacked = archive.unpack(content, self.budget)
        except ArchiveError as error:
            self.refuse(Place(origin), error.problem.message, error.problem.hint)
            return None
        for warning in unpacked.warnings:
            hint = "pack the chart again with helm package, without the entry"
            self.hit(UNSAFE, Place(origin), f"the archive's entry {warning}", hint)
        files = [File(name, data, origin) for name, data in unpacked.files.items()]
        return self.chart(files, Where(origin), (*above, ""))

    def chart(self, files: Sequence[File], where: Where, above: tuple[str, ...]) -> Node | None:
        if len(above) > MAX_LEVELS:
            self.refuse(Place(where.shown), f"charts are nested more than {MAX_LEVELS} levels deep")
            return None
        content = {file.name: file.content for file in files if "/" not in file.name}
        metadata, faults = chart_yaml.read(content.get(CHART_YAML), content.get(REQUIREMENTS_YAML))
        locked, lock_faults = lock.read(content)
        for fault in (*faults, *lock_faults):
            self.refuse_fault(fault, where, content.get(fault.file))
        if metadata is None:
            return None
        own, packed_in = _own_and_subcharts(files)
        node = Node(metadata, where, own, lock=locked)
        for name, group in packed_in.items():
            self.subchart(node, name, group, above)
        Dependencies(self, node, above).resolve()
        _name_folders(node)
        return node

    def subchart(self, parent: Node, name: str, files: Sequence[File], above: tuple[str, ...]) -> None:
        """Add what ``charts/NAME`` holds to *parent*."""
        if name.endswith(".tgz"):
            first = files[0]
            if first.name != f"charts/{name}":
                self.refuse(
                    Place(first.origin), f"{name!r} is a folder: expected a packed chart", "rename it"
                )
                return
            child = self.packed(first.content, first.origin, above)
        else:
            where = parent.where.below(f"charts/{name}")
            cut = len(f"charts/{name}/")
            inner = [File(file.name[cut:], file.content, file.origin) for file in files if file.name[cut:]]
            if not inner:
                self.refuse(
                    Place(files[0].origin),
                    f"'charts/{name}' is not a chart: Helm wants only charts in 'charts/'",
                    "move the file, or name it in .helmignore",
                )
                return
            child = self.chart(inner, where, (*above, where.folder or ""))
        if child is not None:
            parent.children.append(child)

    def refuse_fault(self, fault: Refusal, where: Where, content: bytes | None) -> None:
        message = fault.message
        if where.folder is None:
            message = f"'{where.inner}{fault.file}' in the archive: {message}"
        self.refuse(written_place(where, fault, content), message, fault.hint)

    def refuse(self, place: Place, message: str, hint: str = "") -> None:
        self.hit("chart-unreadable", place, message, hint)
        self.refused = True

    def hit(self, rule: str, place: Place, message: str, hint: str = "") -> None:
        self.hits.append(Hit((), message, hint, rule, place=place))


def _own_and_subcharts(files: Iterable[File]) -> tuple[list[File], dict[str, list[File]]]:
    """The chart's own files, and those of each entry of ``charts/`` that Helm looks at, by its name."""
    own: list[File] = []
    subcharts: dict[str, list[File]] = {}
    for file in files:
        if not file.name.startswith("charts/") or file.name.endswith(".prov"):
            own.append(file)
            continue
        name = file.name.split("/", 2)[1]
        if not name.startswith(("_", ".")):
            subcharts.setdefault(name, []).append(file)
    return own, dict(sorted(subcharts.items()))


def _name_folders(node: Node) -> None:
    """Give each subchart the folder that makes its file names the ones that Helm reports: its own name.

    Of two charts of one name, the one that a dependency takes gets it: its files win in Helm too.
    """
    used: set[str] = set()
    wanted = [node.child_for(one) for one in node.metadata.dependencies]
    for child in sorted(node.children, key=lambda child: not any(child is one for one in wanted)):
        name = child.metadata.name
        if name.startswith(("_", ".")) or name.endswith((".tgz", ".prov")):
            name = f"chart-{name}-"
        child.folder = next(one for one in _numbered(name) if one not in used)
        used.add(child.folder)


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}~{number}" for number in range(2, archive.MAX_FILES))


def _leaves_out(rule: Callable[[str, bool], bool]) -> Callable[[str], bool]:
    """Whether a file, or a folder above it, is left out."""

    def leaves_out(name: str) -> bool:
        parts = name.split("/")
        return rule(name, False) or any(rule("/".join(parts[:end]), True) for end in range(1, len(parts)))

    return leaves_out
