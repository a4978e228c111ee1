"""What a YAML scalar means to Kubernetes: the resolvers of go-yaml 2, and keys as JSON writes them.

The facts were found by asking Helm's own parser; tests/syntax/yaml/test_kube_yaml.py asks it again.
"""

from __future__ import annotations

import math
import re
import struct
from typing import Any, Final

_NUMBER_STARTS: Final = frozenset("+-.0123456789")
_WORDS: Final[dict[str, bool | float | None]] = {
    **dict.fromkeys(["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"], True),
    **dict.fromkeys(["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"], False),
    **dict.fromkeys(["", "~", "null", "Null", "NULL"]),
    **dict.fromkeys([".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"], math.inf),
    **dict.fromkeys(["-.inf", "-.Inf", "-.INF"], -math.inf),
    **dict.fromkeys([".nan", ".NaN", ".NAN"], math.nan),
}
_INTEGER: Final = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]{1,16})|0[bB]([01]{1,64})|0[oO]?([0-7]{1,22})|(0|[1-9][0-9]{0,19}))"
)
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def plain(text: str) -> Any:
    """What a plain (unquoted) scalar is to Kubernetes, which reads it through JSON: 1000.0 is 1000 there.

    Infinities and NaN stay floats, which JSON cannot hold.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMBER_STARTS:
        return text
    value = _number(text)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:  # then with an exponent
        return int(value)
    return value


def as_written(text: str) -> Any:
    """What a plain (unquoted) scalar means to go-yaml: with a point or an exponent it is a float."""
    if text in _WORDS:
        return _WORDS[text]
    return _number(text) if text[0] in _NUMBER_STARTS else text


def _number(text: str) -> int | float | str:
    bare = text.replace("_", "")
    if found := _INTEGER.fullmatch(bare):
        value = _integer(found)
        if -(1 << 63) <= value < 1 << 64:
            return value
    # where a point comes first, Go takes underscores only between digits, as Python does
    return _float(text if text[0] == "." else bare, text) if _FLOAT.fullmatch(bare) else text


def _integer(found: re.Match[str]) -> int:
    sign, *digits = found.groups()
    value = next(int(part, base) for part, base in zip(digits, (16, 2, 8, 10), strict=True) if part)
    return -value if sign == "-" else value


def _float(bare: str, text: str) -> float | str:
    try:
        value = float(bare)
    except ValueError:
        return text
    return text if math.isinf(value) else value


def key(text: str) -> str | None:
    """What a plain scalar is called as a key; None where no key can be that (null, uint64)."""
    value = plain(text)
    if isinstance(value, str) or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if _INTEGER.fullmatch(text.replace("_", "")) and -(1 << 63) <= value < 1 << 64:
        return str(value) if value < 1 << 63 else None
    return _float_key(float(value))


def _float_key(value: float) -> str:
    """Go writes a key that is a float with 32 bits, in the shortest form that reads back the same."""
    packed = _single(value)
    (single,) = struct.unpack("<f", packed)
    if not math.isfinite(single):
        return ".nan" if math.isnan(single) else (".inf" if single > 0 else "-.inf")
    tries = (f"{single:.{digits}e}" for digits in range(9))
    return _general(next(text for text in tries if _single(float(text)) == packed))


def _single(value: float) -> bytes:
    try:
        return struct.pack("<f", value)
    except OverflowError:
        return struct.pack("<f", math.copysign(math.inf, value))


def _general(scientific: str) -> str:
    """Go's format 'g' of the shortest digits: an exponent below 1e-04 and from 1e+06 on."""
    mantissa, _, exponent = scientific.partition("e")
    power, digits = int(exponent), len(mantissa.lstrip("-").replace(".", ""))
    if not -4 <= power < 6:
        return f"{mantissa}e{power:+03d}"
    return f"{float(scientific):.{max(digits - power - 1, 0)}f}"
