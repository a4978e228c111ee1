"""What the API server demands of objects and no schema can say: fields that exclude or need each other.

Facts from pkg/apis/{apps,autoscaling,core,networking,policy}/validation of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules.schemas import pods

Spec = Mapping[str, Any]


def check(manifest: Manifest) -> Iterator[Hit]:
    """All that is wrong; what has the wrong type is left to the schema."""
    group = manifest.resource.api_version.rpartition("/")[0]
    spec = manifest.body.get("spec")
    check_spec = _CHECKS.get((group, manifest.resource.kind))
    if check_spec is not None and isinstance(spec, dict):
        yield from check_spec(spec)
    yield from pods.check(manifest)


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
