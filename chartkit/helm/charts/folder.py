"""The only module that reads chart folders: the files that Helm loads from one, and in its order.

Helm follows symbolic links. Here one is followed only to what belongs to the same repository (the
nearest folder above the chart that holds ``.git``, or where there is none what a host of repositories
reads, or chartkit.yaml; else the chart's own folder). ``.git`` itself, where tokens lie, is never read.
"""

from __future__ import annotations

import os
import pathlib
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from chartkit.helm.charts import helmignore
from chartkit.helm.charts.archive import MAX_FILE, ChartBudget, TooLarge, name_problem
from chartkit.model.chart_file import BOM, CHART_YAML
from chartkit.model.errors import FileError
from chartkit.model.place import Place
from chartkit.model.render import Hit

IGNORE_FILE: Final = ".helmignore"
UNSAFE: Final = "chart-file-unsafe"
"""The rule about what is not read for safety."""
MAX_DEPTH: Final = 64
MAX_STEPS: Final = 1_000_000_000
"""Of matching names with rules: a few seconds. A chart of 500 files under 30 rules takes 5 million."""
_MARKS: Final = (".git", ".github", ".gitlab-ci.yml", "chartkit.yaml")
"""What lies at the root of a repository; an unpacked archive of one has no ``.git``."""
_NO_REPOSITORY: Final = (os.sep, os.path.expanduser("~"))  # noqa: PTH111
_NO_CHARTS_BELOW: Final = ("node_modules", "__pycache__")
_NOT_OF_CHARTS: Final = ("charts", "templates")
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0)


class File(NamedTuple):
    """A file of a chart: *name* in it, and *origin*, where a person edits it."""

    name: str
    content: bytes
    origin: str


@dataclass(slots=True)
class Contents:
    """What a folder holds, and what is wrong with it; *refused* where Helm would not load it.

    *left_out* are the files and folders in it that do not become part of the chart, each with the line of
    ``.helmignore`` that says so; None where Helm would read what is not read here.
    """

    files: list[File] = field(default_factory=list)
    left_out: dict[str, int | None] = field(default_factory=dict)
    hits: list[Hit] = field(default_factory=list)
    refused: bool = False
    rules: helmignore.Rules = field(default_factory=lambda: helmignore.parse(b""))


def read(folder: pathlib.Path, shown: str, budget: ChartBudget) -> Contents:
    """Read all that Helm loads from *folder*, which reports call *shown*; raises TooLarge."""
    reader = _Reader(folder, shown, budget)
    reader.run()
    return reader.contents


def repository(folder: pathlib.Path) -> pathlib.Path:
    """The repository that *folder* is in, also one unpacked from an archive, else *folder* itself."""
    real = pathlib.Path(os.path.realpath(folder))
    around = [(mark, above) for mark in _MARKS for above in (real, *real.parents)]
    return next((above for mark, above in around if _is_there(above / mark)), real)


def find(
    root: pathlib.Path, unreadable: Callable[[pathlib.Path], None] = lambda _: None
) -> Iterator[pathlib.Path]:
    """Every chart folder from *root* down, in the order of names; *root* itself where it is one.

    Not what is inside a chart's ``charts/`` and ``templates/``, in hidden folders, ``node_modules`` and
    virtual environments. Links to folders are not followed. *unreadable* is called with each
    folder that cannot be read.
    """
    is_chart = os.path.isfile(root / CHART_YAML)  # noqa: PTH113
    if is_chart:
        yield root
    try:
        with os.scandir(root) as entries:
            below = sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
    except OSError:
        unreadable(root)
        return
    for name in below:
        left_out = name.startswith(".") or name in _NO_CHARTS_BELOW or (is_chart and name in _NOT_OF_CHARTS)
        if not left_out and not os.path.exists(root / name / "pyvenv.cfg"):  # noqa: PTH110
            yield from find(root / name, unreadable)


