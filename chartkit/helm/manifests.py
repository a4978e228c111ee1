"""Takes a render apart into manifests, and finds places in them again.

Alone knows how Helm separates documents, how Lists hold objects, and where a workload keeps its pod template.
"""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Path, Place, ResourceId, pointer
from chartkit.model.render import Container, Manifest, Render, Unreadable
from chartkit.syntax.yaml import kube_yaml
from chartkit.syntax.yaml.nodes import character_fault
from chartkit.system.cache import Memo

_MARKER: Final = re.compile(r"^---(?=[ \t\r\n]|\Z)[ \t]*(?:#[^\n]*|\r)?\n?", re.MULTILINE)
_SOURCE: Final = re.compile(r"\ufeff?(?:[ \t\r]*\n)*# Source: ([^\r\n]+)")
_END: Final = re.compile(r"^\.\.\.[ \t\r]*(?:#[^\n]*)?\n", re.MULTILINE)
_ONLY_COMMENTS: Final = re.compile(r"(?:[ \t\r\ufeff]*(?:#[^\n]*)?(?:\n|\Z))*\Z")

_POD_TEMPLATES: Final[Mapping[tuple[str, str], Path]] = {
    **{
        ("apps", kind): ("spec", "template")
        for kind in ("Deployment", "DaemonSet", "StatefulSet", "ReplicaSet")
    },
    ("extensions", "Deployment"): ("spec", "template"),
    ("extensions", "DaemonSet"): ("spec", "template"),
    ("extensions", "ReplicaSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
    ("", "ReplicationController"): ("spec", "template"),
    ("", "PodTemplate"): ("template",),
    ("", "Pod"): (),
}
HOOKS: Final = frozenset(
    f"{when}-{what}" for when in ("pre", "post") for what in ("install", "delete", "upgrade", "rollback")
) | {"test", "test-success"}
"""The hooks that Helm knows."""

_HINTS: Final = (
    (" tab ", "indent with spaces"),
    ("not UTF-8", "save the file that it comes from as UTF-8; what is no text goes through b64enc"),
)

_NAMELESS: Final = re.compile(r"\w+Review\Z")
"""Kinds that are questions to the API server (TokenReview) need no name: they are never stored."""

Read = tuple[tuple[Manifest, ...], tuple[Unreadable, ...]]

_documents: Memo[Read] = Memo(room=8 << 20)
"""Documents read lately, by text and source; a parsed one takes about ten times the room of its text."""


def read(text: str) -> Read:
    """All objects of *text*, as ``helm template`` prints them, and what could not be read; in order.

    A document with a key that stands twice gives both: the manifest is checked all the same. Each document is
    parsed once, as renders share most of theirs.
    """
    objects: list[Manifest] = []
    unreadable: list[Unreadable] = []
    for document, source, line in documents(text):
        read_one = functools.partial(read_document, document, source, 1)
        good, bad = _documents.get((document, source), len(document), read_one)
        objects += (dataclasses.replace(one, line=one.line + line - 1) for one in good)
        unreadable += (Unreadable(one.rule, one.problem.within(one.problem.place.file, line)) for one in bad)
    return tuple(objects), tuple(unreadable)


def read_dropped(render: Render) -> Read:
    """The objects that Helm left out of *render*, as if they followed its text."""
    return read("\n" * render.text.count("\n") + render.dropped) if render.dropped else ((), ())


def documents(text: str) -> Iterator[tuple[str, str, int]]:
    """Each document's text, source and first line (from 1); readable ones of comments alone are left out.

    A document without a ``# Source:`` line comes from the file of the one before it: Helm prints the files of
    ``crds/`` as they are, however many documents they hold.
    """
    source, line, counted = "", 1, 0
    for start, end in _spans(text):
        line += text.count("\n", counted, start)
        counted = start
        document = text[start:end]
        if found := _SOURCE.match(document):
            source = found[1].strip()
        if not _ONLY_COMMENTS.match(document) or character_fault(document):
            yield document, source, line


def _spans(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for marker in _MARKER.finditer(text):
        yield start, marker.start()
        has_content = marker[0][-1:] != "\n" and marker.end() < len(text)  # as in "--- {a: 1}"
        start = marker.start() if has_content else marker.end()
    yield start, len(text)


def read_document(text: str, source: str, line: int) -> Read:
    """The objects of one document that begins at *line* of the render.

    Bodies may be shared between manifests of equal text (`dataclasses.replace` gives another line).
    """
    try:
        document = kube_yaml.read(text)
    except FileError as error:
        return (), (_unreadable(error.problem.within(source, line)),)
    unreadable = [_duplicate_key(duplicate, source, line) for duplicate in document.duplicates]
    unreadable += _ignored_end(text, source, line)
    if document.value is None:
        return (), tuple(unreadable)
    reader = _Objects(text, source, line)
    manifests = tuple(reader.objects(document.value, ()))
    return manifests, (*unreadable, *reader.unreadable)


def _unreadable(problem: Problem) -> Unreadable:
    hint = next((hint for words, hint in _HINTS if words in problem.message), "")
    return Unreadable("yaml-unreadable", replace(problem, hint=hint))


def _duplicate_key(found: kube_yaml.Duplicate, source: str, line: int) -> Unreadable:
    above = found.line - found.first[0]  # as a distance: a document is read once, wherever it stands
    where = f"{above} line{'s' * (above > 1)} above" if above else "on the same line"
    message = f"key '{found.key}' stands twice in {_shown(found.path)}: the first, {where}, is lost"
    hint = "remove one of the two, or merge them"
    place = Place(source, line + found.line - 1, found.column)
    return Unreadable("yaml-key-duplicate", Problem(place, message, hint))


def _shown(path: Path) -> str:
    return f"'{pointer(path)}'" if path else "the document"


def _ignored_end(text: str, source: str, line: int) -> Iterable[Unreadable]:
    """What follows ``...`` is another document, which Kubernetes never reads."""
    found = _END.search(text)
    if found and not _ONLY_COMMENTS.match(text, found.end()):
        at = line + text.count("\n", 0, found.start())
        message = "everything after '...' is ignored by Kubernetes"
        yield Unreadable(
            "yaml-unreadable", Problem(Place(source, at, 1), message, "separate documents with '---'")
        )


class _Objects:
    """Finds the objects in one document's value, and says what is no object."""

    def __init__(self, text: str, source: str, line: int) -> None:
        self.text = text
        self.source = source
        self.line = line
        self.unreadable: list[Unreadable] = []

    def objects(self, value: Any, base: Path) -> Iterator[Manifest]:
        if not isinstance(value, dict):
            message = f"got {_described(value)}, expected an object with apiVersion, kind and metadata"
            self._refuse("object-without-kind", message, base)
            return
        if trouble := _kind_trouble(value):
            self._refuse("object-without-kind", trouble, base)
            return
        if value["kind"].endswith("List") and isinstance(value.get("items"), list):
            yield from self._items(value, base)
            return
        manifest = self._manifest(value, base)
        if not manifest.resource.name and not _needs_no_name(value):
            message = f"{value['kind']} has no metadata.name"
            path, hint = (*base, "metadata", "name"), "give metadata.name or generateName"
            self._refuse("object-without-name", message, path, hint)
        yield manifest

    def _items(self, value: Mapping[str, Any], base: Path) -> Iterator[Manifest]:
        for index, item in enumerate(value["items"]):
            whole = item
            typed = value["kind"] != "List" and isinstance(item, dict)
            if typed and not item.get("kind") and not item.get("apiVersion"):
                # kubectl and Helm take both from a typed list: RoleList holds Roles
                kind = value["kind"].removesuffix("List")
                whole = {"apiVersion": value["apiVersion"], "kind": kind, **item}
            yield from self.objects(whole, (*base, "items", index))

    def _manifest(self, body: Mapping[str, Any], base: Path) -> Manifest:
        metadata = body.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        resource = ResourceId(
            body["apiVersion"], body["kind"], _word(metadata.get("namespace")), _word(metadata.get("name"))
        )
        return Manifest(self.source, self.text, self.line, resource, body, base, _hooks(metadata))

    def _refuse(self, rule: str, message: str, path: Path, hint: str = "") -> None:
        line, column = _locate(self.text, path, on_key=False)
        place = Place(self.source, self.line + line - 1, column)
        self.unreadable.append(Unreadable(rule, Problem(place, message, hint)))


def _kind_trouble(value: Mapping[str, Any]) -> str:
    for key in ("apiVersion", "kind"):
        found = value.get(key)
        if not isinstance(found, str) or not found:
            named = key == "apiVersion" and isinstance(value.get("kind"), str)
            other = f" ({value.get('kind')})" if named else ""
            if found is None or found == "":
                return f"object{other} has no {key}"
            return f"object{other} has {_described(found)} as {key}, expected a string"
    return ""


def _needs_no_name(value: Mapping[str, Any]) -> bool:
    metadata = value.get("metadata")
    generated = isinstance(metadata, dict) and metadata.get("generateName")
    return (
        bool(generated)
        or bool(_NAMELESS.match(value["kind"]))
        or (value["kind"] == "List" and "items" in value)
    )


def _described(value: Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, str):
        return f"the text '{value[:40]}'"
    return "null" if value is None else f"the value {str(value).lower()}"


def _word(value: Any) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _hooks(metadata: Mapping[str, Any]) -> tuple[str, ...]:
    annotations = metadata.get("annotations")
    hook = annotations.get("helm.sh/hook") if isinstance(annotations, dict) else None
    return tuple(part.strip() for part in hook.split(",") if part.strip()) if isinstance(hook, str) else ()


def unknown_hooks(hooks: str) -> Iterator[str]:
    """Those of *hooks*, as the annotation lists them, that Helm does not know: it drops the document."""
    names = (hook.strip() for hook in hooks.split(","))
    return (name for name in names if name.lower() not in HOOKS)


def position(manifest: Manifest, path: Path, on_key: bool = False) -> tuple[int, int]:
    """Line in the render and column (both from 1) of the value at *path*, or of its key.

    *path* leads from the top of the document: an object's own paths come after its ``base``. Where it does
    not exist: the key of its nearest ancestor that does.
    """
    line, column = _locate(manifest.text, path, on_key=on_key)
    return manifest.line + line - 1, column


def line_text(manifest: Manifest, line: int) -> str:
    """The text of *line* of the render (as `position` counts), empty outside of the manifest's document."""
    lines = manifest.text.split("\n", max(line - manifest.line, 0) + 1)
    index = line - manifest.line
    return lines[index].rstrip("\r") if 0 <= index < len(lines) else ""


def _locate(text: str, path: Path, *, on_key: bool) -> tuple[int, int]:
    spot = kube_yaml.find(text, path)
    if spot is None:
        return 1, 1
    return spot.place(on_key=on_key or spot.steps < len(path))


def pod_template(manifest: Manifest) -> tuple[Path, Mapping[str, Any]] | None:
    """Where a workload keeps what its pods look like (a Pod is its own template); None for other kinds."""
    group = manifest.resource.api_version.rpartition("/")[0]
    path = _POD_TEMPLATES.get((group, manifest.resource.kind))
    if path is None:
        return None
    body: Any = manifest.body
    for step in path:
        body = body.get(step) if isinstance(body, dict) else None
    return (path, body) if isinstance(body, dict) else None


def containers(manifest: Manifest) -> Iterator[Container]:
    """The containers of a workload: init containers, containers, ephemeral containers."""
    template = pod_template(manifest)
    spec = template[1].get("spec") if template else None
    if template is None or not isinstance(spec, dict):
        return
    for key in ("initContainers", "containers", "ephemeralContainers"):
        items = spec.get(key)
        for index, body in enumerate(items if isinstance(items, list) else ()):
            if isinstance(body, dict):
                path = (*template[0], "spec", key, index)
                yield Container(manifest, path, body, init=key == "initContainers")
