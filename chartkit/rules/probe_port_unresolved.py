"""Probe names a port that its container does not have.

The kubelet looks the name up among the ports of the same container. A name that is not there makes
the probe fail for ever, and the pod is restarted or never becomes ready.

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      ports:
        - name: http
          containerPort: 8080
      livenessProbe:
        httpGet:
          path: /live
          port: admin  # error: probe-port-unresolved
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      ports:
        - name: http
          containerPort: 8080
      livenessProbe:
        httpGet:
          path: /live
          port: http
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Container, Hit
from chartkit.rules._reading import below, is_port_name, port_names
from chartkit.rules._rule import rule

_PORTS: Final = tuple(
    (*where, handler, "port")
    for where in (
        ("livenessProbe",),
        ("readinessProbe",),
        ("startupProbe",),
        ("lifecycle", "postStart"),
        ("lifecycle", "preStop"),
    )
    for handler in ("httpGet", "tcpSocket")
)


@rule("probe-port-unresolved", on=Container, severity=Severity.ERROR)
def check(container: Container) -> Iterator[Hit]:
    known = port_names(container.body)
    for steps in _PORTS:
        port = below(container.body, *steps)
        if is_port_name(port) and port not in known:
            hint = (
                f"use one of {', '.join(sorted(known))}"
                if known
                else "name the port in the container's ports"
            )
            yield container.hit(
                *steps, message=f"port {port!r} is the name of no port of the container", hint=hint
            )
