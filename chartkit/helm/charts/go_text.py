"""The only module that knows how Go writes a value as text, where Helm wants text and finds another value."""

from __future__ import annotations

import decimal
import math
from typing import Any


def as_text(value: Any) -> str:
    """A scalar as Helm writes it where it wants text: true, 1.1, 1e+23."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value) if isinstance(value, float) else "" if value is None else str(value)


def _number(value: float) -> str:
    """The shortest digits, with an exponent below 1e-4 and from 1e+06 on, as Go's ``%g`` has it."""
    if not math.isfinite(value):
        return {math.inf: "+Inf", -math.inf: "-Inf"}.get(value, "NaN")
    exact = decimal.Decimal(repr(value)).normalize()
    if value == 0 or -4 <= exact.adjusted() < 6:
        return f"{exact:f}"
    sign, digits, _ = exact.as_tuple()
    first, rest = str(digits[0]), "".join(map(str, digits[1:]))
    return f"{'-' * sign}{first}{'.' * bool(rest)}{rest}e{exact.adjusted():+03d}"


def printable(text: str) -> str:
    """Blanks of every kind as spaces, without what cannot be printed, as Helm cleans these texts."""
    return "".join(" " if one.isspace() else one for one in text if one.isspace() or one.isprintable())
