"""Services, and the pods that they select."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from chartkit.model.render import Manifest, Objects
from chartkit.rules._reading import Pod, is_kind, mapping, namespace


@dataclass(frozen=True, slots=True)
class Service:
    """A Service that selects pods."""

    manifest: Manifest
    namespace: str
    spec: Mapping[str, Any] = field(repr=False)

    @property
    def selector(self) -> Mapping[str, Any]:
        return mapping(self.spec.get("selector"))

    def pods(self, started: Sequence[Pod], objects: Objects) -> list[Pod]:
        """Those of *started* that it selects."""
        wanted = self.selector.items()
        return [
            pod
            for pod in started
            if namespace(pod.manifest, objects) == self.namespace
            and all(pod.labels.get(key) == value for key, value in wanted)
        ]


def services(objects: Objects) -> Iterator[Service]:
    """The Services of a case that select pods: none of type ExternalName, none without a selector."""
    for manifest in objects.manifests:
        spec = mapping(manifest.body.get("spec"))
        if (
            is_kind(manifest, "", "Service")
            and spec.get("type") != "ExternalName"
            and mapping(spec.get("selector"))
        ):
            yield Service(manifest, namespace(manifest, objects), spec)
