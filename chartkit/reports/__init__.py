"""The formats of a report: pure functions of it, each in its module, loaded when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Protocol, cast

from chartkit.model.report import Report


class Format(Protocol):
    """Writes a report; formats that are not for a terminal pay no heed to the options."""

    def __call__(
        self, report: Report, *, width: int = 80, color: bool = False, verbose: bool = False
    ) -> str: ...


def _late(name: str) -> Format:
    def render(report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:
        module = importlib.import_module(f"{__name__}.{name}")
        return cast(Format, module.render)(report, width=width, color=color, verbose=verbose)

    return render


NAMES: Final = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown", "html")

FORMATS: Final[Mapping[str, Format]] = MappingProxyType({name: _late(name) for name in NAMES})
"""What ``--format`` takes."""

NEEDS_EVIDENCE: Final = frozenset({"html"})
"""The formats that show what `chartkit.evidence` holds of each finding."""
