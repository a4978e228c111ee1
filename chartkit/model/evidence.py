"""What there is to see of a finding besides its line, for those who want the whole story.

A run gathers it only where it is asked for, since it means reading templates and renders again.
"""

from __future__ import annotations

from dataclasses import dataclass

from chartkit.model.case import CaseRef
from chartkit.model.place import Place


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file, or of a render where *file* is empty; *first* is the number of the first.

    *line* and *column* are what is meant (None: nothing in particular).
    """

    file: str
    first: int
    lines: tuple[str, ...]
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value that the line of the template reads, as the case has it.

    *key* is written as ``--set`` takes it (``image.pullPolicy``), or where it is none of the values, as
    templates write it (``.Chart.AppVersion``). *text* is its JSON (empty: it is not set), *place* where it
    is set, None where that is not known.
    """

    key: str
    text: str
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Of the first case that has the finding, *case*: the source around its lines, the object, the values.

    *sources* are around the finding's places, in their order, without those that cannot be shown; *rendered*
    is the document of the object. *unknown* says what could not be found out, and why.
    """

    case: CaseRef | None = None
    sources: tuple[Excerpt, ...] = ()
    rendered: Excerpt | None = None
    values: tuple[ReadValue, ...] = ()
    unknown: tuple[str, ...] = ()
