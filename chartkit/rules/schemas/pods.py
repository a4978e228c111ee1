"""What the API server demands of pod templates and no schema can say: fields that exclude or need each other.

Facts from pkg/apis/core/validation and pkg/apis/{apps,batch}/validation of Kubernetes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.helm.manifests import containers, pod_template
from chartkit.model.place import Path
from chartkit.model.render import Container, Hit, Manifest
from chartkit.rules.schemas.quantities import quantity

_RUNS_FOREVER: Final = ("Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "ReplicationController")
_RUNS_ONCE: Final = ("Job", "CronJob")
_HANDLERS: Final = ("exec", "httpGet", "tcpSocket", "grpc", "sleep")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_HOOKS: Final = ("postStart", "preStop")


def check(manifest: Manifest) -> Iterator[Hit]:
    """All that is wrong; what has the wrong type is left to the schema."""
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
