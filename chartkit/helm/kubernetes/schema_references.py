"""References from a values.schema.json to the definitions of Kubernetes that others publish, which ship here.

Taken out of what ships is whatever the published ones do not say, so that nothing is refused that Helm,
which fetches them, would take.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import unquote

from chartkit.helm.kubernetes import definitions

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


class Target(NamedTuple):
    """A part of a definition: *path* in the one with *number*; *strict* where unknown fields are refused."""

    number: int
    path: tuple[str, ...]
    strict: bool

    @property
    def pointer(self) -> str:
        """Where it is in a schema that `embedded` is part of."""
        steps = ("definitions", _name(self.number, strict=self.strict), *self.path)
        return "#/" + "/".join(step.replace("~", "~0").replace("/", "~1") for step in steps)


@functools.lru_cache(maxsize=256)
def target(address: str) -> Target | None:
    """What *address* names; None where it is not Kubernetes', or what ships does not have it."""
    document, _, fragment = address.partition("#")
    match = _HOSTS.fullmatch(document)
    if match is None:
        return None
    version = _VERSION.search(match[0])
    known = definitions.nearest(version[1]) if version else definitions.known_versions()[-1]
    steps = [unquote(step).replace("~1", "/").replace("~0", "~") for step in fragment.split("/")[1:]]
    if _WHOLE.fullmatch(match["path"]):
        if len(steps) < 2 or steps.pop(0) != "definitions":
            return None
        name = steps.pop(0)
    else:
        name = _files().get(match["path"].rpartition("/")[2], "")
    row = definitions.long_names().get(name)
    number = row[definitions.known_versions().index(known)] if row else 0
    return _below(number, steps, strict="-strict" in match["path"]) if number else None


def embedded(targets: list[Target]) -> dict[str, Any]:
    """The definitions that *targets* are parts of, with all that these refer to, by name."""
    found: dict[str, Any] = {}
    for strict in {each.strict for each in targets}:
        wanted = definitions.of(each.number for each in targets if each.strict is strict)
        for number, definition in wanted.items():
            found[_name(int(number), strict=strict)] = _published(definition, strict=strict)
    return found


def _name(number: int, *, strict: bool) -> str:
    return f"kubernetes-{number}{'-strict' * strict}"


@functools.cache
def _files() -> Mapping[str, str]:
    """The long name behind each file that holds one definition: ``deployment-apps-v1.json``."""
    names = {}
    for name in definitions.long_names():
        *_, group, version, kind = name.lower().split(".")
        named = (kind, version) if group in ("core", "api") else (kind, group, version)
        names[f"{'-'.join(named)}.json"] = name
    return names


def _below(number: int, steps: list[str], *, strict: bool) -> Target | None:
    """The part at *steps* below a definition, in whichever definition it stands."""
    path: list[str] = []
    part: Any = _definition(number)
    for step in steps:
        number, path, part = _followed(number, path, part)
        if not isinstance(part, dict) or step not in part:
            return None
        part = part[step]
        path.append(step)
    return Target(number, tuple(path), strict)


def _followed(number: int, path: list[str], part: Any) -> tuple[int, list[str], Any]:
    """Where *part* leads that is nothing but a reference; files of one definition know none."""
    if isinstance(part, dict) and isinstance(part.get("$ref"), str):
        number = int(part["$ref"].rpartition("/")[2])
        return number, [], _definition(number)
    return number, path, part


@functools.cache
def _definition(number: int) -> Any:
    return definitions.of([number])[str(number)]


def _published(part: Any, *, strict: bool) -> Any:
    """*part* as it is published: without what is known here of the API server beside its types."""
    if not isinstance(part, dict):
        return part
    kept = {key: part[key] for key in ("type", "required") if key in part}
    if "$ref" in part:
        kept["$ref"] = f"#/definitions/{_name(int(part['$ref'].rpartition('/')[2]), strict=strict)}"
    if "properties" in part:
        below = part["properties"].items()
        kept["properties"] = {name: _published(value, strict=strict) for name, value in below}
    for key in ("items", "additionalProperties"):
        if isinstance(part.get(key), dict):
            kept[key] = _published(part[key], strict=strict)
    if strict and part.get("additionalProperties") is False:
        kept["additionalProperties"] = False
    return kept
