"""Where dependencies are found that are not in ``charts/``, without asking anybody over the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from chartkit.helm.charts.downloads import Downloads
    from chartkit.helm.charts.siblings import Siblings


@dataclass(frozen=True, slots=True)
class Nearby:
    """The charts of the same checkout, then archives that were downloaded before."""

    siblings: Siblings | None = None
    downloads: Downloads | None = None


NOTHING: Final = Nearby()
