"""The values.schema.json files that Helm could not judge with alone: those that refer to something outside.

Helm would fetch what they name from the network, or read it from this machine's disk. Neither is
done for a chart that nobody trusts, so that such a schema is left out, and that is said.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import urldefrag, urljoin

_FILE: Final = re.compile(r"[^/]+(/charts/[^/]+)*/values\.schema\.json")
_KNOWN: Final = re.compile(
    r"https?://json-schema\.org/(schema|draft-0[467]/schema|draft/20(19-09|20-12)/(schema|meta/[a-z-]+))"
)


def external(files: Mapping[str, bytes]) -> dict[str, str]:
    """The schemas among *files*, by canonical name, with the first reference of each that leads outside."""
    found = ((name, _outside(content)) for name, content in files.items() if _FILE.fullmatch(name))
    return {name: reference for name, reference in found if reference}


def without_external(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* without those schemas; *files* itself where there are none."""
    left_out = external(files)
    return {name: files[name] for name in files if name not in left_out} if left_out else files


@functools.lru_cache(maxsize=64)
def _outside(content: bytes) -> str:
    """The first reference of a schema to what is not in it; empty where all is, or it is no JSON."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    base = _identity(schema)
    tables = list(_tables(schema))
    own = {"", base, *(_resolved(base, _identity(table)) for table in tables)}
    for table in tables:
        for reference in _references(table):
            target = _resolved(base, reference)
            if target not in own and not _KNOWN.fullmatch(target):
                return reference
    return ""


def _tables(schema: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document, outer ones first."""
    waiting = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(reversed(value.values()))
        elif isinstance(value, list):
            waiting.extend(reversed(value))


def _identity(table: Any) -> str:
    names = (table.get("$id"), table.get("id")) if isinstance(table, dict) else ()
    return next((name for name in names if isinstance(name, str)), "")


def _references(table: dict[str, Any]) -> Iterator[str]:
    found = (table.get("$ref"), table.get("$dynamicRef"), table.get("$schema"))
    yield from (reference for reference in found if isinstance(reference, str))


def _resolved(base: str, reference: str) -> str:
    """What *reference* names, without its fragment; what is no address stands for itself."""
    try:
        return urldefrag(urljoin(base, reference)).url
    except ValueError:
        return reference
