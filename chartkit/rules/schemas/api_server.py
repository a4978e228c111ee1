"""What the API server demands and no schema can say: names of objects, and fields that exclude each other.

Facts from https://kubernetes.io/docs/concepts/overview/working-with-objects/names/ and from
pkg/apis/{apps,autoscaling,batch,core,networking,policy}/validation of Kubernetes. What has the wrong type is
left to the schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from chartkit.helm.manifests import containers, pod_template
from chartkit.model.place import Path
from chartkit.model.render import Container, Hit, Manifest

_LABEL: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SERVICE: Final = re.compile(r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?")
_SUBDOMAIN: Final = re.compile(r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*")
_SEGMENT: Final = re.compile(r"(?!\.{1,2}\Z)[^/%]+")

_LABEL_WORDS: Final = "at most 63 of a-z, 0-9 and '-', a letter or digit at both ends"
_SUBDOMAIN_WORDS: Final = "at most 253 of a-z, 0-9, '-' and '.', a letter or digit at both ends of each part"
_SERVICE_WORDS: Final = "at most 63 of a-z, 0-9 and '-', a letter first and a letter or digit last"

_LIMIT: Final = re.compile(r"at most (\d+) of ")

_RBAC: Final = "rbac.authorization.k8s.io"
_SEGMENTS: Final = {
    *((_RBAC, kind) for kind in ("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding")),
    ("certificates.k8s.io", "CertificateSigningRequest"),
    ("certificates.k8s.io", "ClusterTrustBundle"),
    ("networking.k8s.io", "IPAddress"),
    ("apiregistration.k8s.io", "APIService"),
}
_SERVICE_RELAXED: Final = (1, 34)
"""From here on (RelaxedServiceNameValidation) a Service may begin with a digit where the gate is on."""

_CRON_JOB_LIMIT: Final = 52
"""Jobs get eleven characters more, and their pods' labels hold at most 63."""


def check_name(manifest: Manifest, version: tuple[int, int]) -> Iterator[Hit]:
    """What is wrong with metadata.name and metadata.namespace; what is no string, others say."""
    metadata = manifest.body.get("metadata")
    if not isinstance(metadata, dict):
        return
    name, namespace = metadata.get("name"), metadata.get("namespace")
    if isinstance(name, str) and name and (trouble := _trouble(manifest, name, version)):
        yield Hit(("metadata", "name"), trouble, "", "field-invalid")
    if isinstance(namespace, str) and namespace and not _LABEL.fullmatch(namespace):
        message = f"'{_cut(namespace)}' is no namespace name, expected {_LABEL_WORDS}"
        yield Hit(("metadata", "namespace"), message, "", "field-invalid")


def _trouble(manifest: Manifest, name: str, version: tuple[int, int]) -> str:
    group = manifest.resource.api_version.rpartition("/")[0]
    kind = manifest.resource.kind
    if (group, kind) in _SEGMENTS:
        return "" if _SEGMENT.fullmatch(name) else _sentence(kind, name, "no '/' and no '%'")
    if (group, kind) == ("", "Namespace"):
        return "" if _LABEL.fullmatch(name) else _sentence(kind, name, _LABEL_WORDS)
    if (group, kind) == ("", "Service"):
        allowed = _LABEL if version >= _SERVICE_RELAXED else _SERVICE
        words = _LABEL_WORDS if version >= _SERVICE_RELAXED else _SERVICE_WORDS
        return "" if allowed.fullmatch(name) else _sentence(kind, name, words)
    if len(name) > 253 or not _SUBDOMAIN.fullmatch(name):
        return _sentence(kind, name, _SUBDOMAIN_WORDS)
    if (group, kind) == ("batch", "CronJob") and len(name) > _CRON_JOB_LIMIT:
        return _sentence(kind, name, f"at most {_CRON_JOB_LIMIT} characters, it has {len(name)}")
    return ""


def _sentence(kind: str, name: str, words: str) -> str:
    limit = _LIMIT.match(words)
    if limit and len(name) > int(limit[1]):
        words = f"at most {limit[1]} characters, it has {len(name)}"
    return f"'{_cut(name)}' is no name for a {kind}, expected {words}"


def _cut(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:77]}…"


