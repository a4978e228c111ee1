"""Renders as objects for Python: charts that are opened once, rendered with any inputs, and looked into.

`RenderSession` opens charts, `OpenChart` renders them, `RenderedChart` finds its objects; the fixtures of the
pytest plugin are these.
"""

from __future__ import annotations

from chartkit.rendered.chart import Ambiguous, RenderedChart, RenderFailed
from chartkit.rendered.inputs import Inputs
from chartkit.rendered.objects import RenderedContainer, RenderedObject
from chartkit.rendered.open_chart import OpenChart
from chartkit.rendered.paths import NotFound
from chartkit.rendered.session import RenderSession

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
