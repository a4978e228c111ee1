"""What the API server enforces and its OpenAPI document does not say.

Facts from the Kubernetes API reference (https://kubernetes.io/docs/reference/kubernetes-api/) and from the
server's validation (pkg/apis/*/validation, apimachinery/pkg/util/validation and pkg/api/resource). A table
entry that matches no field of any version stops the build.

An empty string is allowed where Go cannot tell it from absent (a string, no pointer) and the server has a
default.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]
Version = tuple[int, int]

_GROUP = r"[A-Za-z0-9+/][\r\n]*"
BASE64 = rf"^[\r\n]*(?:(?:{_GROUP}){{4}})*(?:(?:{_GROUP}){{2}}(?:=[\r\n]*){{2}}|(?:{_GROUP}){{3}}=[\r\n]*)?$"
"""Go's encoding/base64 ignores line ends (what ``[]byte`` fields are read with)."""

EXPECTED = "x-chartkit-expected"
"""What a person would call the pattern beside it."""

_DNS_LABEL = "a DNS label: at most 63 of a-z, 0-9 and '-', a letter or digit at both ends"
_SERVICE_NAME = "a port name: at most 15 of a-z, 0-9 and '-', with at least one letter"
_LABEL = {"pattern": r"^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$", "maxLength": 63, EXPECTED: _DNS_LABEL}
_LABEL_OR_EMPTY = {**_LABEL, "pattern": r"^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)?$"}
_PORT_NAME = r"(?:[0-9]+-)*[0-9]*[a-z][a-z0-9]*(?:-[a-z0-9]+)*"
_PORT = {"minimum": 1, "maximum": 65535}
_PORT_OR_ZERO = {"minimum": 0, "maximum": 65535}
_NAMED = {"pattern": rf"^{_PORT_NAME}$", "maxLength": 15, EXPECTED: _SERVICE_NAME}
_NAMED_OR_EMPTY = {**_NAMED, "pattern": rf"^(?:{_PORT_NAME})?$"}
_PERCENT = {"minimum": 0, "pattern": r"^[0-9]+%$", EXPECTED: "a number or a percentage such as '25%'"}
_NATURAL = {"minimum": 0}
_ID = {"minimum": 0, "maximum": 2**31 - 1}
_KEY = {
    "pattern": r"^[-._a-zA-Z0-9]+$",
    "maxLength": 253,
    EXPECTED: "a key of at most 253 letters, digits, '-', '_' and '.'",
}
_QUANTITY_NUMBER = r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[KMGTPE]i|[numkMGTPE]?|[eE][+-]?[0-9]+)"
_QUANTITY = "a quantity such as '500m', '1.5' or '128Mi'"
_AMOUNT = {
    "additionalProperties": {
        "pattern": rf"^\s*\+?{_QUANTITY_NUMBER}\s*$",
        "minimum": 0,
        EXPECTED: f"{_QUANTITY} (and no negative one)",
    }
}
_ENV = "the name of an environment variable"
_STRICT_ENV = {
    "pattern": r"^[-._a-zA-Z][-._a-zA-Z0-9]*$",
    EXPECTED: f"{_ENV}: letters, digits, '_', '-' and '.', no digit first",
}
_LOOSE_ENV = {"pattern": r"^[\x20-\x3c\x3e-\x7e]+$", EXPECTED: f"{_ENV}: printable ASCII without '='"}
_TIME = {
    "type": ["string", "null"],
    "pattern": (
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:[.,][0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2})$"
    ),
    EXPECTED: "a time such as '2030-01-31T12:00:00Z'",
}

_TYPES: dict[str, Schema] = {
    # https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ (blanks are trimmed)
    "io.k8s.apimachinery.pkg.api.resource.Quantity": {
        "title": "Quantity",
        "type": ["string", "number", "null"],
        "pattern": rf"^\s*[+-]?{_QUANTITY_NUMBER}\s*$",
        EXPECTED: _QUANTITY,
    },
    "io.k8s.apimachinery.pkg.util.intstr.IntOrString": {
        "title": "IntOrString",
        "type": ["string", "integer", "null"],
        "minimum": -(2**31),
        "maximum": 2**31 - 1,
    },
    # metav1.Time and MicroTime are read as RFC 3339
    "io.k8s.apimachinery.pkg.apis.meta.v1.Time": {"title": "Time", **_TIME},
    "io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime": {"title": "MicroTime", **_TIME},
    # apiextensions/v1 forbids the array form of items, and refuses additionalItems
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrArray": {
        "title": "JSONSchemaProps",
        "$ref": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps",
    },
    "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaPropsOrBool": {
        "title": "JSONSchemaProps",
        "type": ["object", "boolean", "null"],
        "if": {"type": "object"},
        "then": {"$ref": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps"},
    },
}

