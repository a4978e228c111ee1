"""The files of a chart as ``.Files`` gives them to its templates, and why a name is not among them."""

from __future__ import annotations

import functools
import itertools
import posixpath
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.helm.references import LimitReached, folders
from chartkit.model.case import Chart
from chartkit.model.place import Place
from chartkit.rules._glob import Glob
from chartkit.system.did_you_mean import closest

LONGEST: Final = 200
"""Characters of a pattern; what is longer counts as if it found something."""

_READ_BY_HELM: Final = frozenset(
    {"Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "templates", "charts"}
)
"""Files and folders at the top of a chart that are not in ``.Files``."""

_SPECIAL: Final = frozenset("*?[{\\")
_MOST_COMPARED: Final = 100
_MOST_STEPS: Final = 20_000_000
"""Characters of patterns times names that are compared for one chart: a few seconds."""
_INSTEAD: Final = {
    "Chart.yaml": "read '.Chart'",
    "values.yaml": "read '.Values'",
    "charts": "a subchart's files are read by its own templates",
}
_HINT: Final = "add the file, or correct the name; if it may be missing, say so: `{{ with .Files.Get … }}`"

Cause = tuple[str, str]
"""Why a name finds nothing, and what to do."""


@dataclass(frozen=True)
class ChartFiles:
    """The files of the chart in *folder* (canonical) of *chart*, which has *others* in it or around it."""

    chart: Chart
    folder: str
    others: tuple[str, ...] = ()

    @functools.cached_property
    def names(self) -> dict[str, None]:
        """What ``.Files`` holds."""
        start = f"{self.folder}/"
        every = (name.removeprefix(start) for name in self.chart.files if name.startswith(start))
        return dict.fromkeys(name for name in every if not _is_read_by_helm(name))

    @functools.cached_property
    def _folded(self) -> dict[str, str]:
        """The names by what they are in small letters."""
        return {name.lower(): name for name in self.names}

    @functools.cached_property
    def _by_folder(self) -> dict[str, list[str]]:
        """What each folder holds, folders among it."""
        found: dict[str, dict[str, None]] = {}
        for name in self.names:
            while name:
                folder, last = posixpath.split(name)
                found.setdefault(folder, {})[last] = None
                name = folder  # noqa: PLW2901
        return {folder: list(names) for folder, names in found.items()}

    @functools.cached_property
    def _by_last(self) -> dict[str, str]:
        """A name for each last part of one."""
        return {posixpath.basename(name): name for name in self.names}

    @functools.cached_property
    def _left_out(self) -> dict[str, Place]:
        """What Helm leaves out, and which line says so."""
        start = f"{self.folder}/"
        left_out = self.chart.left_out.items()
        mine = ((name, place) for name, place in left_out if name.startswith(start))
        return {name.removeprefix(start): place for name, place in mine if place is not None}

    def finds(self, method: str, name: str) -> bool:
        """Whether *method* of ``.Files`` finds something by *name*, or would if all could be read."""
        if any(self._may_be_below(method, name, unread) for unread in self._unread):
            return True
        if method != "Glob":
            return name in self.names
        return len(name) > LONGEST or any(self._matching(name, self.names))

    @functools.cached_property
    def _unread(self) -> tuple[str, ...]:
        """The files and folders that Helm reads, and that are not read here."""
        start = f"{self.folder}/"
        left_out = self.chart.left_out.items()
        return tuple(name.removeprefix(start) for name, place in left_out if place is None)

    @staticmethod
    def _may_be_below(method: str, name: str, unread: str) -> bool:
        fixed = _fixed(name) if method == "Glob" else name
        return _is_below(fixed, unread) or (method == "Glob" and unread.startswith(fixed))

    @staticmethod
    def _matching(pattern: str, names: Iterable[str]) -> Iterator[str]:
        glob, fixed = Glob(pattern), _fixed(pattern)
        return (name for name in names if name.startswith(fixed) and glob.matches(name))

    def cause(self, method: str, name: str) -> Cause:
        """Why *method* finds nothing by *name*."""
        reasons = (self._written_otherwise, self._outside, self._ignored, self._folder, self._kept_back)
        found = (reason(method, name) for reason in (*reasons, self._of_another_chart))
        return next(filter(None, found), None) or self._without_file(method, name)

    def _written_otherwise(self, method: str, name: str) -> Cause | None:
        plain = posixpath.normpath(name).lstrip("/")
        if plain not in (name, ".") and self.finds(method, plain):
            return "names begin at the chart's folder and go straight down", f"write {plain!r}"
        if method == "Glob" and "**" not in name and self.finds(method, deep := name.replace("*", "**")):
            return "'*' does not go into folders", f"write {deep!r}"
        if method != "Glob" and (other := self._folded.get(plain.lower())):
            return f"the file is called {other!r}", f"write {other!r}"
        return None

    def _outside(self, _: str, name: str) -> Cause | None:
        if name.startswith("/") or posixpath.normpath(name).startswith("../"):
            return "it is outside of the chart", "put a copy of the file into the chart's folder"
        return None

    def _ignored(self, method: str, name: str) -> Cause | None:
        fixed = posixpath.normpath(_fixed(name) if method == "Glob" else name)
        names = itertools.accumulate(fixed.split("/"), posixpath.join)
        each = next((one for one in names if one in self._left_out), None)
        if each is None and method == "Glob":
            each = next(self._matching(name, self._left_out), None)
        if each is None:
            return None
        return f"{_line(self._left_out[each])} leaves out {each!r}", "change the rule, or move the file"

    def _folder(self, method: str, name: str) -> Cause | None:
        folder = name.rstrip("/")
        if not folder or folder not in self._by_folder:
            return None
        if method == "Glob":
            return "it is a folder", f"write '{folder}/*', or '{folder}/**' for its folders, too"
        return "it is a folder", f"name a file, or use '.Files.Glob \"{folder}/*\"'"

    def _kept_back(self, method: str, name: str) -> Cause | None:
        fixed = _fixed(name) if method == "Glob" else name
        if not _is_read_by_helm(fixed):
            return None
        head = fixed.partition("/")[0]
        reason = f"Helm keeps {head}{'' if '.' in head else '/'} out of '.Files'"
        return reason, _INSTEAD.get(head, "put the file somewhere else, as in 'files/'")

    def _of_another_chart(self, method: str, name: str) -> Cause | None:
        for other in self.others if method != "Glob" else ():
            if other != self.folder and f"{other}/{name}" in self.chart.files:
                reason = f"it is a file of {other!r}, and a chart sees its own files only"
                return reason, "put a copy of the file into the chart"
        return None

    def _without_file(self, method: str, name: str) -> Cause:
        if method == "Glob":
            folder = _fixed(name).rpartition("/")[0]
            there = next(iter(self._by_folder.get(folder, ())), "") if folder else ""
            hint = f"correct the pattern: there is {posixpath.join(folder, there)!r}" if there else _HINT
            return "no file of the chart fits the pattern", hint
        folder, last = posixpath.split(name)
        beside = self._by_folder.get(folder, [])[:_MOST_COMPARED]
        near = self._by_last.get(last) or posixpath.join(folder, closest(last, beside))
        return "the chart has no such file", f"did you mean {near!r}?" if near in self.names else _HINT


class Lookups:
    """What the templates of *chart* look for among files, each of it once.

    Raises LimitReached where it is too much.
    """

    def __init__(self, chart: Chart) -> None:
        self._chart = chart
        self._folders = tuple(folders(chart.files))
        self._charts: dict[str, ChartFiles] = {}
        self._found: dict[tuple[str, str, str], Cause | None] = {}
        self._left = _MOST_STEPS

    def cause(self, folder: str, method: str, name: str) -> Cause | None:
        """Why *method* finds nothing by *name* in the files of the chart in *folder*; None where it does."""
        if (folder, method, name) not in self._found:
            if folder not in self._charts:
                self._charts[folder] = ChartFiles(self._chart, folder, self._folders)
            files = self._charts[folder]
            self._left -= len(name) * (len(files.names) if method == "Glob" else _MOST_COMPARED)
            if self._left < 0:
                raise LimitReached
            missing = not files.finds(method, name)
            self._found[folder, method, name] = files.cause(method, name) if missing else None
        return self._found[folder, method, name]


def _is_read_by_helm(name: str) -> bool:
    """Whether *name* is one that Helm keeps out of ``.Files``."""
    return name.partition("/")[0] in _READ_BY_HELM and not (
        name.startswith("charts/") and name.endswith(".prov")
    )


def _is_below(name: str, folder: str) -> bool:
    return name == folder or name.startswith(f"{folder}/")


def _fixed(pattern: str) -> str:
    """What every name begins with that fits *pattern*."""
    end = next((index for index, sign in enumerate(pattern) if sign in _SPECIAL), len(pattern))
    return pattern[:end]


def _line(place: Place) -> str:
    return f"{place.file}:{place.line}" if place.line else "Helm"
