"""Where something stands: in a file, in an object, in the cluster."""

from __future__ import annotations

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where in an object: ``("spec", "containers", 0, "image")``."""


def pointer(path: Path) -> str:
    """Write *path* as an RFC 6901 JSON pointer; the whole object is the empty string."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


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
