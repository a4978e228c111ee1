"""A file of a chart: whose it is and what it is, by its canonical name, and its text.

Canonical names are those that Helm reports: ``web/charts/redis/templates/x.yaml`` is a template of the
subchart ``redis``. Nothing else takes such names apart.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Final, Literal

CHART_YAML: Final = "Chart.yaml"
REQUIREMENTS_YAML: Final = "requirements.yaml"
LOCKS: Final = ("Chart.lock", "requirements.lock")
VALUES_YAML: Final = "values.yaml"
VALUES_SCHEMA: Final = "values.schema.json"
BOM: Final = b"\xef\xbb\xbf"
"""The mark of UTF-8 at the start of a file, which Helm cuts off."""

Kind = Literal["template", "partial", "notes", "crd", "values", "schema", "metadata", "lock", "other"]
"""What Helm does with a file."""

PACKED: Final = (".tgz", ".tar.gz")
_KINDS: Final[dict[str, Kind]] = {
    CHART_YAML: "metadata",
    REQUIREMENTS_YAML: "metadata",
    **dict.fromkeys(LOCKS, "lock"),
    VALUES_YAML: "values",
    VALUES_SCHEMA: "schema",
}


@dataclass(frozen=True, slots=True)
class CanonicalName:
    """A canonical name taken apart: the *folder* of the chart that owns the file, and its name in there."""

    folder: str
    inner: str
    kind: Kind

    @property
    def base(self) -> str:
        """The name without folders."""
        return self.inner.rpartition("/")[2]

    @property
    def in_templates(self) -> bool:
        """Whether Helm parses the file as a template: one that prints, a partial, or the notes."""
        return self.kind in ("template", "partial", "notes")

    @property
    def subcharts(self) -> tuple[str, ...]:
        """The subcharts that lead to the owner, outermost first; they are keys of the outermost values."""
        return tuple(self.folder.split("/")[2::2])


@functools.lru_cache(maxsize=1 << 15)
def canonical(name: str) -> CanonicalName:
    """Take the canonical *name* apart."""
    parts = name.split("/")
    end = 1
    while len(parts) > end + 2 and parts[end] == "charts":
        end += 2
    inner = "/".join(parts[end:])
    return CanonicalName("/".join(parts[:end]), inner, _kind(inner))


def _kind(inner: str) -> Kind:
    folder, below, _ = inner.partition("/")
    if not below:
        return _KINDS.get(inner, "other")
    if folder == "crds":
        return "crd"
    if folder != "templates":
        return "other"
    if inner.endswith("NOTES.txt"):  # whatever comes before it, as in Helm
        return "notes"
    return "partial" if inner.rpartition("/")[2].startswith("_") else "template"


@dataclass(frozen=True, slots=True)
class ChartFile:
    """A file of a chart by its canonical *name*; *origin* is the file or archive that a person would edit."""

    name: str
    content: bytes = field(repr=False)
    origin: str

    @property
    def folder(self) -> str:
        """The folder of the chart that owns it, in canonical names."""
        return canonical(self.name).folder

    @property
    def inner(self) -> str:
        """Its name in its own chart."""
        return canonical(self.name).inner

    @property
    def kind(self) -> Kind:
        """What Helm does with it."""
        return canonical(self.name).kind

    @property
    def text(self) -> str:
        """Its content; what is not UTF-8 in it as so many surrogates."""
        return text(self.content)


def text(content: bytes) -> str:
    """The text of a file without its BOM; what is not UTF-8 in it as so many surrogates."""
    return decoded(content.removeprefix(BOM))


def decoded(content: bytes) -> str:
    """All of *content* as text; bytes that are not UTF-8 become surrogates."""
    return content.decode("utf-8", "surrogateescape")


def is_packed(path: str) -> bool:
    """Whether *path* names an archive of a chart."""
    return path.endswith(PACKED)
