"""The objects that must be there before a pod can start."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.rules._reading import Pod, below, entries, mapping

_SOURCES: Final = (
    ("configMap", "name", "ConfigMap"),
    ("secret", "secretName", "Secret"),
    ("persistentVolumeClaim", "claimName", "PersistentVolumeClaim"),
)
_PROJECTED: Final = (("configMap", "name", "ConfigMap"), ("secret", "name", "Secret"))
_ALL_OF: Final = (("configMapRef", "name", "ConfigMap"), ("secretRef", "name", "Secret"))
_KEY_OF: Final = (("configMapKeyRef", "name", "ConfigMap"), ("secretKeyRef", "name", "Secret"))


@dataclass(frozen=True, slots=True)
class Need:
    """An object of *kind* in the pod's namespace that it names at *path* of its manifest's object."""

    path: Path
    kind: str
    name: str


def needs(pod: Pod) -> Iterator[Need]:
    """Everything that *pod* cannot start without; what it calls optional is left out."""
    spec = (*pod.path, "spec")
    for key in ("serviceAccountName", "serviceAccount"):  # the second is an old name of the first
        account = pod.spec.get(key)
        if isinstance(account, str) and account:
            yield Need((*spec, key), "ServiceAccount", account)
            break
    claimed = _claimed(pod)
    for index, volume in entries(pod.spec.get("volumes")):
        if volume.get("name") in claimed:
            continue
        path = (*spec, "volumes", index)
        yield from _named(path, volume, _SOURCES)
        for number, source in entries(mapping(volume.get("projected")).get("sources")):
            yield from _named((*path, "projected", "sources", number), source, _PROJECTED)
    for path, container in pod.containers():
        for index, source in entries(container.get("envFrom")):
            yield from _named((*path, "envFrom", index), source, _ALL_OF)
        for index, variable in entries(container.get("env")):
            source = mapping(variable.get("valueFrom"))
            yield from _named((*path, "env", index, "valueFrom"), source, _KEY_OF)


def _claimed(pod: Pod) -> list[object]:
    """The names of the volumes that a StatefulSet makes, which take the place of those in the template."""
    templates = entries(below(pod.manifest.body, "spec", "volumeClaimTemplates"))
    return [below(claim, "metadata", "name") for _, claim in templates]


def _named(path: Path, source: Mapping[str, Any], forms: tuple[tuple[str, str, str], ...]) -> Iterator[Need]:
    for key, name_key, kind in forms:
        found = mapping(source.get(key))
        name = found.get(name_key)
        if isinstance(name, str) and name and found.get("optional") is not True:
            yield Need((*path, key, name_key), kind, name)
