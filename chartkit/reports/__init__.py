"""The formats of a report: pure functions of it, each in its module, loaded when it is asked for.

A format is a module with a function ``render`` like `Format.__call__`, and a line in the table of `FORMATS`.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from chartkit.model.errors import ChartkitError

if TYPE_CHECKING:
    from chartkit.model.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """A format called *name*, which is its module's name, too.

    *shows_evidence* says that it wants the evidence of findings, *package* which one it cannot do without.
    """

    name: str
    shows_evidence: bool = False
    package: str = ""

    def __call__(self, report: Report, *, width: int = 80, color: bool = False, verbose: bool = False) -> str:
        """*report* as text; formats that are not for a terminal pay no heed to the options."""
        module = importlib.import_module(f"{__name__}.{self.name}")
        text: str = module.render(report, width=width, color=color, verbose=verbose)
        return text

    def require(self) -> None:
        """Raise ChartkitError where its package is not installed, before there is anything to write."""
        if self.package and importlib.util.find_spec(self.package) is None:
            message = f"--format {self.name}: the package {self.package} is not installed"
            raise ChartkitError(message, f"install chartkit[{self.name}]")


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        each.name: each
        for each in (
            Format("text"),
            Format("html", shows_evidence=True, package="jinja2"),
            Format("json"),
            Format("sarif"),
            Format("junit"),
            Format("github"),
            Format("gitlab"),
            Format("markdown"),
        )
    }
)
"""What ``--format`` takes, the default first."""