class _Reader:
    def __init__(self, folder: pathlib.Path, shown: str, budget: ChartBudget) -> None:
        self.folder = os.path.realpath(folder)
        self.shown = shown
        self.budget = budget
        self.boundary = str(repository(folder))
        self.contents = Contents()
        self.steps = 0

    def run(self) -> None:
        try:
            self.contents.rules = helmignore.parse(self.ignore_file())
        except FileError as error:
            problem = error.problem
            self.refuse(IGNORE_FILE, problem.message, problem.hint, line=problem.place.line)
        self.walk(self.folder, "", (self.folder,))

    def ignore_file(self) -> bytes:
        path = f"{self.folder}/{IGNORE_FILE}"
        if not os.path.isfile(path) or not self.inside(os.path.realpath(path)):  # noqa: PTH113
            return b""
        return self.content(path, IGNORE_FILE) or b""

    def walk(self, folder: str, prefix: str, above: tuple[str, ...]) -> None:
        """Read *folder*; *above* are the real folders on the way to it, to find links that go round."""
        if len(above) > MAX_DEPTH:
            raise TooLarge(f"{prefix!r} is more than {MAX_DEPTH} folders deep", "make the folders flatter")
        for name, is_link in self.listed(folder, prefix):
            if is_link:
                self.link(folder, prefix + name, name, above)
            else:
                self.entry(f"{folder}/{name}", prefix + name, above)

    def listed(self, folder: str, prefix: str) -> Iterator[tuple[str, bool]]:
        try:
            with os.scandir(folder) as entries:
                return iter(sorted((entry.name, entry.is_symlink()) for entry in entries))
        except OSError as error:
            self.refuse(prefix.rstrip("/"), f"the folder cannot be read: {_reason(error)}")
            return iter(())

    def link(self, folder: str, name: str, last: str, above: tuple[str, ...]) -> None:
        try:
            real = os.path.realpath(f"{folder}/{last}", strict=True)
            is_folder = os.path.isdir(real)  # noqa: PTH112
        except OSError as error:
            message = f"{name!r} is a link that leads nowhere: {_reason(error)}"
            self.refuse(name, message, "remove the link, or make what it names")
            return
        if self.ignored(name, is_folder):
            return
        if not self.inside(real):
            self.unsafe(name, f"{name!r} is a link out of the repository: it was not read", self.remedy(real))
        elif is_folder and real in above:
            self.refuse(name, f"{name!r} is a link to a folder that it is in", "remove the link")
        else:
            self.entry(real, name, above)

    def ignored(self, name: str, is_folder: bool) -> bool:
        self.steps += len(name) * self.contents.rules.cost
        if self.steps > MAX_STEPS:
            raise TooLarge("'.helmignore' has too many rules for so many files", "write fewer rules")
        line = self.contents.rules.line(name, is_folder)
        if line is not None:
            self.contents.left_out[name] = line
        return line is not None

    def inside(self, real: str) -> bool:
        path = pathlib.PurePath(real)
        return path.is_relative_to(self.boundary) and ".git" not in path.relative_to(self.boundary).parts

    def entry(self, real: str, name: str, above: tuple[str, ...]) -> None:
        status = os.lstat(real)
        is_folder = stat.S_ISDIR(status.st_mode)
        if self.ignored(name, is_folder):
            return
        if is_folder and pathlib.PurePath(real).name == ".git":
            message = f"{name!r} would become part of the chart, with what git keeps there: it was not read"
            self.unsafe(name, message, "add '.git/' to .helmignore")
        elif is_folder:
            self.budget.count()
            self.walk(real, f"{name}/", (*above, real))
        elif not stat.S_ISREG(status.st_mode):
            self.refuse(name, f"{name!r} is not a file: Helm refuses pipes, sockets and devices", "remove it")
        elif problem := name_problem(name):
            self.unsafe(name, f"{name!r} {problem}: it was not read", "rename the file")
        else:
            self.budget.take(name, status.st_size)
            self.file(real, name)

    def file(self, real: str, name: str) -> None:
        content = self.content(real, name)
        if content is not None:
            self.contents.files.append(File(name, content.removeprefix(BOM), self.origin(name)))

    def content(self, path: str, name: str) -> bytes | None:
        """The bytes, at most one more than Helm reads; a pipe put there meanwhile cannot stop us."""
        try:
            with os.fdopen(os.open(path, _FLAGS), "rb") as stream:
                content = stream.read(MAX_FILE + 1)
        except OSError as error:
            self.refuse(name, f"{name!r} cannot be read: {_reason(error)}", "check its permissions")
            return None
        return content

    def origin(self, name: str) -> str:
        return f"{self.shown}/{name}" if self.shown not in ("", ".") else name

    def hit(self, rule: str, name: str, message: str, hint: str, line: int | None = None) -> None:
        place = Place(self.shown if not name or name_problem(name) else self.origin(name), line)
        self.contents.hits.append(Hit((), message, hint, rule, place=place))

    def remedy(self, real: str) -> str:
        """What to do about a link to *real*; a tree without ``.git`` may only lack a mark at its root."""
        copy = "put a copy of the file into the chart"
        is_marked = any(_is_there(pathlib.Path(self.boundary, mark)) for mark in _MARKS)
        if is_marked or os.path.commonpath((real, self.boundary)) in _NO_REPOSITORY:
            return copy
        return f"{copy}, or a chartkit.yaml at the root of the repository, if that holds both"

    def unsafe(self, name: str, message: str, hint: str) -> None:
        self.hit(UNSAFE, name, message, hint)
        self.contents.left_out[name] = None

    def refuse(self, name: str, message: str, hint: str = "", line: int | None = None) -> None:
        self.hit("chart-unreadable", name, message, hint, line)
        self.contents.refused = True


def _is_there(path: pathlib.Path) -> bool:
    return os.path.exists(path)  # noqa: PTH110  # without permission it says no, where Path.exists raises


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
