"""Which API versions a cluster serves, as Helm lists them: ``policy/v1``, ``policy/v1/PodDisruptionBudget``.

The schemas tell what a Kubernetes version has. Of that a cluster serves by default what is stable, and those
betas that are older than 1.24, since when new ones have to be switched on.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from chartkit.helm.kubernetes import definitions
from chartkit.model.errors import FileError
from chartkit.syntax.yaml import kube_yaml

_STABLE: Final = re.compile(r"v\d+")
_BETAS: Final = frozenset(
    {
        ("autoscaling/v2beta2", "HorizontalPodAutoscaler"),
        ("storage.k8s.io/v1beta1", "CSIStorageCapacity"),
        *(
            (f"flowcontrol.apiserver.k8s.io/{version}", kind)
            for version in ("v1beta1", "v1beta2", "v1beta3")
            for kind in ("FlowSchema", "PriorityLevelConfiguration")
        ),
    }
)
_ELSEWHERE: Final = {
    "authentication.k8s.io/v1/TokenRequest": "v1/TokenRequest",
    "autoscaling/v1/Scale": "apps/v1/Scale",
    "policy/v1/Eviction": "v1/Eviction",
}
"""Kinds of subresources, which discovery lists under the version of what they belong to."""
_SUBRESOURCES: Final = (
    "v1/NodeProxyOptions",
    "v1/PodAttachOptions",
    "v1/PodExecOptions",
    "v1/PodPortForwardOptions",
    "v1/PodProxyOptions",
    "v1/Scale",
    "v1/ServiceProxyOptions",
)
_DEFINITION: Final = b"CustomResourceDefinition"
_DOCUMENT: Final = re.compile(rb"^---[^\n]*\n", re.MULTILINE)
_DEEP: Final = re.compile(rb"^ {8}.*\n?", re.MULTILINE)


@functools.lru_cache(maxsize=64)
def by_kubernetes(version: str) -> tuple[str, ...]:
    """What a cluster of *version* serves by default; without schemas for it, what the nearest one does."""
    known = definitions.nearest(version)
    kinds = {
        f"{api_version}/{kind}": api_version
        for api_version, kind in definitions.all_kinds(known)
        if _is_default(api_version, kind) and not kind.endswith("List")
    }
    names = {_ELSEWHERE.get(name, name) for name in kinds}
    return tuple(sorted({*kinds.values(), *names, *_SUBRESOURCES}, key=lambda name: (name.count("/"), name)))


def _is_default(api_version: str, kind: str) -> bool:
    return _STABLE.fullmatch(api_version.rpartition("/")[2]) is not None or (api_version, kind) in _BETAS


def by_definitions(content: bytes) -> Iterator[str]:
    """What the CustomResourceDefinitions in YAML text add; those that cannot be read add nothing."""
    for document in _DOCUMENT.split(content) if _DEFINITION in content else ():
        if _DEFINITION in document:
            # nine tenths are schemas, which lie deeper than what is asked for
            yield from _served(_DEEP.sub(b"", document)) or _served(document)


def _served(document: bytes) -> list[str]:
    try:
        body = kube_yaml.parse(document.decode("utf-8-sig"))
    except (FileError, UnicodeDecodeError):
        return []
    items = body.get("items") if isinstance(body, dict) else None
    return [name for one in (items if isinstance(items, list) else [body]) for name in by_definition(one)]


def by_definition(body: Any) -> Iterator[str]:
    """What one CustomResourceDefinition adds."""
    spec = _table(_table(body).get("spec"))
    group, kind = spec.get("group"), _table(spec.get("names")).get("kind")
    if group and kind:
        for version in _versions(spec):
            yield from (f"{group}/{version}", f"{group}/{version}/{kind}")


def _versions(spec: Mapping[str, Any]) -> Iterable[Any]:
    written = spec.get("versions")
    for version in map(_table, written if isinstance(written, list) else [{"name": spec.get("version")}]):
        if version.get("name") and version.get("served", True) is True:
            yield version["name"]


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