_QUANTITY: Final = re.compile(
    r"\s*([+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?[0-9]{1,2}))?\s*"
)
_DECIMAL: Final[dict[str, int]] = {
    "n": -9,
    "u": -6,
    "m": -3,
    "k": 3,
    "M": 6,
    "G": 9,
    "T": 12,
    "P": 15,
    "E": 18,
}
_BINARY: Final[dict[str, int]] = {"Ki": 1, "Mi": 2, "Gi": 3, "Ti": 4, "Pi": 5, "Ei": 6}


def quantity(value: Any) -> Decimal | None:
    """``500m`` is 0.5, ``1Ki`` is 1024; None for what is none, which the schema finds."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    found = _QUANTITY.fullmatch(str(value))
    if found is None:
        return None
    digits, binary, decimal, exponent = found.groups()
    number = Decimal(digits)
    if binary:
        return number * Decimal(1024 ** _BINARY[binary])
    return number.scaleb(_DECIMAL[decimal] if decimal else int(exponent or 0))


_RUNS_FOREVER: Final = ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ReplicationController")
_RUNS_ONCE: Final = ("Job", "CronJob")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")


def _pod_template(manifest: Manifest) -> Iterator[Hit]:
    found = pod_template(manifest)
    spec = found[1].get("spec") if found else None
    if found is None or not isinstance(spec, dict):
        return
    path: Path = (*found[0], "spec")
    yield from _restart_policy(manifest.resource.kind, spec, path)
    for index, volume in enumerate(_items(spec.get("volumes"))):
        yield from _volume(volume, (*path, "volumes", index))
    for container in containers(manifest):
        yield from _container(container)


def _restart_policy(kind: str, spec: Mapping[str, Any], path: Path) -> Iterator[Hit]:
    policy = spec.get("restartPolicy") or ""
    if kind in _RUNS_FOREVER and policy in ("OnFailure", "Never"):
        yield _invalid(
            (*path, "restartPolicy"), f"'{policy}' is not for the pods of a {kind}, expected 'Always'"
        )
    if kind in _RUNS_ONCE and policy == "Always":
        message = f"'Always' is not for the pods of a {kind}, expected 'OnFailure' or 'Never'"
        yield _invalid((*path, "restartPolicy"), message)
    if kind in _RUNS_ONCE and policy == "":
        message = f"'restartPolicy' is missing: the pods of a {kind} need 'OnFailure' or 'Never'"
        yield Hit((*path, "restartPolicy"), message, "", "field-missing")


def _volume(volume: Mapping[str, Any], path: Path) -> Iterator[Hit]:
    sources = [key for key, value in volume.items() if key != "name" and value is not None]
    if len(sources) > 1:
        yield _invalid(path, f"a volume has more than one source: {', '.join(sorted(sources))}")


def _container(container: Container) -> Iterator[Hit]:
    body, path = container.body, container.path
    variables = body.get("env")
    for index, variable in enumerate(variables if isinstance(variables, list) else ()):
        if isinstance(variable, dict) and variable.get("valueFrom") and variable.get("value"):
            yield _invalid((*path, "env", index), "'value' and 'valueFrom' exclude each other")
    for name in _PROBES:
        if name in body:
            yield from _handler(body[name], (*path, name))
    hooks = body.get("lifecycle")
    for name, hook in hooks.items() if isinstance(hooks, dict) else ():
        if name in _HOOKS:
            yield from _handler(hook, (*path, "lifecycle", name))
    if "resources" in body:
        yield from _resources(body["resources"], (*path, "resources"))


def _handler(handler: Any, path: Path) -> Iterator[Hit]:
    if not isinstance(handler, dict):
        return
    given = [name for name in _HANDLERS if handler.get(name) is not None]
    if len(given) != 1:
        what = "nothing" if not given else " and ".join(given)
        message = f"{path[-1]} does {what}, expected exactly one of exec, httpGet, tcpSocket and the like"
        yield _invalid(path, message)


def _resources(resources: Any, path: Path) -> Iterator[Hit]:
    if not isinstance(resources, dict):
        return
    requests, limits = resources.get("requests"), resources.get("limits")
    if not requests or not limits or requests == limits:
        return
    for name, requested in requests.items() if isinstance(requests, dict) else ():
        limit = limits.get(name) if isinstance(limits, dict) else None
        least, most = quantity(requested), quantity(limit)
        if least is not None and most is not None and least > most:
            message = f"the request of {requested} is more than the limit of {limit}"
            yield Hit((*path, "requests", name), message, "", "field-invalid")


def _items(value: Any) -> list[Mapping[str, Any]]:
    """The items of a list with their indices kept: what is no mapping is an empty one."""
    return [item if isinstance(item, dict) else {} for item in value] if isinstance(value, list) else []


def _invalid(path: Path, message: str) -> Hit:
    return Hit(path, message, "", "field-invalid", on_key=True)


Spec = Mapping[str, Any]


def check_fields(manifest: Manifest) -> Iterator[Hit]:
    """What is wrong with its fields beyond the schema."""
    group = manifest.resource.api_version.rpartition("/")[0]
    spec = manifest.body.get("spec")
    check_spec = _CHECKS.get((group, manifest.resource.kind))
    if check_spec is not None and isinstance(spec, dict):
        yield from check_spec(spec)
    yield from _pod_template(manifest)


def _deployment(spec: Spec) -> Iterator[Hit]:
    strategy = spec.get("strategy")
    if (
        isinstance(strategy, dict)
        and strategy.get("type") == "Recreate"
        and strategy.get("rollingUpdate") is not None
    ):
        path: Path = ("spec", "strategy", "rollingUpdate")
        hint = "set rollingUpdate to null where the type can be Recreate"
        yield Hit(
            path, "'rollingUpdate' is not for the strategy Recreate", hint, "field-invalid", on_key=True
        )


def _budget(spec: Spec) -> Iterator[Hit]:
    if spec.get("minAvailable") is not None and spec.get("maxUnavailable") is not None:
        message = "'minAvailable' and 'maxUnavailable' exclude each other"
        yield Hit(("spec", "maxUnavailable"), message, "", "field-invalid", on_key=True)


def _autoscaler(spec: Spec) -> Iterator[Hit]:
    least, most = spec.get("minReplicas"), spec.get("maxReplicas")
    if isinstance(least, int) and isinstance(most, int) and least > most:
        yield Hit(("spec", "maxReplicas"), f"{most} is less than minReplicas, {least}", "", "field-invalid")


def _service(spec: Spec) -> Iterator[Hit]:
    ports, kind = spec.get("ports"), spec.get("type")
    if kind == "ExternalName":
        if not spec.get("externalName"):
            yield Hit(("spec", "externalName"), "'externalName' is missing in spec", "", "field-missing")
    elif not ports and spec.get("clusterIP") != "None":
        yield Hit(("spec", "ports"), "'ports' is missing in spec", "", "field-missing")
    if not isinstance(ports, list) or len(ports) < 2:
        return
    for index, port in enumerate(ports):
        if isinstance(port, dict) and not port.get("name"):
            message = "'name' is missing: with several ports, each needs one"
            yield Hit(("spec", "ports", index, "name"), message, "", "field-missing")


def _ingress(spec: Spec) -> Iterator[Hit]:
    rules = spec.get("rules")
    for index, rule in enumerate(rules if isinstance(rules, list) else ()):
        http = rule.get("http") if isinstance(rule, dict) else None
        paths = http.get("paths") if isinstance(http, dict) else None
        for number, path in enumerate(paths if isinstance(paths, list) else ()):
            if isinstance(path, dict):
                yield from _ingress_path(path, ("spec", "rules", index, "http", "paths", number, "path"))


def _ingress_path(path: Spec, where: Path) -> Iterator[Hit]:
    value = path.get("path")
    free = path.get("pathType") == "ImplementationSpecific" and not value
    if (value is None or isinstance(value, str)) and not free and not (value or "").startswith("/"):
        yield Hit(
            where,
            f"'{(value or '')[:80]}' is no path, expected one that begins with '/'",
            "",
            "field-invalid",
        )


_CHECKS: Final[Mapping[tuple[str, str], Callable[[Spec], Iterator[Hit]]]] = {
    ("apps", "Deployment"): _deployment,
    ("autoscaling", "HorizontalPodAutoscaler"): _autoscaler,
    ("policy", "PodDisruptionBudget"): _budget,
    ("", "Service"): _service,
    ("networking.k8s.io", "Ingress"): _ingress,
}
