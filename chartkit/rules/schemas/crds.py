"""What the API server demands of a custom resource definition beyond its schema.

https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/ and
k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/validation: names that agree, one storage version, and a
structural schema for every version.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest

RULE: Final = "crd-invalid"

_Versions = list[tuple[int, Mapping[str, Any]]]

_LABEL: Final = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
_APPROVAL: Final = "api-approved.kubernetes.io"
_PROTECTED: Final = re.compile(r"(?:.*\.)?(?:k8s\.io|kubernetes\.io)\Z")
_FORBIDDEN: Final = (
    *("$ref", "definitions", "dependencies", "additionalItems", "patternProperties", "id", "deprecated"),
    *("discriminator", "readOnly", "writeOnly", "xml"),
)
_JUNCTORS: Final = ("allOf", "anyOf", "oneOf")
_NOT_IN_JUNCTORS: Final = ("description", "type", "default", "additionalProperties", "nullable")


def check(manifest: Manifest) -> Iterator[Hit]:
    """All that is wrong but wrong types, which the schema of definitions finds."""
    spec = manifest.body.get("spec")
    if not isinstance(spec, dict):
        return
    yield from _names(manifest, spec)
    versions = spec.get("versions")
    if not isinstance(versions, list):
        return
    good: _Versions = []
    good += ((index, version) for index, version in enumerate(versions) if isinstance(version, dict))
    yield from _storage(good)
    yield from _unique(good)
    for index, version in good:
        yield from _version(("spec", "versions", index), version)


def _names(manifest: Manifest, spec: Mapping[str, Any]) -> Iterator[Hit]:
    group, names = spec.get("group"), spec.get("names")
    names = names if isinstance(names, dict) else {}
    plural, kind, list_kind = names.get("plural"), names.get("kind"), names.get("listKind")
    if isinstance(group, str) and isinstance(plural, str) and manifest.resource.name != f"{plural}.{group}":
        yield _hit(
            ("metadata", "name"),
            f"the definition is named '{manifest.resource.name}', expected '{plural}.{group}'",
            "name it after spec.names.plural and spec.group",
        )
    if isinstance(plural, str) and not _LABEL.fullmatch(plural):
        yield _hit(
            ("spec", "names", "plural"), f"'{plural}' is no plural name, expected a DNS label in lower case"
        )
    if isinstance(kind, str) and kind == list_kind:
        yield _hit(("spec", "names", "listKind"), f"kind and listKind are both '{kind}'")
    if isinstance(group, str) and "." not in group:
        yield _hit(
            ("spec", "group"),
            f"'{group}' is no group for a definition, expected a domain such as 'example.com'",
        )
    if isinstance(group, str) and _PROTECTED.match(group) and not _approved(manifest):
        yield _hit(
            ("metadata", "annotations"),
            f"the group '{group}' is protected, expected the annotation {_APPROVAL}",
            "give the URL of the approval, or 'unapproved' and a reason",
        )
    if spec.get("preserveUnknownFields") is True:
        yield _hit(("spec", "preserveUnknownFields"), "true is not allowed in apiextensions.k8s.io/v1")


def _approved(manifest: Manifest) -> bool:
    metadata = manifest.body.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    value = annotations.get(_APPROVAL) if isinstance(annotations, dict) else None
    return isinstance(value, str) and bool(re.match(r"unapproved|https?://", value))


def _storage(versions: _Versions) -> Iterator[Hit]:
    storing = [str(version.get("name")) for _, version in versions if version.get("storage") is True]
    if len(storing) != 1:
        shown = ", ".join(storing) or "none"
        message = f"{shown} {'is' if not storing else 'are'} stored, expected exactly one version"
        yield _hit(("spec", "versions"), message, on_key=True)


def _unique(versions: _Versions) -> Iterator[Hit]:
    seen: set[str] = set()
    for index, version in versions:
        name = version.get("name")
        path: Path = ("spec", "versions", index, "name")
        if isinstance(name, str) and name in seen:
            yield _hit(path, f"version '{name}' stands twice")
        elif isinstance(name, str) and not _LABEL.fullmatch(name):
            yield _hit(path, f"'{name}' is no version name, expected a DNS label such as 'v1alpha1'")
        seen.add(str(name))


def _version(path: Path, version: Mapping[str, Any]) -> Iterator[Hit]:
    schema = version.get("schema")
    node = schema.get("openAPIV3Schema") if isinstance(schema, dict) else None
    if not isinstance(node, dict):
        yield _hit(
            (*path, "schema"), f"version '{version.get('name')}' has no schema", "give schema.openAPIV3Schema"
        )
        return
    below = (*path, "schema", "openAPIV3Schema")
    if node.get("type") != "object":
        yield _hit((*below, "type"), "the schema of an object must have the type object")
    yield from _structural(below, node)


def _structural(path: Path, node: Any) -> Iterator[Hit]:
    """https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema."""
    if not isinstance(node, dict):
        return
    free = (
        node.get("x-kubernetes-int-or-string") is True
        or node.get("x-kubernetes-preserve-unknown-fields") is True
    )
    if not node.get("type") and not free:
        yield _hit(path, "the schema has no type, which a structural schema needs", on_key=True)
    if node.get("type") == "array" and not isinstance(node.get("items"), dict):
        yield _hit(path, "the schema of a list has no items", on_key=True)
    if node.get("type") and node.get("x-kubernetes-int-or-string") is True:
        yield _hit((*path, "type"), "x-kubernetes-int-or-string stands instead of a type", on_key=True)
    if node.get("properties") and node.get("additionalProperties"):
        yield _hit(
            (*path, "additionalProperties"),
            "properties and additionalProperties exclude each other",
            on_key=True,
        )
    yield from _keywords(path, node)
    yield from _list_keys(path, node)
    for name, part in _mapping(node.get("properties")).items():
        yield from _structural((*path, "properties", name), part)
    for key in ("items", "additionalProperties"):
        yield from _structural((*path, key), node.get(key))
    yield from _junctors(path, node)


def _keywords(path: Path, node: Mapping[str, Any]) -> Iterator[Hit]:
    for key in _FORBIDDEN:
        if node.get(key):
            yield _hit((*path, key), f"'{key}' is not allowed in a structural schema", on_key=True)
    if node.get("uniqueItems") is True:
        hint = "use x-kubernetes-list-type: set"
        yield _hit((*path, "uniqueItems"), "uniqueItems cannot be true", hint, on_key=True)
    if node.get("x-kubernetes-preserve-unknown-fields") is False:
        yield _hit(
            (*path, "x-kubernetes-preserve-unknown-fields"), "false is not allowed, expected true or nothing"
        )


def _list_keys(path: Path, node: Mapping[str, Any]) -> Iterator[Hit]:
    keys = node.get("x-kubernetes-list-map-keys")
    if node.get("x-kubernetes-list-type") != "map":
        return
    if not keys:
        yield _hit(path, "x-kubernetes-list-type is map without x-kubernetes-list-map-keys", on_key=True)
        return
    items = _mapping(node.get("items"))
    properties, required = _mapping(items.get("properties")), items.get("required") or ()
    for index, key in enumerate(keys if isinstance(keys, list) else ()):
        part = properties.get(key)
        if not isinstance(part, dict):
            yield _hit((*path, "x-kubernetes-list-map-keys", index), f"the items have no property '{key}'")
        elif key not in required and "default" not in part:
            message = f"'{key}' tells items apart: it must be required or have a default"
            yield _hit((*path, "x-kubernetes-list-map-keys", index), message)


def _junctors(path: Path, node: Mapping[str, Any]) -> Iterator[Hit]:
    idiom = node.get("x-kubernetes-int-or-string") is True
    for key in _JUNCTORS:
        parts = node.get(key)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from _below_junctor((*path, key, index), part, idiom=idiom)
    yield from _below_junctor((*path, "not"), node.get("not"), idiom=False)


def _below_junctor(path: Path, node: Any, *, idiom: bool) -> Iterator[Hit]:
    """With x-kubernetes-int-or-string, types may stand in anyOf, also within an allOf."""
    if not isinstance(node, dict):
        return
    for key in _NOT_IN_JUNCTORS:
        if node.get(key) and not (idiom and key == "type"):
            yield _hit((*path, key), f"'{key}' is not allowed below {_junctor(path)}", on_key=True)
    for key in _JUNCTORS:
        parts = node.get(key)
        for index, part in enumerate(parts if isinstance(parts, list) else ()):
            yield from _below_junctor((*path, key, index), part, idiom=idiom)
    for name, part in _mapping(node.get("properties")).items():
        yield from _below_junctor((*path, "properties", name), part, idiom=False)
    for key in ("items", "not"):
        yield from _below_junctor((*path, key), node.get(key), idiom=False)


def _junctor(path: Path) -> str:
    return next(str(step) for step in reversed(path) if step in (*_JUNCTORS, "not"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _hit(path: Path, message: str, hint: str = "", *, on_key: bool = False) -> Hit:
    return Hit(path, message, hint, RULE, on_key)