_DEFAULTED: dict[str, tuple[str, ...]] = {
    "apps.v1.DaemonSetUpdateStrategy.type": ("RollingUpdate", "OnDelete"),
    "apps.v1.DeploymentStrategy.type": ("Recreate", "RollingUpdate"),
    "apps.v1.StatefulSetSpec.podManagementPolicy": ("OrderedReady", "Parallel"),
    "apps.v1.StatefulSetUpdateStrategy.type": ("RollingUpdate", "OnDelete"),
    "batch.v1.CronJobSpec.concurrencyPolicy": ("Allow", "Forbid", "Replace"),
    "core.v1.Container.imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "core.v1.Container.terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "core.v1.EphemeralContainer.imagePullPolicy": ("Always", "IfNotPresent", "Never"),
    "core.v1.EphemeralContainer.terminationMessagePolicy": ("File", "FallbackToLogsOnError"),
    "core.v1.ContainerPort.protocol": ("TCP", "UDP", "SCTP"),
    "core.v1.EndpointPort.protocol": ("TCP", "UDP", "SCTP"),
    "core.v1.ServicePort.protocol": ("TCP", "UDP", "SCTP"),
    "core.v1.HTTPGetAction.scheme": ("HTTP", "HTTPS"),
    "core.v1.PersistentVolumeSpec.persistentVolumeReclaimPolicy": ("Retain", "Delete", "Recycle"),
    "core.v1.PodSpec.dnsPolicy": ("ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
    "core.v1.PodSpec.restartPolicy": ("Always", "OnFailure", "Never"),
    "core.v1.ServiceSpec.externalTrafficPolicy": ("Cluster", "Local"),
    "core.v1.ServiceSpec.sessionAffinity": ("ClientIP", "None"),
    "core.v1.ServiceSpec.type": ("ClusterIP", "ExternalName", "LoadBalancer", "NodePort"),
    "core.v1.Toleration.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "core.v1.HostPathVolumeSource.type": (
        *("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"),
    ),
}

