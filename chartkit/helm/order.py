"""How `helm template` arranges what it rendered: which documents, in which order, with which separators.

Helm 3.17 and 4.1 agree on it, but for two kinds that only Helm 4 puts in its order of installation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.helm.manifests import unknown_hooks
from chartkit.model.chart_file import canonical

YamlReader = Callable[[str], Any]
"""Reads one YAML document as Helm does; raises ValueError with Helm's message."""


@dataclass(frozen=True, slots=True)
class Head:
    """What decides where a document goes; *hooks* is None where it is no hook."""

    kind: str = ""
    hooks: str | None = None


_KINDS: Final = [
    "PriorityClass",
    "Namespace",
    "NetworkPolicy",
    "ResourceQuota",
    "LimitRange",
    "PodSecurityPolicy",
    "PodDisruptionBudget",
    "ServiceAccount",
    "Secret",
    "SecretList",
    "ConfigMap",
    "StorageClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "CustomResourceDefinition",
    "ClusterRole",
    "ClusterRoleList",
    "ClusterRoleBinding",
    "ClusterRoleBindingList",
    "Role",
    "RoleList",
    "RoleBinding",
    "RoleBindingList",
    "Service",
    "DaemonSet",
    "Pod",
    "ReplicationController",
    "ReplicaSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "StatefulSet",
    "Job",
    "CronJob",
    "IngressClass",
    "Ingress",
    "APIService",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
]
_RANK: Final = {kind: rank for rank, kind in enumerate(_KINDS)}
_REGEXP_SPACE: Final = "\t\n\f\r "
_UNICODE_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_SEPARATOR: Final = re.compile(rf"(?:\A|\n)---[{_REGEXP_SPACE}]*")
_NOTES: Final = "NOTES.txt"


@dataclass(frozen=True, slots=True)
class Unparsed:
    """A *document* of a rendered *template* that stops Helm, and why."""

    template: str
    document: str
    message: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A document in an arranged text from *start* to *end*, and its *offset* in what *source* rendered to."""

    source: str
    start: int
    end: int
    offset: int


@dataclass(frozen=True, slots=True)
class Arranged:
    """The text that Helm prints, the chart's notes, and the first document that makes Helm refuse.

    *dropped* is what Helm leaves out, in the same form: documents with a hook that it does not know.
    *pieces* are the documents of both, in order, as if one text followed the other.
    """

    text: str
    notes: str
    unparsed: Unparsed | None = None
    pieces: tuple[Piece, ...] = ()
    dropped: str = ""


@dataclass(frozen=True, slots=True)
class _Document:
    source: str
    text: str
    head: Head = Head()
    offset: int = 0

    @property
    def rank(self) -> tuple[int, str]:
        """Where its kind comes; unknown kinds come last, by name."""
        known = _RANK.get(self.head.kind)
        return (len(_RANK), self.head.kind) if known is None else (known, "")

    @property
    def printed(self) -> str:
        return f"---\n# Source: {self.source}\n{self.text}\n"


def arrange(
    rendered: Mapping[str, str], crds: Iterable[tuple[str, str]], chart: str, head: Callable[[str], Head]
) -> Arranged:
    """Arrange *rendered* templates of *chart* and its *crds*, by canonical name, as Helm prints them.

    *head* reads a document's, as `head_of` does, or raises ValueError. A document that Helm could
    not read is kept, so that the others are checked and it is seen.
    """
    documents, unparsed = _documents(rendered, head)
    plain = [_Document(name, content) for name, content in crds]
    plain += sorted((each for each in documents if each.head.hooks is None), key=lambda each: each.rank)
    hooked = [each for each in documents if each.head.hooks is not None]
    hooks = sorted(filter(_is_known, hooked), key=lambda each: each.rank)
    unknown = [each for each in hooked if not _is_known(each)]
    manifest = "".join(each.printed for each in plain).strip(_UNICODE_SPACE) + "\n"
    text = manifest + "".join(each.printed for each in hooks)
    dropped = "".join(each.printed for each in unknown)
    pieces = (*_pieces(plain, 0), *_pieces(hooks, len(manifest)), *_pieces(unknown, len(text)))
    return Arranged(text, rendered.get(f"{chart}/templates/{_NOTES}", ""), unparsed, pieces, dropped)


def _pieces(documents: Iterable[_Document], start: int) -> Iterator[Piece]:
    for document in documents:
        end = start + len(document.printed)
        yield Piece(document.source, end - len(document.text) - 1, end - 1, document.offset)
        start = end


def split(text: str) -> list[tuple[int, str]]:
    """The documents of a rendered template, as Helm splits them: ``---`` anywhere at a line's start.

    With each comes its offset in *text*.
    """
    start, end = _stripped(text, 0, len(text))
    parts: list[tuple[int, int]] = []
    stripped = text[start:end]
    position = 0
    for match in _SEPARATOR.finditer(stripped):
        parts.append((start + position, start + match.start()))
        position = match.end()
    parts.append((start + position, end))
    kept = [part for part in parts if text[slice(*part)].strip(_REGEXP_SPACE)]
    spans = (_stripped(text, *part) for part in kept)
    return [(first, text[first:last]) for first, last in spans]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    """Where the part of *text* from *start* to *end* begins and ends without the blanks around it."""
    part = text[start:end]
    inner = part.lstrip(_UNICODE_SPACE)
    start += len(part) - len(inner)
    return start, start + len(inner.rstrip(_UNICODE_SPACE))


def _documents(
    rendered: Mapping[str, str], head: Callable[[str], Head]
) -> tuple[list[_Document], Unparsed | None]:
    documents: list[_Document] = []
    first: Unparsed | None = None
    for name in sorted(rendered):
        if canonical(name).kind in ("notes", "partial"):
            continue
        for offset, text in split(rendered[name]):
            try:
                documents.append(_Document(name, text, head(text), offset))
            except ValueError as error:
                documents.append(_Document(name, text, offset=offset))
                first = first or Unparsed(name, text, str(error))
    return documents, first


def head_of(body: Any) -> Head:
    """The head of a document that was read as *body*; ValueError where Helm refuses it."""
    body = _table(body, "a document")
    metadata = _table(body.get("metadata"), "metadata")
    annotations = _table(metadata.get("annotations"), "metadata.annotations")
    scalars = {"kind": body.get("kind"), "metadata.name": metadata.get("name"), **annotations}
    for key, value in scalars.items():
        if isinstance(value, (dict, list)):
            raise ValueError(f"{key} must be text, not {_what(value)}")  # noqa: TRY004  Helm's refusal
    hooks = annotations.get("helm.sh/hook")
    return Head(_text(body.get("kind")), None if hooks is None else _text(hooks))


def _table(value: Any, name: str) -> Mapping[str, Any]:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"{name} must be a mapping, not {_what(value)}")  # noqa: TRY004  Helm's refusal
    return value


def _what(value: Any) -> str:
    return {dict: "a mapping", list: "a list", str: "text", bool: "a boolean"}.get(type(value), "a number")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _is_known(document: _Document) -> bool:
    """Whether Helm knows all its hooks; else it drops the document."""
    return next(unknown_hooks(document.head.hooks or ""), None) is None
