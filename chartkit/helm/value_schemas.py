"""Makes values.schema.json files independent of what they refer to outside of the chart.

Helm would fetch what they name from the network, or read it from this machine's disk. Neither is
done for a chart that nobody trusts. Where it is Kubernetes' own definitions, which ship here, they are put
in its place; any other such schema is left out, and that is reported.

Taken out of what ships is whatever the published definitions do not say, so that nothing is refused that
Helm, which fetches them, would take.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin

from chartkit.helm import kubernetes_schemas
from chartkit.model.chart_file import canonical

_HOSTS: Final = re.compile(
    r"https?://(?:"
    r"kubernetesjsonschema\.dev/"
    r"|raw\.githubusercontent\.com/(?:yannh|instrumenta|garethr)/kubernetes-json-schema/"
    r"|cdn\.jsdelivr\.net/gh/(?:yannh|instrumenta|garethr)/kubernetes-json-schema(?:@[^/]*)?/"
    r"|raw\.githubusercontent\.com/kubernetes/kubernetes/"
    r")(?P<path>(?!.*\.\.)[\w./-]*)"
)
_VERSION: Final = re.compile(r"(?:^|[/@])(?:release-|v)?(1\.\d+)")
_WHOLE: Final = re.compile(r"(?:.*/)?(?:_definitions|swagger)\.json")
_KNOWN: Final = re.compile(
    r"https?://json-schema\.org/(schema|draft-0[467]/schema|draft/20(19-09|20-12)/(schema|meta/[a-z-]+))"
)


def external(files: Mapping[str, bytes]) -> dict[str, str]:
    """The schemas among *files* that are left out, with the first reference of each that leads outside."""
    found = {name: _local_schema(files[name]).outside for name in _schemas(files)}
    return {name: reference for name, reference in found.items() if reference}


def without_external(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* with schemas that say all themselves; *files* itself where they do."""
    local = {name: _local_schema(files[name]) for name in _schemas(files)}
    changed = {
        name: each.content for name, each in local.items() if each.outside or each.content != files[name]
    }
    kept = {name: changed.get(name, content) for name, content in files.items()}
    return {name: content for name, content in kept.items() if content is not None} if changed else files


def without_any(files: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """*files* without schemas: what Helm makes of them where it is not to validate values."""
    return {name: content for name, content in files.items() if canonical(name).kind != "schema"}


def _schemas(files: Mapping[str, bytes]) -> list[str]:
    return [name for name in files if canonical(name).kind == "schema"]


class _LocalSchema(NamedTuple):
    """A schema that refers to nothing outside, or the reference *outside* for which there is none."""

    content: bytes | None
    outside: str = ""


@functools.lru_cache(maxsize=64)
def _local_schema(content: bytes) -> _LocalSchema:
    """What a schema is alone; as it is where that is all of it, or it is no JSON."""
    try:
        schema = json.loads(content)
    except (ValueError, RecursionError):
        return _LocalSchema(content)
    base = _identity(schema)
    tables = list(_tables(schema))
    own = {"", base, *(_resolved(base, _identity(table)) for table in tables)}
    targets: dict[str, _Target] = {}
    for table in tables:
        for reference in _references(table):
            address = _resolved(base, reference)
            if address in own or _KNOWN.fullmatch(address):
                continue
            target = _target(_joined(base, reference))
            if target is None or table.get("$ref") != reference or not _is_one(schema, tables):
                return _LocalSchema(None, reference)
            targets[reference] = target
    return _LocalSchema(_embedding(schema, tables, targets) if targets else content)


def _is_one(schema: Any, tables: Sequence[dict[str, Any]]) -> bool:
    """Whether ``#`` is the whole *schema* wherever it stands: no part of it has an address of its own."""
    return isinstance(schema, dict) and not any(_identity(table) for table in tables if table is not schema)


def _embedding(schema: Any, tables: Sequence[dict[str, Any]], targets: Mapping[str, _Target]) -> bytes:
    """*schema* with the definitions of *targets*, each by the reference to it."""
    for table in tables:
        reference = table.get("$ref")
        if isinstance(reference, str) and reference in targets:
            table["$ref"] = targets[reference].pointer
    known = schema.get("definitions")
    definitions = _embedded(list(targets.values()))
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


class _Target(NamedTuple):
    """A part of a definition: *path* in the one with *number*; *strict* where unknown fields are refused."""

    number: int
    path: tuple[str, ...]
    strict: bool

    @property
    def pointer(self) -> str:
        """Where it is in a schema that `_embedded` is part of."""
        steps = ("definitions", _definition_name(self.number, strict=self.strict), *self.path)
        return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


@functools.lru_cache(maxsize=256)
def _target(address: str) -> _Target | None:
    """What *address* names; None where it is not Kubernetes', or what ships does not have it."""
    document, _, fragment = address.partition("#")
    match = _HOSTS.fullmatch(document)
    if match is None:
        return None
    version = _VERSION.search(match[0])
    known = kubernetes_schemas.nearest(version[1]) if version else kubernetes_schemas.known_versions()[-1]
    steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:]]
    if _WHOLE.fullmatch(match["path"]):
        if len(steps) < 2 or steps.pop(0) != "definitions":
            return None
        name = steps.pop(0)
    else:
        name = _definition_files().get(match["path"].rpartition("/")[2], "")
    row = kubernetes_schemas.long_names().get(name)
    number = row[kubernetes_schemas.known_versions().index(known)] if row else 0
    return _below(number, steps, strict="-strict" in match["path"]) if number else None


