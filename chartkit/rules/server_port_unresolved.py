"""Server of a Linkerd policy names a port that no selected pod has.

The `port` of a Server that is a name is looked up among the container ports of the pods that it
selects, in whatever chart they are. Where none of them names such a port, the Server covers nothing,
and the default policy applies to traffic that the chart means to restrict.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are Servers that select no pod (their pods may be optional), port
numbers (a container need not declare them), and the ports of the proxy, which is injected. The rule is
on in the set `linkerd`, and in the set `together`, which is for any repository whose charts are all
installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  name: web
spec:
  port: admin  # warning: server-port-unresolved
  podSelector:
    matchLabels:
      app: web
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
        - name: web-admin
          containerPort: 9999
```

## Good

```yaml
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  name: web
spec:
  port: web-admin
  podSelector:
    matchLabels:
      app: web
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
        - name: web-admin
          containerPort: 9999
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._reading import below, entries, is_port_name, mapping, namespace, pod
from chartkit.rules._release import POLICY, inventory, items
from chartkit.rules._rule import rule

_INJECTED: Final = {"linkerd-admin", "linkerd-proxy"}


@rule("server-port-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    started = [
        (namespace(manifest, objects), found)
        for objects, manifest in known.members
        if (found := pod(manifest))
    ]
    for server, home in known.each(POLICY, "Server"):
        port, selector = (below(server.body, "spec", key) for key in ("port", "podSelector"))
        if not is_port_name(port) or not isinstance(selector, Mapping):
            continue
        selected = [each for where, each in started if where == home and _selects(selector, each.labels)]
        names = {name for each in selected for name in each.port_names()}
        if selected and port not in names | _INJECTED:
            message = f"port {port!r} is the name of no port of the selected pods"
            hint = f"use one of {', '.join(sorted(names))}" if names else "name the container's port"
            yield Hit(("spec", "port"), message, hint, manifest=server, undecided=known.unknown)


def _selects(selector: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    """Whether a label selector selects what has *labels*, as Kubernetes has it."""
    exact = mapping(selector.get("matchLabels")).items()
    return all(labels.get(key) == value for key, value in exact) and all(
        _fits(wanted, labels) for _, wanted in entries(selector.get("matchExpressions"))
    )


def _fits(wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = str(wanted.get("key")), items(wanted, "values")
    match wanted.get("operator"):
        case "In":
            return key in labels and labels[key] in values
        case "NotIn":
            return key not in labels or labels[key] not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return False
