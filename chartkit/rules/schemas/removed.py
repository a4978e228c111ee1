"""Kinds that one Kubernetes version has and another has not: when they went, and what came instead.

The schemas hold what came and went within the known versions; the table holds what went before, from
https://kubernetes.io/docs/reference/using-api/deprecation-guide/.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chartkit.helm import kubernetes_schemas
from chartkit.model.render import Hit
from chartkit.system.did_you_mean import closest

RULE: Final = "api-version-removed"

_APPS: Final = (
    "1.16",
    "apps/v1",
    ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ControllerRevision"),
)
_RBAC: Final = (
    "1.22",
    "rbac.authorization.k8s.io/v1",
    ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
)
_BEFORE: Final[Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]]] = {
    "admissionregistration.k8s.io/v1beta1": (
        (
            "1.22",
            "admissionregistration.k8s.io/v1",
            ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
        ),
    ),
    "apiextensions.k8s.io/v1beta1": (("1.22", "apiextensions.k8s.io/v1", ("CustomResourceDefinition",)),),
    "apiregistration.k8s.io/v1beta1": (("1.22", "apiregistration.k8s.io/v1", ("APIService",)),),
    "apps/v1beta1": (_APPS,),
    "apps/v1beta2": (_APPS,),
    "authentication.k8s.io/v1beta1": (("1.22", "authentication.k8s.io/v1", ("TokenReview",)),),
    "authorization.k8s.io/v1beta1": (
        (
            "1.22",
            "authorization.k8s.io/v1",
            ("LocalSubjectAccessReview", "SelfSubjectAccessReview", "SubjectAccessReview"),
        ),
    ),
    "autoscaling/v2beta1": (("1.25", "autoscaling/v2", ("HorizontalPodAutoscaler",)),),
    "autoscaling/v2beta2": (("1.26", "autoscaling/v2", ("HorizontalPodAutoscaler",)),),
    "batch/v1beta1": (("1.25", "batch/v1", ("CronJob",)),),
    "batch/v2alpha1": (("1.21", "batch/v1", ("CronJob",)),),
    "certificates.k8s.io/v1beta1": (("1.22", "certificates.k8s.io/v1", ("CertificateSigningRequest",)),),
    "coordination.k8s.io/v1beta1": (("1.22", "coordination.k8s.io/v1", ("Lease",)),),
    "discovery.k8s.io/v1beta1": (("1.25", "discovery.k8s.io/v1", ("EndpointSlice",)),),
    "events.k8s.io/v1beta1": (("1.25", "events.k8s.io/v1", ("Event",)),),
    "extensions/v1beta1": (
        ("1.16", "apps/v1", ("Deployment", "DaemonSet", "ReplicaSet")),
        ("1.16", "networking.k8s.io/v1", ("NetworkPolicy",)),
        ("1.22", "networking.k8s.io/v1", ("Ingress",)),
        ("1.16", "", ("PodSecurityPolicy",)),
    ),
    "networking.k8s.io/v1beta1": (("1.22", "networking.k8s.io/v1", ("Ingress", "IngressClass")),),
    "node.k8s.io/v1alpha1": (("1.24", "node.k8s.io/v1", ("RuntimeClass",)),),
    "node.k8s.io/v1beta1": (("1.25", "node.k8s.io/v1", ("RuntimeClass",)),),
    "policy/v1beta1": (
        ("1.25", "policy/v1", ("PodDisruptionBudget",)),
        ("1.25", "", ("PodSecurityPolicy",)),
    ),
    "rbac.authorization.k8s.io/v1alpha1": (_RBAC,),
    "rbac.authorization.k8s.io/v1beta1": (_RBAC,),
    "scheduling.k8s.io/v1beta1": (("1.22", "scheduling.k8s.io/v1", ("PriorityClass",)),),
    "storage.k8s.io/v1beta1": (
        ("1.22", "storage.k8s.io/v1", ("CSIDriver", "CSINode", "StorageClass", "VolumeAttachment")),
        ("1.27", "storage.k8s.io/v1", ("CSIStorageCapacity",)),
    ),
}


def absent(version: str, api_version: str, kind: str) -> Hit | None:
    """What to say of a kind that the known *version* has not; None where Kubernetes never had its group."""
    for gone, instead, kinds in _BEFORE.get(api_version, ()):
        if kind in kinds and not kubernetes_schemas.having(api_version, kind):
            return _removed(f"{api_version} {kind}", gone, _use(instead, kind))
    if having := kubernetes_schemas.having(api_version, kind):
        return _came_or_went(version, api_version, kind, having)
    known = kubernetes_schemas.kinds_of(api_version)
    if not known:
        return _unknown_version(version, api_version, kind)
    if kind.endswith("List"):
        return None
    near = closest(kind, known)
    hint = f"write '{near}' if that is meant" if near else ""
    return Hit(("kind",), f"Kubernetes has no kind '{kind}' in {api_version}", hint, "field-invalid")


def _unknown_version(version: str, api_version: str, kind: str) -> Hit | None:
    """For a version that Kubernetes never had of a group that has the kind."""
    use = kubernetes_schemas.api_versions_of(version, api_version.rpartition("/")[0], kind)
    if not use:
        return None
    message = f"Kubernetes has no {api_version}"
    return Hit(("apiVersion",), message, _use(" or ".join(use), kind), "field-invalid")


def _came_or_went(version: str, api_version: str, kind: str, having: tuple[str, ...]) -> Hit:
    versions = kubernetes_schemas.known_versions()
    what, group = f"{api_version} {kind}", api_version.rpartition("/")[0]
    use = _use(" or ".join(kubernetes_schemas.api_versions_of(version, group, kind)), kind)
    if versions.index(version) < versions.index(having[0]):
        return Hit(("apiVersion",), f"{what} is not in Kubernetes before {_short(having[0])}", use, RULE)
    return _removed(what, _short(versions[versions.index(having[-1]) + 1]), use)


def _removed(what: str, gone: str, hint: str) -> Hit:
    """The message is the same for every version that has it no more, so that it is one finding."""
    return Hit(("apiVersion",), f"{what} was removed in Kubernetes {gone}", hint, RULE)


def _use(instead: str, kind: str) -> str:
    if not instead and kind == "PodSecurityPolicy":
        return "use Pod Security Admission, or a policy engine"
    return f"use {instead}" if instead else ""


def _short(version: str) -> str:
    return version.removesuffix(".0")
