"""The charts of a run taken together: what they bring, and which references must find something there.

A reference is judged only where the charts own the place it leads to: a namespace that one of them is
installed into. What anyone else may have put into other namespaces is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chartkit.model.place import Path, ResourceId
from chartkit.model.render import Hit, Manifest, Objects, Release
from chartkit.rules._reading import below, entries, group, mapping, namespace
from chartkit.system.did_you_mean import closest

POLICY: Final = "policy.linkerd.io"
GATEWAY: Final = "gateway.networking.k8s.io"
RBAC: Final = "rbac.authorization.k8s.io"

_KUBERNETES_OWN: Final = ("kube-system", "kube-public", "kube-node-lease")

CLUSTER_WIDE: Final = (
    "APIService",
    "CSIDriver",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "IngressClass",
    "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding",
    "MutatingWebhookConfiguration",
    "Namespace",
    "Node",
    "PersistentVolume",
    "PodSecurityPolicy",
    "PriorityClass",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingAdmissionPolicyBinding",
    "ValidatingWebhookConfiguration",
    "VolumeSnapshotClass",
)
"""The kinds of Kubernetes itself that live in no namespace."""

_ALWAYS_THERE: Final = {
    "ConfigMap": ("kube-root-ca.crt", "openshift-service-ca.crt"),
    "ServiceAccount": ("default",),
    "Service": ("kubernetes",),
}
"""What Kubernetes (or OpenShift) puts into each namespace; the Service only into ``default``."""

_MADE_AT_RUN_TIME: Final = {"ConfigMap": "configmaps", "PersistentVolumeClaim": "persistentvolumeclaims"}
"""What a pod may make for others of its charts, if it has the right to."""

_READERS: Final = {
    "monitoring.coreos.com": (
        "AlertmanagerConfig",
        "PodMonitor",
        "Probe",
        "PrometheusRule",
        "ScrapeConfig",
        "ServiceMonitor",
    ),
}
"""Custom resources of which no controller makes objects, in the groups that most charts have something of."""


@dataclass(frozen=True, slots=True)
class ObjectReference:
    """What an object says at *path*: that there is a *kind* called *name*; no *namespace*: cluster-wide."""

    path: Path
    kind: str
    name: str
    namespace: str = ""
    group: str = ""

    def __str__(self) -> str:
        where = f" in namespace {self.namespace!r}" if self.namespace else ""
        return f"{self.kind} {self.name!r}{where}"


Key = tuple[str, str, str, str]
"""Group, kind, namespace (empty where the kind has none), name."""


@dataclass(frozen=True, slots=True)
class ReleaseInventory:
    """All objects of the charts: *members* with the case they are of, *brought* by what names them.

    *homes* are the namespaces that the charts are installed into, *cluster_wide* the kinds of their
    own definitions that live in no namespace, *absent* the charts that are not rendered.
    """

    members: tuple[tuple[Objects, Manifest], ...]
    homes: frozenset[str]
    cluster_wide: frozenset[tuple[str, str]]
    brought: Mapping[Key, Manifest] = field(repr=False)
    absent: tuple[str, ...] = ()

    def each(self, api_group: str, *kinds: str) -> Iterator[tuple[Manifest, str]]:
        """The objects of *kinds* of *api_group*, with the namespaces they are in."""
        for objects, manifest in self.members:
            if manifest.resource.kind in kinds and group(manifest) == api_group:
                yield manifest, namespace(manifest, objects)

    def find(self, wanted: ObjectReference) -> Manifest | None:
        return self.brought.get((wanted.group, wanted.kind, wanted.namespace, wanted.name))

    def hits(
        self, manifest: Manifest, references: Iterator[ObjectReference], made: str = ""
    ) -> Iterator[Hit]:
        """A hit for each of the *references* of *manifest* that finds nothing; undecided where it may yet.

        *made* is the resource (``configmaps``) that pods may make, if they have the right to.
        """
        for wanted in references:
            if self.lacks(wanted):
                doubt = self.doubt(wanted, made or _MADE_AT_RUN_TIME.get(wanted.kind, ""))
                message = f"no chart brings {wanted}"
                yield Hit(wanted.path, message, self.hint(wanted), manifest=manifest, undecided=doubt)

    def lacks(self, wanted: ObjectReference) -> bool:
        """Whether no chart that is rendered brings what is *wanted*."""
        return (
            bool(wanted.name)
            and (not wanted.namespace or wanted.namespace in self.homes)
            and wanted.name not in _ALWAYS_THERE.get(wanted.kind, ())
            and self.find(wanted) is None
        )

    @property
    def unknown(self) -> str:
        """Why what is not there may be there after all: in a chart that is not rendered; else empty."""
        return f"it may be in what is not rendered: {', '.join(self.absent)}" if self.absent else ""

    def doubt(self, wanted: ObjectReference, made: str) -> str:
        """Why what is *wanted* may be there after all; empty where nothing is known that may make it."""
        if self.unknown:
            return self.unknown
        if maker := self._maker(made, wanted.namespace):
            return f"{maker} lets a pod make it"
        custom = (each for _, each in self.members if _may_make(each, wanted.name))
        if found := next(custom, None):
            return f"the controller of {found.resource} may make it"
        return ""

    def _maker(self, resource: str, home: str) -> ResourceId | None:
        """The role of the charts that lets its subjects create *resource* (``configmaps``) in *home*."""
        return next(
            (
                role.resource
                for role, where in self.each(RBAC, "Role", "ClusterRole")
                if role.resource.kind == "ClusterRole" or where == home
                for _, allowed in entries(role.body.get("rules"))
                if resource and _grants(allowed, resource)
            ),
            None,
        )

    def hint(self, wanted: ObjectReference) -> str:
        """Where something of the kind is that was probably meant."""
        same = [key for key in self.brought if key[:2] == (wanted.group, wanted.kind)]
        if elsewhere := sorted({key[2] for key in same if key[3] == wanted.name}):
            return f"it is in namespace {elsewhere[0]!r}"
        near = closest(wanted.name, {key[3] for key in same if key[2] == wanted.namespace})
        return f"did you mean {near!r}?" if near else "mend the name, or let one of the charts bring it"


def inventory(release: Release) -> ReleaseInventory:
    members = tuple((objects, manifest) for objects in release.cases for manifest in objects.manifests)
    own = frozenset(
        (defined[0], defined[1])
        for _, manifest in members
        if manifest.is_crd and below(manifest.body, "spec", "scope") == "Cluster"
        for defined in [defines(manifest)]
    )
    brought: dict[Key, Manifest] = {}
    for objects, manifest in members:
        brought.setdefault(key(manifest, objects, own), manifest)
    homes = frozenset(objects.case.scenario.namespace for objects in release.cases)
    return ReleaseInventory(members, homes - {*_KUBERNETES_OWN}, own, brought, release.absent)


def key(manifest: Manifest, objects: Objects, cluster_wide: frozenset[tuple[str, str]]) -> Key:
    """What names *manifest* in a cluster; *cluster_wide* are custom kinds that live in no namespace."""
    api_group, kind = group(manifest), manifest.resource.kind
    without = (kind in CLUSTER_WIDE and is_built_in(api_group)) or (api_group, kind) in cluster_wide
    return api_group, kind, "" if without else namespace(manifest, objects), manifest.resource.name


def is_built_in(api_group: str) -> bool:
    """Whether the API group is Kubernetes' own (or one of its projects')."""
    return "." not in api_group or api_group.endswith(".k8s.io")


def defines(crd: Manifest) -> tuple[str, str]:
    """Group and kind that a CustomResourceDefinition defines; empty words where it says none."""
    found = below(crd.body, "spec", "group"), below(crd.body, "spec", "names", "kind")
    return word(found[0]), word(found[1])


def _grants(allowed: Mapping[str, Any], resource: str) -> bool:
    """Whether a rule of a role lets create objects of *resource* in the core group, whatever their names."""
    wanted = {"apiGroups": {"", "*"}, "resources": {resource, "*"}, "verbs": {"create", "*"}}
    return all(words & set(map(word, items(allowed, key))) for key, words in wanted.items())


def items(value: Mapping[str, Any], key: str) -> list[Any]:
    found = value.get(key)
    return found if isinstance(found, list) else []


def word(value: object) -> str:
    return value if isinstance(value, str) else ""


def service_ports(service: Manifest) -> set[int] | None:
    """The ports of a Service; None where clients reach more: ExternalName, and headless ones."""
    spec = mapping(service.body.get("spec"))
    if spec.get("type") == "ExternalName" or spec.get("clusterIP") == "None":
        return None
    ports = (port.get("port") for _, port in entries(spec.get("ports")))
    return {port for port in ports if isinstance(port, int)}


def _may_make(manifest: Manifest, name: str) -> bool:
    """Whether it is a custom resource that some controller may make an object called *name* of."""
    api_group = group(manifest)
    kind = manifest.resource.kind
    if is_built_in(api_group) or api_group.endswith("linkerd.io") or kind in _READERS.get(api_group, ()):
        return False
    own = manifest.resource.name
    is_named_after = bool(own) and (name == own or name.startswith((f"{own}-", f"{own}.")))
    return is_named_after or _holds(manifest.body, name)


def _holds(value: object, name: str) -> bool:
    if isinstance(value, Mapping):
        return any(_holds(inner, name) for inner in value.values())
    if isinstance(value, list):
        return any(_holds(inner, name) for inner in value)
    return value == name
