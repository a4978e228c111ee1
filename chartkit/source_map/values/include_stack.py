"""Which of the lines that made a piece of a render to show: the innermost in a file that a person edits."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chartkit.model.case import Chart
from chartkit.model.chart_file import is_packed
from chartkit.model.place import Place

if TYPE_CHECKING:
    from chartkit.source_map.origin import Origin

Lines = Collection[tuple[str, int]]
"""Lines of files, as a change under review touches them."""

Span = tuple[str, int, int]
"""A file, and the first and last of some of its lines."""


class Spans(Collection[tuple[str, int]]):
    """The lines of *spans*; of a file that is new as a whole there may be more than anybody could list."""

    def __init__(self, spans: Iterable[Span] = ()) -> None:
        self._files: dict[str, list[tuple[int, int]]] = {}
        for file, first, last in spans:
            self._files.setdefault(file, []).append((first, last))

    def __contains__(self, line: object) -> bool:
        if not isinstance(line, tuple) or not isinstance(line[1], int):
            return False
        return any(first <= line[1] <= last for first, last in self._files.get(line[0], ()))

    def __iter__(self) -> Iterator[tuple[str, int]]:
        spans = ((file, span) for file, spans in self._files.items() for span in spans)
        return ((file, line) for file, (first, last) in spans for line in range(first, last + 1))

    def __len__(self) -> int:
        return sum(last - first + 1 for spans in self._files.values() for first, last in spans)


@dataclass(frozen=True, slots=True)
class Framed:
    """The *place* to edit, and the other lines of the include stack, innermost first."""

    place: Place
    includes: tuple[Place, ...]


def of_line(chart: Chart, name: str, line: int | None, column: int | None = None) -> Place:
    """A line of the file with the canonical *name*; where that is packed, the archive as a whole."""
    file = chart.origin(name)
    return Place(file) if is_packed(file) else Place(file, line, column)


def framed(chart: Chart, origin: Origin, changed: Lines = ()) -> Framed:
    """The line of the include stack of *origin* to show: the innermost that is not packed.

    Of several, one among those that have *changed* comes first.
    """
    stack = [of_line(chart, one.file, one.line, one.column) for one in origin.places]
    editable = [index for index, place in enumerate(stack) if place.line is not None]
    touched = [index for index in editable if (stack[index].file, stack[index].line) in changed]
    chosen = next(iter(touched or editable), 0)
    includes = dict.fromkeys(stack[:chosen] + stack[chosen + 1 :])  # each once, also of what calls itself
    return Framed(stack[chosen], tuple(place for place in includes if place != stack[chosen]))
