from __future__ import annotations

import math
from typing import Any

import pytest

from chartkit.helm.charts import chart_yaml


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        ("1.10", "1.10"),
        (12, "12"),
        (1.1, "1.1"),
        (1000.0, "1000"),
        (0.0, "0"),
        (-0.0, "-0"),
        (123456.5, "123456.5"),
        (1234567.5, "1.2345675e+06"),
        (1e23, "1e+23"),
        (-1e-5, "-1e-05"),
        (0.0001, "0.0001"),
        (math.inf, "+Inf"),
        (-math.inf, "-Inf"),
        (math.nan, "NaN"),
    ],
)
def test_scalars_are_written_as_go_writes_them(value: Any, text: str) -> None:
    assert chart_yaml.as_text(value) == text


def test_blanks_become_spaces_and_what_cannot_be_printed_goes() -> None:
    assert chart_yaml.printable("a\tb\u00a0c\x07d\u200be") == "a b cde"
