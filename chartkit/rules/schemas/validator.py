"""Judges one manifest: finds the schema that is responsible, and asks it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from chartkit.helm import kubernetes_schemas
from chartkit.model.render import Hit, Manifest
from chartkit.rules.schemas import crds, engine, messages, names, objects, removed
from chartkit.rules.schemas.custom_resources import Definitions, usable


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
            return None if found is None else (*names.check(manifest, self._minor), *found)
        absent = removed.absent(self.kube_version, resource.api_version, resource.kind)
        return None if absent is None else (absent,)

    def unevaluated(self, manifest: Manifest) -> tuple[str, ...]:
        """Each CEL rule or pattern of a custom resource's definition that is not evaluated, in words."""
        resource = manifest.resource
        if kubernetes_schemas.line_of(self.kube_version, resource.api_version, resource.kind):
            return ()
        return tuple(self._definitions.unevaluated(manifest)) if self._definitions.know(manifest) else ()

    def _kubernetes(self, manifest: Manifest, line: int) -> Iterator[Hit]:
        compiled = engine.compiled(line)
        yield from messages.hits(manifest, compiled, compiled.errors(manifest.body))
        yield from messages.repeated(compiled, manifest.body)
        if manifest.is_crd:
            yield from crds.check(manifest)
        else:
            yield from names.check(manifest, self._minor)
            yield from objects.check(manifest)
