"""Service targets a port name that no selected pod has.

A `targetPort` that is a name is looked up among the container ports of each pod. Where no selected
pod names such a port, the Service has no endpoint for it and connections are refused.

Not judged are Services that select none of the case's pods, headless ones (clients find the pods by
them and choose the port themselves), and the ports that service meshes add to the pods they inject.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
      targetPort: https  # error: service-port-unresolved
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
    - name: web
      ports:
        - name: http
          containerPort: 8080
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
  ports:
    - port: 80
      targetPort: http
---
apiVersion: v1
kind: Pod
metadata:
  name: web
  labels:
    app: web
spec:
  containers:
    - name: web
      ports:
        - name: http
          containerPort: 8080
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Objects
from chartkit.rules._reading import entries, is_port_name, pods, services
from chartkit.rules._rule import rule

_INJECTED: Final = {"linkerd-admin", "linkerd-proxy", "http-envoy-prom"}


@rule("service-port-unresolved", on=Objects, severity=Severity.ERROR)
def check(objects: Objects) -> Iterator[Hit]:
    started = pods(objects)
    for service in services(objects):
        if service.spec.get("clusterIP") == "None":
            continue
        selected = service.pods(started, objects)
        known = {name for pod in selected for name in pod.port_names()}
        for index, port in entries(service.spec.get("ports")):
            target = port.get("targetPort")
            if selected and is_port_name(target) and target not in known | _INJECTED:
                message = f"target port {target!r} is the name of no port of the selected pods"
                hint = f"use one of {', '.join(sorted(known))}" if known else "name the container's port"
                yield Hit(("spec", "ports", index, "targetPort"), message, hint, manifest=service.manifest)
