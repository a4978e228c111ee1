"""Renders as objects for Python: charts that are opened once, rendered with any inputs, and looked into.

`RenderSession` opens charts, `OpenChart` renders them, `RenderedChart` finds its objects; the fixtures of the
pytest plugin are these.
"""

from __future__ import annotations

from chartkit.testing.chart import Ambiguous, RenderedChart, RenderFailed
from chartkit.testing.inputs import Inputs
from chartkit.testing.objects import RenderedContainer, RenderedObject
from chartkit.testing.open_chart import OpenChart
from chartkit.testing.paths import NotFound
from chartkit.testing.session import RenderSession

__all__ = [
    "Ambiguous",
    "Inputs",
    "NotFound",
    "OpenChart",
    "RenderFailed",
    "RenderSession",
    "RenderedChart",
    "RenderedContainer",
    "RenderedObject",
]
