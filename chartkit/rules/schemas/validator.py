"""Judges one manifest by the schema that is responsible: of Kubernetes, or of a custom resource's definition.

Of a custom resource, first which version is served; then unknown fields, nulls and defaults, list keys and
all value checks. CEL rules and patterns that no engine here takes are not evaluated, and reported as that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.helm import kubernetes_schemas
from chartkit.model.render import Hit, Manifest
from chartkit.rules.schemas import api_server, crds, messages, removed, structural
from chartkit.rules.schemas.compiled import Compiled, compile_schema, schema_of_kind
from chartkit.rules.schemas.structural import Shape, shape

UNSERVED: Final = "custom-resource-version-unserved"
DEPRECATED: Final = "custom-resource-version-deprecated"


@dataclass(frozen=True, slots=True)
class Served:
    """One version of a definition, ready to judge; *fault* says why it cannot."""

    compiled: Compiled | None
    shape: Shape
    drops_status: bool
    skipped: tuple[str, ...] = ()
    fault: str = ""

    def body(self, manifest: Manifest) -> Mapping[str, Any]:
        """What the server validates of *manifest*."""
        body = manifest.body
        if self.drops_status and "status" in body:
            # with the status subresource, what is created or applied loses its status first
            body = {key: value for key, value in body.items() if key != "status"}
        prepared: Mapping[str, Any] = self.shape.prepared(body)
        return prepared


@dataclass(slots=True)
class Definitions:
    """The custom resource definitions at hand; of two with the same group and kind, the first that helps."""

    kube_version: str
    by_kind: dict[tuple[str, str], list[Mapping[str, Any]]] = field(default_factory=dict)
    _served: dict[tuple[str, str], Served] = field(default_factory=dict)

    def add(self, crds: Sequence[Mapping[str, Any]]) -> None:
        """Take what is a definition; what is broken in one is found where it is judged itself."""
        for crd in crds:
            spec = _mapping(crd.get("spec") if isinstance(crd, Mapping) else None)
            names = _mapping(spec.get("names"))
            if isinstance(spec.get("group"), str) and isinstance(names.get("kind"), str):
                self.by_kind.setdefault((spec["group"], names["kind"]), []).append(spec)

    def know(self, manifest: Manifest) -> bool:
        """Whether a definition has the group and kind of *manifest*."""
        return _group_kind(manifest) in self.by_kind

    def judge(self, manifest: Manifest) -> tuple[Hit, ...] | None:
        """All that is wrong; None where the definition has no schema that can be used."""
        found = self._version(manifest)
        if isinstance(found, Hit):
            return (found,)
        spec, version = found
        served = self._ready(manifest, spec, version)
        if served.compiled is None:
            return None
        return (*_deprecation(manifest, version), *_judge(manifest, served, served.compiled))

    def unevaluated(self, manifest: Manifest) -> Iterator[str]:
        """What the definition demands of *manifest* and nothing here evaluates."""
        found = self._version(manifest)
        if isinstance(found, Hit):
            return
        served = self._ready(manifest, *found)
        if served.fault:
            yield served.fault
        yield from served.skipped
        for path, rule in dict.fromkeys(served.shape.holding(served.body(manifest))):
            yield f"CEL rule of {'.'.join(map(str, path)) or 'the object'}: {' '.join(rule.split())}"

    def _version(self, manifest: Manifest) -> tuple[Mapping[str, Any], Mapping[str, Any]] | Hit:
        group, kind = _group_kind(manifest)
        wanted = manifest.resource.api_version.rpartition("/")[2]
        unserved = False
        for spec in self.by_kind[group, kind]:
            for version in _versions(spec):
                if version.get("name") == wanted and version.get("served") is not False:
                    return spec, version
                unserved |= version.get("name") == wanted
        specs = self.by_kind[group, kind]
        names = [
            str(one.get("name"))
            for spec in specs
            for one in _versions(spec)
            if one.get("served") is not False
        ]
        why = "is not served" if unserved else "is unknown"
        listed = ", ".join(dict.fromkeys(names)) or "none"
        message = f"version '{wanted}' of {kind} ({group}) {why}: its definition serves {listed}"
        hint = f"use {group}/{names[0]}" if names else ""
        return Hit(("apiVersion",), message, hint, UNSERVED)

    def _ready(self, manifest: Manifest, spec: Mapping[str, Any], version: Mapping[str, Any]) -> Served:
        key = (manifest.resource.kind, manifest.resource.api_version)
        if key not in self._served:
            self._served[key] = _prepare(self.kube_version, spec, version)
        return self._served[key]


def _judge(manifest: Manifest, served: Served, compiled: Compiled) -> Iterator[Hit]:
    body = served.body(manifest)
    yield from messages.hits(manifest, compiled, compiled.errors(body))
    yield from messages.repeated(compiled, body)


def _deprecation(manifest: Manifest, version: Mapping[str, Any]) -> Iterator[Hit]:
    if version.get("deprecated") is True:
        name = f"{manifest.resource.api_version} {manifest.resource.kind}"
        warning = version.get("deprecationWarning")
        reason = f": {warning.strip().rstrip('.')}" if isinstance(warning, str) and warning.strip() else ""
        yield Hit(("apiVersion",), f"{name} is deprecated{reason}", "", DEPRECATED)


def _prepare(kube_version: str, spec: Mapping[str, Any], version: Mapping[str, Any]) -> Served:
    subresources = _mapping(version.get("subresources") or spec.get("subresources"))
    drops = "status" in subresources
    schema = _mapping(version.get("schema") or spec.get("validation")).get("openAPIV3Schema")
    if not isinstance(schema, dict):
        return Served(None, Shape(), drops, fault="its definition has no schema")
    line = kubernetes_schemas.part_of(kube_version, "ObjectMeta")
    try:
        whole = structural.root(schema, {"$ref": f"#/$defs/{line}"})
        whole["$defs"] = kubernetes_schemas.of([line])
        skipped = tuple(_drop_patterns(whole))
        return Served(compile_schema(whole), shape(schema), drops, skipped)
    except (TypeError, ValueError, AttributeError, RecursionError) as error:
        reason = str(error).splitlines()[0][:120] if str(error) else type(error).__name__
        return Served(
            None, Shape(), drops, fault=f"its definition has a schema that cannot be used: {reason}"
        )


def _drop_patterns(schema: dict[str, Any]) -> Iterator[str]:
    """Take out the patterns that the engine refuses, so that the rest is judged, and name them."""
    import jsonschema_rs

    for node in _with_pattern(schema):
        try:
            jsonschema_rs.Draft202012Validator(
                {"pattern": node["pattern"]}, pattern_options=jsonschema_rs.RegexOptions()
            )
        except ValueError:
            yield f"pattern {node.pop('pattern')!r}, which cannot be compiled"


def _with_pattern(schema: Any) -> list[dict[str, Any]]:
    found, waiting = [], [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if isinstance(node.get("pattern"), str):
                found.append(node)
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
    return found


def _versions(spec: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    versions = spec.get("versions")
    if isinstance(versions, list):
        return [version for version in versions if isinstance(version, dict)]
    # apiextensions.k8s.io/v1beta1 could name a single version
    return [{"name": spec["version"]}] if isinstance(spec.get("version"), str) else []


def _group_kind(manifest: Manifest) -> tuple[str, str]:
    return manifest.resource.api_version.rpartition("/")[0], manifest.resource.kind


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def usable(crds: Iterable[object]) -> list[Mapping[str, Any]]:
    """Those that are mappings at all."""
    return [crd for crd in crds if isinstance(crd, dict)]


class Validator:
    """The schemas of one Kubernetes version and of custom resource definitions.

    Made in microseconds: schemas are compiled when first needed, those of Kubernetes once in a process.
    """

    def __init__(self, kube_version: str, crds: Sequence[Mapping[str, Any]] = ()) -> None:
        """*kube_version* (``1.34.0``) is answered with the `nearest` known one; *crds* are parsed objects."""
        self.kube_version = kubernetes_schemas.nearest(kube_version)
        major, minor, *_ = self.kube_version.split(".")
        self._minor = (int(major), int(minor))
        self._definitions = Definitions(self.kube_version)
        self._definitions.add(usable(crds))

    def judge(self, manifest: Manifest) -> tuple[Hit, ...] | None:
        """All that is wrong with *manifest*, each hit with its rule; None where no schema is known."""
        resource = manifest.resource
        line = kubernetes_schemas.line_of(self.kube_version, resource.api_version, resource.kind)
        if line:
            return tuple(self._kubernetes(manifest, line))
        if self._definitions.know(manifest):
            found = self._definitions.judge(manifest)
            return None if found is None else (*api_server.check_name(manifest, self._minor), *found)
        absent = removed.absent(self.kube_version, resource.api_version, resource.kind)
        return None if absent is None else (absent,)

    def unevaluated(self, manifest: Manifest) -> tuple[str, ...]:
        """Each CEL rule or pattern of a custom resource's definition that is not evaluated, in words."""
        resource = manifest.resource
        if kubernetes_schemas.line_of(self.kube_version, resource.api_version, resource.kind):
            return ()
        return tuple(self._definitions.unevaluated(manifest)) if self._definitions.know(manifest) else ()

    def _kubernetes(self, manifest: Manifest, line: int) -> Iterator[Hit]:
        schema = schema_of_kind(line)
        yield from messages.hits(manifest, schema, schema.errors(manifest.body))
        yield from messages.repeated(schema, manifest.body)
        if manifest.is_crd:
            yield from crds.check(manifest)
        else:
            yield from api_server.check_name(manifest, self._minor)
            yield from api_server.check_fields(manifest)
