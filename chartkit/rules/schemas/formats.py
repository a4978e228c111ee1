"""The formats that the API server checks in custom resources, as its Go code understands them.

k8s.io/kube-openapi/pkg/validation/strfmt has them; all others are ignored there and here. Their names get a
prefix here, so that they never mean what JSON Schema means by them.
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

_HOSTNAME: Final = re.compile(
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
        _HOSTNAME.fullmatch(label) for label in value.removesuffix(".").split(".")
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


def renamed(name: object) -> str | None:
    """What a schema's ``format`` is called here; None for one that is not checked."""
    return PREFIX + name if isinstance(name, str) and name in _NAMED else None
