"""One suppression, and which findings it is about."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

from chartkit.model.case import CaseRef
from chartkit.model.finding import Finding
from chartkit.model.place import Place, ResourceId

ANNOTATION: Final = "ignore.chartkit.dev/"


@dataclass(frozen=True, slots=True)
class Suppression:
    """That findings of *rule* are accepted, written at *place*.

    What is empty narrows nothing. *chart* and *target* (``Kind/name``) are patterns, *path* is a
    JSON pointer pattern that fits what is below it too, *resource* the very object, *file* where the
    finding is, or a line that called, and *line* to *last* on which lines; *cases* in which cases the
    suppression stands.
    """

    rule: str
    reason: str
    place: Place
    chart: str = ""
    resource: ResourceId | None = None
    target: str = ""
    path: str = ""
    file: str = ""
    line: int | None = None
    last: int | None = None
    cases: tuple[CaseRef, ...] = ()

    def fits(self, finding: Finding) -> bool:
        """Whether it is about *finding*, the cases apart."""
        return (
            finding.rule == self.rule
            and (not self.chart or self._fits_chart(finding))
            and self.resource in (None, finding.resource)
            and (not self.target or fnmatchcase(str(finding.resource or ""), self.target))
            and (not self.path or _is_at(finding.path, self.path))
            and (not self.file or any(map(self._holds, finding.places)))
        )

    def _holds(self, place: Place) -> bool:
        """Whether *place* is where it is about; one without a line may be."""
        if place.file != self.file or self.line is None or place.line is None:
            return place.file == self.file
        return self.line <= place.line <= (self.last or self.line)

    def _fits_chart(self, finding: Finding) -> bool:
        folder = self.chart.removeprefix("./").rstrip("/")
        files = {place.file for place in finding.places}
        return (
            fnmatchcase(finding.chart, self.chart)
            or folder in ("", ".")
            or any(fnmatchcase(file, folder) or fnmatchcase(file, f"{folder}/*") for file in files)
        )


def _is_at(path: str, pattern: str) -> bool:
    return fnmatchcase(path, pattern) or fnmatchcase(path, f"{pattern.rstrip('/')}/*")
