"""Where in the templates of a chart something stands that a rule tells of."""

from __future__ import annotations

from chartkit.model import Chart, Place
from chartkit.templates.references import Reference, source


def place_of(chart: Chart, one: Reference) -> Place:
    """The line of *one*; the archive alone where the template is in one."""
    origin = chart.origin(one.file)
    if not one.file.endswith(origin.rpartition("/")[2]):
        return Place(origin)
    before = source(chart.files[one.file])[: one.offset]
    return Place(origin, before.count("\n") + 1, one.offset - before.rfind("\n"))
