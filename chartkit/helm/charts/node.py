"""One chart of the tree that a chart and its dependencies make, and where a person finds it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from chartkit.helm.charts import chart_yaml
from chartkit.helm.charts.chart_yaml import Declared, Fault, Metadata
from chartkit.helm.charts.folder import File
from chartkit.helm.charts.lock import Lock
from chartkit.model.place import Place


@dataclass(frozen=True, slots=True)
class Where:
    """Where a chart is: *shown* is its folder, or the archive that holds it and then *folder* is None.

    *inner* is its folder in the chart that it is a part of, if any. *leaves_out* tells which of its files
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

    declared: Declared
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

    def child_for(self, declared: Declared) -> Node | None:
        """The subchart that Helm takes for *declared*: the right name, and a version in the range."""
        named = [child for child in self.children if child.metadata.name == declared.name]
        return next((child for child in named if declared.accepts(child.metadata.version)), None)


def written_place(where: Where, fault: Fault, content: bytes | None) -> Place:
    """The line of a fault; the archive alone where it is in one."""
    if where.folder is None:
        return Place(where.shown)
    file = where.file(fault.file)
    if content is None:
        return Place(where.shown)
    return Place(file, *(fault.mark or chart_yaml.position(content, fault.path)))
