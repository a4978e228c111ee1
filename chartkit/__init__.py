"""chartkit renders Helm charts and tells what is wrong, invalid or changed in them."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chartkit.config import Flags
    from chartkit.model import Render, Report

__all__ = ["__version__", "check", "render", "schemas_folder"]

__version__ = "0.1.0"


def schemas_folder() -> pathlib.Path:
    """The folder of shipped schemas and policies: inside the wheel, or beside the package in a checkout."""
    package = pathlib.Path(__file__).parent
    shipped = package / "schemas"
    return shipped if shipped.is_dir() else package.parent / "schemas"


def check(paths: Sequence[str] = (), flags: Flags | None = None) -> Report:
    """What ``chartkit check PATHS`` finds, with *flags* as on its command line.

    Raises `chartkit.errors.ChartkitError` where chartkit cannot do what was asked.
    """
    from chartkit import pipeline
    from chartkit.config import configure

    return pipeline.check(configure.read(flags), paths)


def render(chart: str, flags: Flags | None = None) -> Render:
    """What ``chartkit render CHART`` prints (with the files of ``crds/``), or why Helm refuses the chart.

    Raises `chartkit.errors.ChartkitError` where chartkit cannot do what was asked.
    """
    from chartkit.config import configure
    from chartkit.running import rendering

    return rendering.render(configure.read(flags), chart)
