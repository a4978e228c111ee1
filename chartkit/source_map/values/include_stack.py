"""Which of the lines that made a piece of a render to show: the innermost in a file that a person edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chartkit.model.case import Chart
from chartkit.model.chart_file import is_packed
from chartkit.model.place import Place

if TYPE_CHECKING:
    from chartkit.source_map.traced_text import Origin


@dataclass(frozen=True, slots=True)
class Framed:
    """The *place* to edit, and the other lines of the include stack, innermost first."""

    place: Place
    includes: tuple[Place, ...]


def of_line(chart: Chart, name: str, line: int | None, column: int | None = None) -> Place:
    """A line of the file with the canonical *name*; where that is packed, the archive as a whole."""
    file = chart.origin(name)
    return Place(file) if is_packed(file) else Place(file, line, column)


def framed(chart: Chart, origin: Origin) -> Framed:
    """The line of the include stack of *origin* to show: the innermost that is not packed."""
    stack = [of_line(chart, one.file, one.line, one.column) for one in origin.places]
    chosen = next((index for index, place in enumerate(stack) if place.line is not None), 0)
    includes = dict.fromkeys(stack[:chosen] + stack[chosen + 1 :])  # each once, also of what calls itself
    return Framed(stack[chosen], tuple(place for place in includes if place != stack[chosen]))
