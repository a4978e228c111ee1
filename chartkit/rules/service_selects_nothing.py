"""Service selects no pod of the chart.

The selector of a Service matches no pod template that the same case renders, so that the Service
never has an endpoint. A label was renamed on one side, or stands among the annotations.

Not judged are Services without a selector or of type ExternalName, cases that render no pods,
Services in a namespace of their own, selectors with a label that something sets while pods run
(`statefulset.kubernetes.io/pod-name`, `role`, `vault-active` …), and cases with custom resources
that may start pods which the chart does not show.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:  # warning: service-selects-nothing
    app: webserver
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
```

## Good

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Objects
from chartkit.rules._reading import Service, group, namespace, pods, services
from chartkit.rules._rule import rule

_SET_AT_RUN_TIME: Final = (
    # By Kubernetes' own controllers, to pods of StatefulSets and Jobs.
    "statefulset.kubernetes.io/",
    "apps.kubernetes.io/",
    "batch.kubernetes.io/",
    "controller-revision-hash",
    "job-name",
    # By what runs in the pods, to mark who leads: Vault, Patroni and the operators of databases.
    "vault-",
    "openbao-",
    "role",
    "spilo-role",
    "cluster-role",
)

_HARMLESS_GROUPS: Final = (
    # Built in, or by their controllers known to start no pods that a Service selects.
    ".k8s.io",
    "acme.cert-manager.io",
    "cert-manager.io",
    "external-secrets.io",
    "istio.io",
    "linkerd.io",
    "openshift.io",
    "traefik.containo.us",
    "traefik.io",
)

_HARMLESS_KINDS: Final = (
    "ServiceMonitor",
    "PodMonitor",
    "PrometheusRule",
    "Probe",
    "ScrapeConfig",
    "ScaledObject",
)


@rule("service-selects-nothing", on=Objects, severity=Severity.WARNING)
def check(objects: Objects) -> Iterator[Hit]:
    started = pods(objects)
    if not started or any(_may_start_pods(manifest) for manifest in objects.manifests):
        return
    homes = {namespace(pod.manifest, objects) for pod in started}
    for service in services(objects):
        if service.namespace in homes and not _is_moving(service) and not service.pods(started, objects):
            wanted = ",".join(f"{key}={value}" for key, value in service.selector.items())
            message = f"selector {wanted!r} matches no pod of this chart"
            hint = "give the pods these labels, or select the labels that they have"
            yield Hit(("spec", "selector"), message, hint, on_key=True, manifest=service.manifest, whole=True)


def _is_moving(service: Service) -> bool:
    return any(key.startswith(_SET_AT_RUN_TIME) for key in service.selector)


def _may_start_pods(manifest: Manifest) -> bool:
    api_group = group(manifest)
    return (
        "." in api_group
        and not api_group.endswith(_HARMLESS_GROUPS)
        and manifest.resource.kind not in _HARMLESS_KINDS
    )
