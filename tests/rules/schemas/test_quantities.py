"""Quantities are numbers, whatever their suffix."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chartkit.rules.schemas.api_server import quantity

VALUES: dict[Any, str | None] = {
    "1": "1",
    1: "1",
    0.5: "0.5",
    "500m": "0.5",
    "1.5Gi": "1610612736",
    "1e3": "1000",
    "1E3": "1000",
    "1E": "1e18",
    "2k": "2000",
    " -1Ki ": "-1024",
    ".5M": "500000",
    "1.": "1",
    "100n": "1e-7",
    None: None,
    "1x": None,
    "": None,
    "1Mi ": "1048576",
    "9" * 100: None,
}


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_quantity_is_the_number_that_it_stands_for(value: Any) -> None:
    wanted = VALUES[value]

    assert quantity(value) == (None if wanted is None else Decimal(wanted))


def test_other_values_are_no_quantities() -> None:
    assert quantity(True) is None
    assert quantity([]) is None
    assert quantity({}) is None
