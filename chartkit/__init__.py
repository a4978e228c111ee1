"""chartkit renders Helm charts and tells what is wrong, invalid or changed in them.

`check` and `render` give what the commands give, as values; `RenderSession` renders often with one worker.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    import os

    from chartkit.model.errors import ChartkitError
    from chartkit.model.finding import Finding, Severity
    from chartkit.model.report import Report
    from chartkit.plan.config import Flags
    from chartkit.system.package import __version__, schemas_folder
    from chartkit.testing.chart import Ambiguous, RenderedChart, RenderFailed
    from chartkit.testing.inputs import Inputs
    from chartkit.testing.objects import RenderedContainer, RenderedObject
    from chartkit.testing.open_chart import OpenChart
    from chartkit.testing.paths import NotFound
    from chartkit.testing.session import RenderSession

__all__ = [
    "Ambiguous",
    "ChartkitError",
    "Finding",
    "Flags",
    "Inputs",
    "NotFound",
    "OpenChart",
    "RenderFailed",
    "RenderSession",
    "RenderedChart",
    "RenderedContainer",
    "RenderedObject",
    "Report",
    "Severity",
    "__version__",
    "check",
    "render",
    "schemas_folder",
]

_HOMES = {
    "Ambiguous": "testing.chart",
    "ChartkitError": "model.errors",
    "Finding": "model.finding",
    "Flags": "plan.config",
    "Inputs": "testing.inputs",
    "NotFound": "testing.paths",
    "OpenChart": "testing.open_chart",
    "RenderFailed": "testing.chart",
    "RenderSession": "testing.session",
    "RenderedChart": "testing.chart",
    "RenderedContainer": "testing.objects",
    "RenderedObject": "testing.objects",
    "Report": "model.report",
    "Severity": "model.finding",
    "__version__": "system.package",
    "schemas_folder": "system.package",
}


def __getattr__(name: str) -> Any:
    """What `__all__` names, loaded when it is asked for: the command line starts without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)


def check(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (), flags: Flags | None = None
) -> Report:
    """What ``chartkit check PATHS`` finds, with *flags* as on its command line; no path means every chart.

    Raises `ChartkitError` where chartkit cannot do what was asked.
    """
    import os

    from chartkit.pipeline import check as pipeline
    from chartkit.plan.config import configure

    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return pipeline.check(configure.read(flags), [os.fspath(path) for path in several])


def render(chart: str | os.PathLike[str], **inputs: Unpack[Inputs]) -> RenderedChart:
    """What Helm makes of *chart* with these `Inputs`, as objects: ``render("charts/web", scenario="ha")``.

    Raises `RenderFailed` where Helm refuses the chart, `ChartkitError` where chartkit cannot do what was
    asked. Each call starts a worker of its own: use `RenderSession` for many.
    """
    from chartkit.testing.session import RenderSession

    return RenderSession().chart(chart).render(**inputs)
