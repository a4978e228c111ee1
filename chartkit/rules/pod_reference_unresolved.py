"""Pod needs an object that no chart brings.

A pod whose ServiceAccount is missing is never created; one that mounts or reads a missing ConfigMap, or
claims a volume that is not there, waits for ever. The object was renamed on one side, or is rendered
under another condition than the pod.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged is what the pod calls `optional`, what is always there (`default`,
`kube-root-ca.crt`), what a custom resource may make, and ConfigMaps where a role of the charts lets a
pod create them. Secrets are not judged at all, since they are often made by hand or by an operator. The
rule is on in the set `linkerd`, and in the set `together`, which is for any repository whose charts are
all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web-account  # error: pod-reference-unresolved
  containers:
    - name: web
      envFrom:
        - configMapRef:
            name: web-settings  # error: pod-reference-unresolved
  volumes:
    - name: settings
      configMap:
        name: web-config
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  serviceAccountName: web
  containers:
    - name: web
      envFrom:
        - configMapRef:
            name: web-config
        - configMapRef:
            name: web-settings
            optional: true
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._needs import needs
from chartkit.rules._reading import namespace, pod
from chartkit.rules._release import ObjectReference, inventory
from chartkit.rules._rule import rule


@rule("pod-reference-unresolved", on=Release, severity=Severity.ERROR, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for objects, manifest in known.members:
        if template := pod(manifest):
            home = namespace(manifest, objects)
            wanted = (
                ObjectReference(need.path, need.kind, need.name, home)
                for need in needs(template)
                if need.kind != "Secret"
            )
            yield from known.hits(manifest, wanted)
