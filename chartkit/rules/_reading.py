"""Reading of objects that may hold anything anywhere: what is not of the right form reads as empty.

With the pods that workloads start, the Services that select them, and the annotations that Helm reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.model.render import Manifest, Objects

CONTAINER_LISTS: Final = ("initContainers", "containers", "ephemeralContainers")

_SELECTOR_KINDS: Final = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")


def mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def entries(value: object) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The mappings of a list, with their indices."""
    if isinstance(value, list):
        yield from ((index, entry) for index, entry in enumerate(value) if isinstance(entry, Mapping))


def below(value: object, *steps: str) -> Any:
    """What is at *steps* below *value*, or None."""
    for step in steps:
        value = mapping(value).get(step)
    return value


def group(manifest: Manifest) -> str:
    """The API group, empty for the core group."""
    head, slash, _ = manifest.resource.api_version.rpartition("/")
    return head if slash else ""


def is_kind(manifest: Manifest, api_group: str, *kinds: str) -> bool:
    return manifest.resource.kind in kinds and group(manifest) == api_group


def has_pod_selector(manifest: Manifest) -> bool:
    """Whether it is a workload that finds its pods by a selector of its own."""
    return manifest.resource.kind in _SELECTOR_KINDS and group(manifest) in ("apps", "extensions", "")


def namespace(manifest: Manifest, objects: Objects) -> str:
    """Where it is installed: its own namespace, else the release's."""
    return manifest.resource.namespace or objects.case.scenario.namespace


@dataclass(frozen=True, slots=True)
class Pod:
    """What a workload starts: *path* leads from its manifest's object to the pod template."""

    manifest: Manifest
    path: Path
    template: Mapping[str, Any] = field(repr=False)

    @property
    def labels(self) -> Mapping[str, Any]:
        return mapping(below(self.template, "metadata", "labels"))

    @property
    def spec(self) -> Mapping[str, Any]:
        return mapping(self.template.get("spec"))

    def containers(self) -> Iterator[tuple[Path, Mapping[str, Any]]]:
        """All containers, with their paths from the manifest's object."""
        for kind in CONTAINER_LISTS:
            for index, container in entries(self.spec.get(kind)):
                yield (*self.path, "spec", kind, index), container

    def port_names(self) -> set[str]:
        """The names of the ports of all its containers."""
        return {name for _, container in self.containers() for name in port_names(container)}


def pod(manifest: Manifest) -> Pod | None:
    """The pod template of *manifest*, or None where it has none."""
    from chartkit.helm.manifests import pod_template  # so that the pages can be had without a YAML parser

    found = pod_template(manifest)
    return Pod(manifest, *found) if found else None


def pods(objects: Objects) -> tuple[Pod, ...]:
    return tuple(found for manifest in objects.manifests if (found := pod(manifest)))


def port_names(container: Mapping[str, Any]) -> set[str]:
    return {
        entry["name"] for _, entry in entries(container.get("ports")) if isinstance(entry.get("name"), str)
    }


def is_port_name(port: object) -> bool:
    """Whether *port* refers to a port by name (digits in quotes are a number to Kubernetes)."""
    return isinstance(port, str) and not port.isdigit()


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


HOOK: Final = "helm.sh/hook"
WEIGHT: Final = "helm.sh/hook-weight"
DELETE_POLICY: Final = "helm.sh/hook-delete-policy"
LOG_POLICY: Final = "helm.sh/hook-output-log-policy"
RESOURCE_POLICY: Final = "helm.sh/resource-policy"

_CRD_FILE: Final = re.compile(r"[^/]+/(?:charts/[^/]+/)*crds/")


def annotations_of(manifest: Manifest) -> Mapping[str, Any]:
    return mapping(below(manifest.body, "metadata", "annotations"))


def annotation_text(value: object) -> str:
    """An annotation as Helm reads it, which takes a number or a boolean for its text."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def reads_annotations(manifest: Manifest) -> bool:
    """Whether Helm reads the annotations: not of the items of a List, nor of the files of ``crds/``."""
    return not manifest.base and not manifest.in_crds_folder
