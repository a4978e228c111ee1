"""chartkit renders Helm charts and tells what is wrong, invalid or changed in them.

`check` and `render` give what the commands give, as values; `RenderSession` renders often with one worker.
"""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Unpack

if TYPE_CHECKING:
    import os

    from chartkit.config import Flags
    from chartkit.errors import ChartkitError
    from chartkit.model import Finding, Report, Severity
    from chartkit.rendered import (
        Ambiguous,
        Inputs,
        NotFound,
        OpenChart,
        RenderedChart,
        RenderedContainer,
        RenderedObject,
        RenderFailed,
        RenderSession,
    )

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

__version__ = "0.1.0"

_HOMES = {
    "ChartkitError": "errors",
    "Finding": "model",
    "Flags": "config",
    "Report": "model",
    "Severity": "model",
}


def __getattr__(name: str) -> Any:
    """What `__all__` names, loaded when it is asked for: the command line starts without it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_HOMES.get(name, 'rendered')}"), name)


def schemas_folder() -> pathlib.Path:
    """The folder of shipped schemas and policies: inside the wheel, or beside the package in a checkout."""
    package = pathlib.Path(__file__).parent
    shipped = package / "schemas"
    return shipped if shipped.is_dir() else package.parent / "schemas"


def check(
    paths: str | os.PathLike[str] | Sequence[str | os.PathLike[str]] = (), flags: Flags | None = None
) -> Report:
    """What ``chartkit check PATHS`` finds, with *flags* as on its command line; no path means every chart.

    Raises `ChartkitError` where chartkit cannot do what was asked.
    """
    import os

    from chartkit import pipeline
    from chartkit.config import configure

    several = [paths] if isinstance(paths, str | os.PathLike) else paths
    return pipeline.check(configure.read(flags), [os.fspath(path) for path in several])


def render(chart: str | os.PathLike[str], **inputs: Unpack[Inputs]) -> RenderedChart:
    """What Helm makes of *chart* with these `Inputs`, as objects: ``render("charts/web", scenario="ha")``.

    Raises `RenderFailed` where Helm refuses the chart, `ChartkitError` where chartkit cannot do what was
    asked. Each call starts a worker of its own: use `RenderSession` for many.
    """
    from chartkit.rendered import RenderSession

    return RenderSession().chart(chart).render(**inputs)