_CHOICES: dict[str, tuple[str, ...]] = {
    "admissionregistration.v1.MatchResources.matchPolicy": ("Exact", "Equivalent"),
    "admissionregistration.v1.MutatingWebhook.failurePolicy": ("Ignore", "Fail"),
    "admissionregistration.v1.MutatingWebhook.matchPolicy": ("Exact", "Equivalent"),
    "admissionregistration.v1.MutatingWebhook.reinvocationPolicy": ("Never", "IfNeeded"),
    "admissionregistration.v1.MutatingWebhook.sideEffects": ("None", "NoneOnDryRun"),
    "admissionregistration.v1.RuleWithOperations.operations[]": (
        "*",
        "CREATE",
        "UPDATE",
        "DELETE",
        "CONNECT",
    ),
    "admissionregistration.v1.RuleWithOperations.scope": ("Cluster", "Namespaced", "*"),
    "admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec.validationActions[]": (
        "Deny",
        "Warn",
        "Audit",
    ),
    "admissionregistration.v1.ValidatingAdmissionPolicySpec.failurePolicy": ("Ignore", "Fail"),
    "admissionregistration.v1.ValidatingWebhook.failurePolicy": ("Ignore", "Fail"),
    "admissionregistration.v1.ValidatingWebhook.matchPolicy": ("Exact", "Equivalent"),
    "admissionregistration.v1.ValidatingWebhook.sideEffects": ("None", "NoneOnDryRun"),
    "apiextensions.v1.CustomResourceConversion.strategy": ("None", "Webhook"),
    "apiextensions.v1.CustomResourceDefinitionSpec.scope": ("Cluster", "Namespaced"),
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted": ("Retain", "Delete"),
    "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled": ("Retain", "Delete"),
    "autoscaling.v2.HPAScalingPolicy.type": ("Pods", "Percent"),
    "autoscaling.v2.HPAScalingRules.selectPolicy": ("Max", "Min", "Disabled"),
    "autoscaling.v2.MetricSpec.type": ("ContainerResource", "External", "Object", "Pods", "Resource"),
    "autoscaling.v2.MetricTarget.type": ("Utilization", "Value", "AverageValue"),
    "batch.v1.JobSpec.completionMode": ("NonIndexed", "Indexed"),
    "batch.v1.JobSpec.podReplacementPolicy": ("TerminatingOrFailed", "Failed"),
    "batch.v1.PodFailurePolicyOnExitCodesRequirement.operator": ("In", "NotIn"),
    "batch.v1.PodFailurePolicyRule.action": ("FailJob", "FailIndex", "Ignore", "Count"),
    "core.v1.AppArmorProfile.type": ("Localhost", "RuntimeDefault", "Unconfined"),
    "core.v1.ContainerResizePolicy.restartPolicy": ("NotRequired", "RestartContainer"),
    "core.v1.NodeSelectorRequirement.operator": ("In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"),
    "core.v1.PersistentVolumeClaimSpec.accessModes[]": (
        *("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
    ),
    "core.v1.PersistentVolumeClaimSpec.volumeMode": ("Block", "Filesystem"),
    "core.v1.PersistentVolumeSpec.accessModes[]": (
        *("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"),
    ),
    "core.v1.PersistentVolumeSpec.volumeMode": ("Block", "Filesystem"),
    "core.v1.PodSecurityContext.fsGroupChangePolicy": ("OnRootMismatch", "Always"),
    "core.v1.PodSecurityContext.supplementalGroupsPolicy": ("Merge", "Strict"),
    "core.v1.PodSpec.preemptionPolicy": ("Never", "PreemptLowerPriority"),
    "core.v1.ScopedResourceSelectorRequirement.operator": ("In", "NotIn", "Exists", "DoesNotExist"),
    "core.v1.SeccompProfile.type": ("Localhost", "RuntimeDefault", "Unconfined"),
    "core.v1.SecurityContext.procMount": ("Default", "Unmasked"),
    "core.v1.ServiceSpec.internalTrafficPolicy": ("Cluster", "Local"),
    "core.v1.ServiceSpec.ipFamilies[]": ("IPv4", "IPv6"),
    "core.v1.ServiceSpec.ipFamilyPolicy": ("SingleStack", "PreferDualStack", "RequireDualStack"),
    "core.v1.Taint.effect": ("NoSchedule", "PreferNoSchedule", "NoExecute"),
    "core.v1.TopologySpreadConstraint.nodeAffinityPolicy": ("Honor", "Ignore"),
    "core.v1.TopologySpreadConstraint.nodeTaintsPolicy": ("Honor", "Ignore"),
    "core.v1.TopologySpreadConstraint.whenUnsatisfiable": ("DoNotSchedule", "ScheduleAnyway"),
    "core.v1.VolumeMount.mountPropagation": ("None", "HostToContainer", "Bidirectional"),
    "core.v1.VolumeMount.recursiveReadOnly": ("Disabled", "IfPossible", "Enabled"),
    "discovery.v1.EndpointPort.protocol": ("TCP", "UDP", "SCTP"),
    "discovery.v1.EndpointSlice.addressType": ("IPv4", "IPv6", "FQDN"),
    "flowcontrol.v1.LimitResponse.type": ("Queue", "Reject"),
    "meta.v1.LabelSelectorRequirement.operator": ("In", "NotIn", "Exists", "DoesNotExist"),
    "networking.v1.HTTPIngressPath.pathType": ("Exact", "ImplementationSpecific", "Prefix"),
    "networking.v1.NetworkPolicyPort.protocol": ("TCP", "UDP", "SCTP"),
    "networking.v1.NetworkPolicySpec.policyTypes[]": ("Ingress", "Egress"),
    "policy.v1.PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy": ("IfHealthyBudget", "AlwaysAllow"),
    "rbac.v1.RoleRef.kind": ("Role", "ClusterRole"),
    "rbac.v1.Subject.kind": ("User", "Group", "ServiceAccount"),
    "scheduling.v1.PriorityClass.preemptionPolicy": ("Never", "PreemptLowerPriority"),
    "storage.v1.CSIDriverSpec.fsGroupPolicy": ("ReadWriteOnceWithFSType", "File", "None"),
    "storage.v1.CSIDriverSpec.volumeLifecycleModes[]": ("Persistent", "Ephemeral"),
    "storage.v1.StorageClass.reclaimPolicy": ("Retain", "Delete"),
    "storage.v1.StorageClass.volumeBindingMode": ("Immediate", "WaitForFirstConsumer"),
}

_KEYWORDS: dict[str, Schema] = {
    "apps.v1.DaemonSetSpec.minReadySeconds": _NATURAL,
    "apps.v1.DeploymentSpec.minReadySeconds": _NATURAL,
    "apps.v1.DeploymentSpec.progressDeadlineSeconds": _NATURAL,
    "apps.v1.DeploymentSpec.replicas": _NATURAL,
    "apps.v1.DeploymentSpec.revisionHistoryLimit": _NATURAL,
    "apps.v1.ReplicaSetSpec.replicas": _NATURAL,
    "apps.v1.RollingUpdateDaemonSet.maxSurge": _PERCENT,
    "apps.v1.RollingUpdateDaemonSet.maxUnavailable": _PERCENT,
    "apps.v1.RollingUpdateDeployment.maxSurge": _PERCENT,
    "apps.v1.RollingUpdateDeployment.maxUnavailable": _PERCENT,
    "apps.v1.StatefulSetSpec.replicas": _NATURAL,
    "autoscaling.v2.HorizontalPodAutoscalerSpec.maxReplicas": {"minimum": 1},
    "autoscaling.v2.HorizontalPodAutoscalerSpec.minReplicas": _NATURAL,
    "batch.v1.CronJobSpec.failedJobsHistoryLimit": _NATURAL,
    "batch.v1.CronJobSpec.schedule": {"minLength": 1},
    "batch.v1.CronJobSpec.startingDeadlineSeconds": _NATURAL,
    "batch.v1.CronJobSpec.successfulJobsHistoryLimit": _NATURAL,
    "batch.v1.JobSpec.activeDeadlineSeconds": _NATURAL,
    "batch.v1.JobSpec.backoffLimit": _NATURAL,
    "batch.v1.JobSpec.completions": _NATURAL,
    "batch.v1.JobSpec.parallelism": _NATURAL,
    "batch.v1.JobSpec.ttlSecondsAfterFinished": _NATURAL,
    "core.v1.ConfigMap.binaryData": {"propertyNames": _KEY},
    "core.v1.ConfigMap.data": {"propertyNames": _KEY},
    "core.v1.Container.image": {"minLength": 1},
    "core.v1.Container.name": _LABEL,
    "core.v1.ContainerPort.containerPort": _PORT,
    "core.v1.ContainerPort.hostPort": _PORT_OR_ZERO,
    "core.v1.ContainerPort.name": _NAMED_OR_EMPTY,
    "core.v1.EndpointPort.port": _PORT,
    "core.v1.EphemeralContainer.name": _LABEL,
    "core.v1.GRPCAction.port": _PORT,
    "core.v1.HTTPGetAction.port": {**_PORT, **_NAMED},
    "core.v1.PodSecurityContext.fsGroup": _ID,
    "core.v1.PodSecurityContext.runAsGroup": _ID,
    "core.v1.PodSecurityContext.runAsUser": _ID,
    "core.v1.PodSpec.activeDeadlineSeconds": {"minimum": 1},
    "core.v1.PodSpec.terminationGracePeriodSeconds": _NATURAL,
    "core.v1.PreferredSchedulingTerm.weight": {"minimum": 1, "maximum": 100},
    "core.v1.Probe.failureThreshold": _NATURAL,
    "core.v1.Probe.initialDelaySeconds": _NATURAL,
    "core.v1.Probe.periodSeconds": _NATURAL,
    "core.v1.Probe.successThreshold": _NATURAL,
    "core.v1.Probe.timeoutSeconds": _NATURAL,
    "core.v1.ResourceRequirements.limits": _AMOUNT,
    "core.v1.ResourceRequirements.requests": _AMOUNT,
    "core.v1.Secret.data": {"propertyNames": _KEY},
    "core.v1.Secret.stringData": {"propertyNames": _KEY},
    "core.v1.SecurityContext.runAsGroup": _ID,
    "core.v1.SecurityContext.runAsUser": _ID,
    "core.v1.ServicePort.name": _LABEL_OR_EMPTY,
    "core.v1.ServicePort.nodePort": _PORT_OR_ZERO,
    "core.v1.ServicePort.port": _PORT,
    # 0 and "" mean: the same as port
    "core.v1.ServicePort.targetPort": {**_PORT_OR_ZERO, **_NAMED_OR_EMPTY},
    "core.v1.TCPSocketAction.port": {**_PORT, **_NAMED},
    "core.v1.TopologySpreadConstraint.maxSkew": {"minimum": 1},
    "core.v1.TopologySpreadConstraint.topologyKey": {"minLength": 1},
    "core.v1.Volume.name": _LABEL,
    "core.v1.VolumeMount.mountPath": {"minLength": 1},
    "core.v1.WeightedPodAffinityTerm.weight": {"minimum": 1, "maximum": 100},
    "networking.v1.NetworkPolicyPort.port": {**_PORT, **_NAMED},
    "networking.v1.ServiceBackendPort.number": _PORT_OR_ZERO,
    "policy.v1.PodDisruptionBudgetSpec.maxUnavailable": _PERCENT,
    "policy.v1.PodDisruptionBudgetSpec.minAvailable": _PERCENT,
    "admissionregistration.v1.MutatingWebhook.timeoutSeconds": {"minimum": 1, "maximum": 30},
    "admissionregistration.v1.ValidatingWebhook.timeoutSeconds": {"minimum": 1, "maximum": 30},
    "admissionregistration.v1.ServiceReference.port": _PORT,
    "rbac.v1.RoleRef.apiGroup": {"enum": ["rbac.authorization.k8s.io", ""]},
}

_REQUIRED: dict[str, str] = {
    # "optional to allow higher level config management to default": the server itself has no default
    "core.v1.Container": "image",
}

_DROPPED = {
    # the server compares no rules of a schema with each other
    "apiextensions.v1.JSONSchemaProps.x-kubernetes-validations": (
        "x-kubernetes-list-type",
        "x-kubernetes-list-map-keys",
    ),
}

_MAPS: dict[str, dict[str, Schema]] = {
    # the protocol is defaulted before keys are compared
    "core.v1.ContainerPort": {"protocol": {"default": "TCP"}},
    "core.v1.ServicePort": {"protocol": {"default": "TCP"}},
}

REFUSED = (
    *("containers", "initContainers", "ephemeralContainers", "volumes", "volumeMounts", "volumeDevices"),
    *("topologySpreadConstraints", "webhooks", "matchConditions", "schedulingGates", "resourceClaims"),
)
"""Lists whose items the server refuses when a key stands twice (and ServiceSpec.ports); elsewhere it takes
them, and only server-side apply, which merges by key, refuses them: ``x-chartkit-tolerated``."""


def whole(name: str) -> Schema | None:
    """What replaces the definition *name*, if anything does."""
    return _TYPES.get(name)


def keywords(name: str, key: str, version: Version) -> Schema:
    """What the server demands of the property *key* of the definition *name* beside its type."""
    field = f"{_short(name)}.{key}"
    result = dict(_KEYWORDS.get(field, {}))
    if field in _DEFAULTED:
        result["enum"] = [*_DEFAULTED[field], ""]
    elif field in _CHOICES:
        result["enum"] = list(_CHOICES[field])
    elif f"{field}[]" in _CHOICES:
        result["items"] = {"type": "string", "enum": list(_CHOICES[f"{field}[]"])}
    result.update(_by_version(field, version))
    return result


def _by_version(field: str, version: Version) -> Schema:
    if field == "core.v1.EnvVar.name":
        # RelaxedEnvironmentVariableValidation is on from 1.32: any printable ASCII but "="
        return _LOOSE_ENV if version >= (1, 32) else _STRICT_ENV
    if field == "core.v1.Container.restartPolicy":
        # sidecars; from 1.34 (ContainerRestartRules) the other policies too
        return {"enum": ["Always", "OnFailure", "Never"] if version >= (1, 34) else ["Always"]}
    if field == "core.v1.Toleration.operator":
        # Lt and Gt came with 1.35
        return {"enum": ["Exists", "Equal", *(("Lt", "Gt") if version >= (1, 35) else ()), ""]}
    return {}


def maps(name: str, _version: Version) -> dict[str, Schema]:
    """Defaults that count when the items of a list are told apart."""
    return _MAPS.get(_short(name), {})


def required(name: str) -> str | None:
    """A further property that the definition *name* requires."""
    return _REQUIRED.get(_short(name))


def dropped(name: str, key: str) -> tuple[str, ...]:
    """Keywords of a property that count for nothing here."""
    return _DROPPED.get(f"{_short(name)}.{key}", ())


def tolerated(name: str, key: str) -> bool:
    """Whether the server takes items with equal keys in this list of the definition *name*."""
    return key not in REFUSED and f"{_short(name)}.{key}" != "core.v1.ServiceSpec.ports"


def check(all_versions: dict[str, dict[str, Schema]]) -> None:
    """Refuse entries that match nothing: a renamed field must not lose its check in silence."""
    known = {
        f"{_short(name)}.{key}"
        for definitions in all_versions.values()
        for name, schema in definitions.items()
        for key in schema.get("properties", ())
    }
    named = [*_DEFAULTED, *(field.removesuffix("[]") for field in _CHOICES), *_KEYWORDS]
    if lost := sorted(set(named) - known):
        raise SystemExit(f"mends of unknown fields: {', '.join(lost)}")


def _short(name: str) -> str:
    return ".".join(name.split(".")[-3:])