def _embedded(targets: list[_Target]) -> dict[str, Any]:
    """The definitions that *targets* are parts of, with all that these refer to, by name."""
    found: dict[str, Any] = {}
    for strict in {each.strict for each in targets}:
        wanted = kubernetes_schemas.of(each.number for each in targets if each.strict is strict)
        for number, definition in wanted.items():
            found[_definition_name(int(number), strict=strict)] = _published(definition, strict=strict)
    return found


def _definition_name(number: int, *, strict: bool) -> str:
    return f"kubernetes-{number}{'-strict' * strict}"


@functools.cache
def _definition_files() -> Mapping[str, str]:
    """The long name behind each file that holds one definition: ``deployment-apps-v1.json``."""
    names = {}
    for name in kubernetes_schemas.long_names():
        *_, group, version, kind = name.lower().split(".")
        named = (kind, version) if group in ("core", "api") else (kind, group, version)
        names[f"{'-'.join(named)}.json"] = name
    return names


def _below(number: int, steps: list[str], *, strict: bool) -> _Target | None:
    """The part at *steps* below a definition, in whichever definition it stands."""
    path: list[str] = []
    part: Any = _definition(number)
    for step in steps:
        number, path, part = _followed(number, path, part)
        if not isinstance(part, dict) or step not in part:
            return None
        part = part[step]
        path.append(step)
    return _Target(number, tuple(path), strict)


def _followed(number: int, path: list[str], part: Any) -> tuple[int, list[str], Any]:
    """Where *part* leads that is nothing but a reference; files of one definition know none."""
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        number = int(part["$ref"].rpartition("/")[2])
        return number, [], _definition(number)
    return number, path, part


@functools.cache
def _definition(number: int) -> Any:
    return kubernetes_schemas.of([number])[str(number)]


def _published(part: Any, *, strict: bool) -> Any:
    """*part* as it is published: without what is known here of the API server beside its types."""
    if not isinstance(part, dict):
        return part
    kept = {key: part[key] for key in ("type", "required") if key in part}
    if "$ref" in part:
        kept["$ref"] = (
            f"#/definitions/{_definition_name(int(part['$ref'].rpartition('/')[2]), strict=strict)}"
        )
    if "properties" in part:
        below = part["properties"].items()
        kept["properties"] = {name: _published(value, strict=strict) for name, value in below}
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            kept[key] = _published(part[key], strict=strict)
    if strict and part.get("additionalProperties") is False:
        kept["additionalProperties"] = False
    return kept
