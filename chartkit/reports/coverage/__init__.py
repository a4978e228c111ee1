"""The formats of coverage: pure functions of it, each in its module, loaded when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol, cast

from chartkit.model.coverage import Coverage


class CoverageFormat(Protocol):
    """Writes a report as text; those that are not for a terminal pay no heed to the options."""

    def __call__(
        self,
        coverage: Coverage,
        *,
        width: int = 80,
        color: bool = False,
        verbose: bool = False,
        fail_under: float | None = None,
    ) -> str: ...


def _late(name: str) -> CoverageFormat:
    def render(
        coverage: Coverage,
        *,
        width: int = 80,
        color: bool = False,
        verbose: bool = False,
        fail_under: float | None = None,
    ) -> str:
        module = importlib.import_module(f"{__name__}.{name}")
        written = cast(CoverageFormat, module.render)
        return written(coverage, width=width, color=color, verbose=verbose, fail_under=fail_under)

    return render


FORMATS: Final[Mapping[str, CoverageFormat]] = MappingProxyType(
    {name: _late(name) for name in ("text", "lcov", "cobertura", "json")}
)
"""What ``--format`` takes besides ``html``, which makes a folder: see `pages`."""


HTML: Final = "html"


def pages(coverage: Coverage, *, fail_under: float | None = None) -> Mapping[str, str]:
    """The report as HTML: the texts of its files by their names."""
    from chartkit.reports.coverage import html

    return html.pages(coverage, fail_under=fail_under)
