"""Whether a chart renders as Helm renders it, although something in its folder was not read for safety."""

from __future__ import annotations

from typing import Final

from chartkit.model.case import Chart

RULE: Final = "chart-file-unsafe"

_READ_BY_HELM: Final = frozenset(
    {
        *("Chart.yaml", "Chart.lock", "requirements.yaml", "requirements.lock", ".helmignore"),
        *("values.yaml", "values.schema.json", "templates", "crds", "charts"),
    }
)
"""What is part of every render; other files are only where templates ask for them."""


def may_be_needed(chart: Chart) -> bool:
    """Whether Helm may render *chart* by something that was not read here."""
    unread = [name for name, place in chart.left_out.items() if place is None]
    if any(_inside(name) in _READ_BY_HELM for name in unread):
        return True
    return bool(unread) and any(b"Files" in content for content in chart.files.values())


def _inside(name: str) -> str:
    """The first part of *name* within the chart or subchart that it belongs to."""
    parts = name.split("/")[1:]
    while len(parts) > 2 and parts[0] == "charts":
        parts = parts[2:]
    return parts[0]
