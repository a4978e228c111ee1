"""What rules say of the templates of a chart, at the lines that they are about."""

from __future__ import annotations

import bisect
import functools
import re
from collections.abc import Callable, Iterator

from chartkit.helm.references import LimitReached, TemplateReference, references
from chartkit.model.case import Chart
from chartkit.model.chart_file import text
from chartkit.model.place import Place
from chartkit.model.render import Hit

Words = tuple[str, str] | None
"""A message and a hint, where there is something to say."""


def hits(
    chart: Chart, mark: re.Pattern[bytes], explain: Callable[[TemplateReference], Words]
) -> Iterator[Hit]:
    """What *explain* says of what the templates refer to, as far as *mark* is found in them, each once."""
    yielded: set[tuple[str, int, str]] = set()
    try:
        for one in references(chart.files, mark):
            words = explain(one)
            if words is not None and (key := (one.file, one.offset, words[0])) not in yielded:
                yielded.add(key)
                yield _hit(chart, one, *words)
    except LimitReached:
        message = "the templates include and read too much to look at all of it"
        hint = "make it fewer templates, patterns or subcharts: this is more than a chart needs"
        yield Hit((), message, hint, place=Place(chart.path))


def _hit(chart: Chart, one: TemplateReference, message: str, hint: str) -> Hit:
    """At the line; at the archive alone, and saying the line, where the template is packed."""
    starts = _starts(chart.files[one.file])
    line = bisect.bisect_right(starts, one.offset)
    origin = chart.origin(one.file)
    if one.file.endswith(origin.rpartition("/")[2]):
        return Hit((), message, hint, place=Place(origin, line, one.offset - starts[line - 1] + 1))
    return Hit((), f"{message} (in {one.file}, line {line})", hint, place=Place(origin))


@functools.lru_cache(maxsize=4)
def _starts(content: bytes) -> tuple[int, ...]:
    """Where the lines of a template begin."""
    return (0, *(match.end() for match in re.finditer("\n", text(content))))
