"""Templates made of text, and what is counted of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chartkit.model.case import Chart
from chartkit.source_map import instrument
from chartkit.source_map.markers import Block


def _blocks_of(source: str) -> list[Block]:
    files = {"web/Chart.yaml": b"name: web\nversion: 1.0.0\n", "web/templates/a.yaml": source.encode()}
    return instrument.instrument_chart(Chart("web", "web", "", "", "", "", "", (), files, {}, "")).blocks


@pytest.fixture
def blocks_of() -> Callable[[str], list[Block]]:
    """The blocks of one template."""
    return _blocks_of
