"""The files of a chart as ``.Files`` gives them to its templates, and why a name is not among them."""

from __future__ import annotations

import functools
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.closest import closest
from chartkit.model import Chart, Place
from chartkit.rules._glob import Glob
from chartkit.templates.references import folders

LONGEST: Final = 200
"""Characters of a pattern; what is longer counts as if it found something."""

_READ_BY_HELM: Final = frozenset(
    {"Chart.yaml", "Chart.lock", "values.yaml", "values.schema.json", "templates", "charts"}
)
"""Files and folders at the top of a chart that are not in ``.Files``."""

_SPECIAL: Final = frozenset("*?[{\\")
_MOST_COMPARED: Final = 300
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
    """The files of the chart in *folder* (canonical), which may be a subchart of *chart*."""

    chart: Chart
    folder: str

    @functools.cached_property
    def names(self) -> tuple[str, ...]:
        """What ``.Files`` holds."""
        return tuple(name for name in self._every if not _is_read_by_helm(name))

    @functools.cached_property
    def _every(self) -> tuple[str, ...]:
        start = f"{self.folder}/"
        return tuple(name.removeprefix(start) for name in self.chart.files if name.startswith(start))

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
    def _matching(pattern: str, names: tuple[str, ...]) -> Iterator[str]:
        glob, fixed = Glob(pattern), _fixed(pattern)
        return (name for name in names if name.startswith(fixed) and glob.matches(name))

    def cause(self, method: str, name: str) -> Cause:
        """Why *method* finds nothing by *name*."""
        reasons = (self._written_otherwise, self._outside, self._left_out, self._folder, self._kept_back)
        found = (reason(method, name) for reason in (*reasons, self._of_another_chart))
        return next(filter(None, found), None) or self._nothing(method, name)

    def _written_otherwise(self, method: str, name: str) -> Cause | None:
        plain = posixpath.normpath(name).lstrip("/")
        if plain not in (name, ".") and self.finds(method, plain):
            return "names begin at the chart's folder and go straight down", f"write {plain!r}"
        if method == "Glob" and "**" not in name and self.finds(method, deep := name.replace("*", "**")):
            return "'*' does not go into folders", f"write {deep!r}"
        same = {each.lower(): each for each in self.names}
        if method != "Glob" and (other := same.get(plain.lower())):
            return f"the file is called {other!r}", f"write {other!r}"
        return None

    def _outside(self, _: str, name: str) -> Cause | None:
        if name.startswith("/") or posixpath.normpath(name).startswith("../"):
            return "it is outside of the chart", "put a copy of the file into the chart's folder"
        return None

    def _left_out(self, method: str, name: str) -> Cause | None:
        fixed = posixpath.normpath(_fixed(name) if method == "Glob" else name)
        start = f"{self.folder}/"
        for full, place in self.chart.left_out.items():
            each = full.removeprefix(start)
            fits = method == "Glob" and len(name) <= LONGEST and Glob(name).matches(each)
            if place is not None and full.startswith(start) and (fits or _is_below(fixed, each)):
                return f"{_line(place)} leaves out {each!r}", "change the rule, or move the file"
        return None

    def _folder(self, method: str, name: str) -> Cause | None:
        folder = name.rstrip("/")
        if not any(each.startswith(f"{folder}/") for each in self.names):
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
        for other in folders(self.chart.files):
            if other != self.folder and ChartFiles(self.chart, other).holds(method, name):
                reason = f"it is a file of {other!r}, and a chart sees its own files only"
                return reason, "put a copy of the file into the chart"
        return None

    def holds(self, method: str, name: str) -> bool:
        """Whether there is a file of exactly this *name*."""
        return method != "Glob" and f"{self.folder}/{name}" in self.chart.files

    def _nothing(self, method: str, name: str) -> Cause:
        if method == "Glob":
            folder = _fixed(name).rpartition("/")[0]
            there = next((each for each in self.names if folder and each.startswith(f"{folder}/")), "")
            hint = f"correct the pattern: there is {there!r}" if there else _HINT
            return "no file of the chart fits the pattern", hint
        folder, last = posixpath.split(name)
        elsewhere = next((each for each in self.names if posixpath.basename(each) == last), "")
        beside = [posixpath.basename(each) for each in self.names if posixpath.dirname(each) == folder]
        near = elsewhere or posixpath.join(folder, closest(last, beside[:_MOST_COMPARED]))
        return "the chart has no such file", f"did you mean {near!r}?" if near in self.names else _HINT


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
