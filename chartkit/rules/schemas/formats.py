r"""Formats and patterns of custom resources, as the API server's Go code understands them.

k8s.io/kube-openapi/pkg/validation/strfmt has the formats; all others are ignored there and here. Their names
get a prefix here, so that they never mean what JSON Schema means by them. Patterns are Go's regular
expressions (RE2), rewritten for jsonschema-rs: both run in linear time and share most of their syntax, but in
Go ``\d``, ``\s``, ``\w`` and ``\b`` know only ASCII, ``\Q…\E`` quotes, and ``[[:alpha:]]`` is a class.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import ipaddress
import re
import urllib.parse
from collections.abc import Callable, Mapping
from typing import Final

PREFIX: Final = "kubernetes-"

_HOSTNAME: Final = (  # compiled where it is used: that takes 10 ms
    r"[a-zA-Z0-9\u00a1-\uffff](?:[a-zA-Z0-9\-\u00a1-\uffff]{0,61}[a-zA-Z0-9\u00a1-\uffff])?"
)
_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    r"[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?"
)
_GO_DURATION: Final = re.compile(r"[-+]?(?:0|(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:ns|us|µs|μs|ms|s|m|h))+)")
_LONG_DURATION: Final = re.compile(
    r"\s*(?:[0-9]+\s*(?:ns|nanos?|us|µs|micros?|millis?|ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?"
    r"|w|wks?|weeks?)\s*)+",
)
_UUID: Final = re.compile(r"[0-9a-fA-F]{8}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{4}-?[0-9a-fA-F]{12}")
_MAC: Final = re.compile(r"(?:[0-9a-fA-F]{2}[:-]){5}(?:[0-9a-fA-F]{2})(?:(?:[:-][0-9a-fA-F]{2}){2})?")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+|.*<[^@\s]+@[^@\s]+>")


def _parses(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def check(value: str) -> bool:
        try:
            parse(value)
        except (ValueError, binascii.Error):
            return False
        return True

    return check


def _matches(pattern: re.Pattern[str]) -> Callable[[str], bool]:
    return lambda value: pattern.fullmatch(value) is not None


def _is_uri(value: str) -> bool:
    """As url.ParseRequestURI: absolute, or a path from the root."""
    try:
        return value.startswith("/") or bool(urllib.parse.urlsplit(value).scheme)
    except ValueError:
        return False


def _is_hostname(value: str) -> bool:
    return len(value) <= 255 and all(
        re.fullmatch(_HOSTNAME, label) for label in value.removesuffix(".").split(".")
    )


def _is_date(value: str) -> bool:
    return _DATE.fullmatch(value) is not None and _parses(dt.date.fromisoformat)(value)


def _is_duration(value: str) -> bool:
    return bool(_GO_DURATION.fullmatch(value) or _LONG_DURATION.fullmatch(value.lower()))


def _is_email(value: str) -> bool:
    """The pattern takes quadratic time; RFC 5321 ends at 254 characters, a name may come before."""
    return len(value) <= 512 and _EMAIL.fullmatch(value) is not None


def _is_cidr(value: str) -> bool:
    return "/" in value and _parses(lambda text: ipaddress.ip_network(text, strict=False))(value)


def _is_base64(value: str) -> bool:
    return _parses(lambda text: base64.b64decode(re.sub(r"[\r\n]", "", text), validate=True))(value)


_NAMED: Final[Mapping[str, Callable[[str], bool]]] = {
    "byte": _is_base64,
    "cidr": _is_cidr,
    "date": _is_date,
    "date-time": _matches(_DATE_TIME),
    "datetime": _matches(_DATE_TIME),
    "duration": _is_duration,
    "email": _is_email,
    "hostname": _is_hostname,
    "ipv4": _parses(ipaddress.IPv4Address),
    "ipv6": _parses(ipaddress.IPv6Address),
    "mac": _matches(_MAC),
    "uri": _is_uri,
    "uuid": _matches(_UUID),
}

CHECKS: Final[dict[str, Callable[[str], bool]]] = {PREFIX + name: check for name, check in _NAMED.items()}


def prefixed_format(name: object) -> str | None:
    """What a schema's ``format`` is called here; None for one that is not checked."""
    return PREFIX + name if isinstance(name, str) and name in _NAMED else None


_ASCII: Final = {"d": "0-9", "w": "0-9A-Za-z_", "s": r"\t\n\f\r "}
_POSIX: Final = {
    "alnum": "0-9A-Za-z",
    "alpha": "A-Za-z",
    "ascii": r"\x00-\x7F",
    "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F",
    "digit": "0-9",
    "graph": "!-~",
    "lower": "a-z",
    "print": " -~",
    "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\x0B\f\r ",
    "upper": "A-Z",
    "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}
_TOKEN: Final = re.compile(r"\\Q(.*?)(?:\\E|\Z)|\\(.)|\[:(\^?\w+):\]|(\[\^?\]?)|(\])", re.DOTALL)
_UNTRANSLATED: Final = "("
"""What no engine compiles, so that the pattern is reported as not evaluated."""


def translate_pattern(pattern: str) -> str:
    """*pattern* as the fast engine reads it, with the meaning that Go gives it."""
    if re.search(r"\[:\^\w+:\]", pattern):
        return _UNTRANSLATED
    in_class = False

    def replace(found: re.Match[str]) -> str:
        nonlocal in_class
        literal, escaped, posix, opens, closes = found.groups()
        if literal is not None:
            return re.escape(literal)
        if escaped is not None:
            return _escape(escaped, in_class=in_class)
        if posix is not None and in_class:
            return _POSIX.get(posix, found[0])
        if closes is not None:
            in_class = False
            return found[0]
        text = (opens or found[0]).replace("]", r"\]") if not in_class else found[0].replace("[", r"\[")
        if in_class and found[0].endswith("]"):
            in_class = False
            return text
        in_class = True
        return text

    return _TOKEN.sub(replace, pattern)


def _escape(letter: str, *, in_class: bool) -> str:
    if letter in _ASCII:
        return _ASCII[letter] if in_class else f"[{_ASCII[letter]}]"
    if letter.lower() in _ASCII:
        return f"[^{_ASCII[letter.lower()]}]"
    if letter in "bB" and not in_class:
        return rf"(?-u:\{letter})"
    return "\\" + letter
