"""The values.schema.json files that Helm could not judge with alone: those that refer to something outside.

Helm would fetch what they name from the network, or read it from this machine's disk. Neither is
done for a chart that nobody trusts. Where it is Kubernetes' own definitions, which ship here, they are put
in its place; any other such schema is left out, and that is said.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urldefrag, urljoin

from chartkit.helm.kubernetes import schema_references

_FILE: Final = re.compile(r"[^/]+(/charts/[^/]+)*/values\.schema\.json")
_KNOWN: Final = re.compile(
    r"https?://json-schema\.org/(schema|draft-0[467]/schema|draft/20(19-09|20-12)/(schema|meta/[a-z-]+))"
)


def external(files: Mapping[str, bytes]) -> dict[str, str]:
    """The schemas among *files* that are left out, with the first reference of each that leads outside."""
    found = ((name, _alone(content).outside) for name, content in files.items() if _FILE.fullmatch(name))
    return {name: reference for name, reference in found if reference}


def without_external(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* with schemas that say all themselves; *files* itself where they do."""
    alone = {name: _alone(content) for name, content in files.items() if _FILE.fullmatch(name)}
    changed = {
        name: each.content for name, each in alone.items() if each.outside or each.content != files[name]
    }
    kept = {name: changed.get(name, content) for name, content in files.items()}
    return {name: content for name, content in kept.items() if content is not None} if changed else files


def without_any(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* without schemas: what Helm makes of them where it is not to validate values."""
    return {name: content for name, content in files.items() if not _FILE.fullmatch(name)}


class _Alone(NamedTuple):
    """A schema that refers to nothing outside, or the reference *outside* for which there is none."""

    content: bytes | None
    outside: str = ""


@functools.lru_cache(maxsize=64)
def _alone(content: bytes) -> _Alone:
    """What a schema is alone; as it is where that is all of it, or it is no JSON."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return _Alone(content)
    base = _identity(schema)
    tables = list(_tables(schema))
    own = {"", base, *(_resolved(base, _identity(table)) for table in tables)}
    targets: dict[str, schema_references.Target] = {}
    for table in tables:
        for reference in _references(table):
            address = _resolved(base, reference)
            if address in own or _KNOWN.fullmatch(address):
                continue
            target = schema_references.target(_joined(base, reference))
            if target is None or table.get("$ref") != reference or not _is_one(schema, tables):
                return _Alone(None, reference)
            targets[reference] = target
    return _Alone(_embedding(schema, tables, targets) if targets else content)


def _is_one(schema: Any, tables: Sequence[dict[str, Any]]) -> bool:
    """Whether ``#`` is the whole *schema* wherever it stands: no part of it has an address of its own."""
    return isinstance(schema, dict) and not any(_identity(table) for table in tables if table is not schema)


def _embedding(
    schema: Any, tables: Sequence[dict[str, Any]], targets: Mapping[str, schema_references.Target]
) -> bytes:
    """*schema* with the definitions of *targets*, each by the reference to it."""
    for table in tables:
        reference = table.get("$ref")
        if isinstance(reference, str) and reference in targets:
            table["$ref"] = targets[reference].pointer
    known = schema.get("definitions")
    definitions = schema_references.embedded(list(targets.values()))
    schema["definitions"] = {**(known if isinstance(known, dict) else {}), **definitions}
    return json.dumps(schema).encode()


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


def _joined(base: str, reference: str) -> str:
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
