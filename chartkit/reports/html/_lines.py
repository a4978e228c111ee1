"""Lines of sources and renders, each once however many findings show it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from typing import Final

from chartkit.model.evidence import Excerpt
from chartkit.system.terminal import visible

_LONGEST: Final = 1_000
"""How much of a line is shown, in characters."""
_MOST: Final = 400
"""How many lines of one object are shown; of a longer one those around what is meant."""

Shown = tuple[int, int, int, int, int]
"""Which text, its first and last line to show, the line that is meant and where in it (0: none).

Where in a line counts from 1 in the units of JavaScript's strings.
"""


class Texts:
    """Texts that grow line by line; what is one text goes by one name."""

    def __init__(self) -> None:
        self._texts: list[dict[int, str]] = []
        self._named: dict[Hashable, list[int]] = {}

    def add(self, name: Hashable, excerpt: Excerpt) -> Shown:
        """Keep the lines of *excerpt*, a part of the text called *name*."""
        excerpt = _trimmed(excerpt)
        lines = {number: _cut(line) for number, line in enumerate(excerpt.lines, excerpt.first)}
        column = 0
        if excerpt.line in lines and excerpt.column:
            lines[excerpt.line], column = _around(excerpt.lines[excerpt.line - excerpt.first], excerpt.column)
        last = excerpt.first + len(excerpt.lines) - 1
        return self._kept(name, lines), excerpt.first, last, excerpt.line or 0, column

    def _kept(self, name: Hashable, lines: Mapping[int, str]) -> int:
        known = self._named.setdefault(name, [])
        for place in known:
            text = self._texts[place]
            if all(text.get(number, line) == line for number, line in lines.items()):
                text.update(lines)
                return place
        self._texts.append(dict(lines))
        known.append(len(self._texts) - 1)
        return known[-1]

    def runs(self) -> list[list[tuple[int, str]]]:
        """Each text as its stretches: the number of the first line, and the lines."""
        return [[*_runs(text)] for text in self._texts]


def _runs(text: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    first, run = 0, list[str]()
    for number, line in sorted(text.items()):
        if run and number != first + len(run):
            yield first, "\n".join(run)
            run = []
        first = first if run else number
        run.append(line)
    if run:
        yield first, "\n".join(run)


def _trimmed(excerpt: Excerpt) -> Excerpt:
    if len(excerpt.lines) <= _MOST:
        return excerpt
    meant = (excerpt.line or excerpt.first) - excerpt.first
    start = min(max(meant - _MOST // 2, 0), len(excerpt.lines) - _MOST)
    lines = excerpt.lines[start : start + _MOST]
    return Excerpt(excerpt.file, excerpt.first + start, lines, excerpt.line, excerpt.column)


def _cut(line: str) -> str:
    return _part(line, 0) if len(line) > _LONGEST else visible(line)


def _part(line: str, start: int) -> str:
    more = len(line) - start - _LONGEST
    tail = f"… {more:,} more characters" if more > 0 else ""
    return ("…" if start else "") + visible(line[start : start + _LONGEST]) + tail


def _around(line: str, column: int) -> tuple[str, int]:
    """What to show of *line* so that *column* is in it, and where that is then."""
    at = min(column - 1, len(line))
    start = 0 if at < _LONGEST else at - _LONGEST // 2
    before = ("…" if start else "") + visible(line[start:at])
    return (_part(line, start) if start else _cut(line)), _units(before) + 1


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
