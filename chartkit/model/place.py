"""Where something is: in a file, in an object, in the cluster."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Final

Path = tuple[str | int, ...]
"""Where in an object: ``("spec", "containers", 0, "image")``."""


_PLAIN_KEY: Final = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)


def pointer(path: Path) -> str:
    """Write *path* as an RFC 6901 JSON pointer; the whole object is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def dotted(path: Path) -> str:
    """*path* for people: ``spec.containers[0].image``, ``metadata.labels["app.kubernetes.io/name"]``."""
    where = ""
    for step in path:
        where = f"{where}[{step}]" if isinstance(step, int) else joined(where, step)
    return where


def joined(where: str, key: str) -> str:
    """The `dotted` path to *key* below *where*."""
    if not _PLAIN_KEY.fullmatch(key):
        return f"{where}[{json.dumps(key, ensure_ascii=False)}]"
    return f"{where}.{key}" if where else key


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A place that a person can open in an editor; *line* is None where none is certain."""

    file: str
    line: int | None = None
    column: int | None = None


@dataclass(frozen=True, slots=True, order=True)
class ResourceId:
    """Which object; *namespace* is empty where the manifest names none."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.name}" if self.name else self.kind
