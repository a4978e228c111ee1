"""Mounted volume is not among the pod's volumes.

A container mounts a volume that neither the pod nor a volume claim template defines. The API server
refuses the pod.

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      volumeMounts:
        - name: config  # error: volume-mount-unresolved
          mountPath: /etc/web
  volumes:
    - name: configuration
      emptyDir: {}
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
      volumeMounts:
        - name: config
          mountPath: /etc/web
  volumes:
    - name: config
      emptyDir: {}
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import Pod, below, entries, pod
from chartkit.rules._rule import rule


@rule("volume-mount-unresolved", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    template = pod(manifest)
    if not template:
        return
    known = _volumes(template)
    for path, container in template.containers():
        for mounts in ("volumeMounts", "volumeDevices"):
            for index, mount in entries(container.get(mounts)):
                name = mount.get("name")
                if isinstance(name, str) and name not in known:
                    hint = f"add it to the pod's volumes: {', '.join(sorted(known)) or 'there are none'}"
                    yield Hit(
                        (*path, mounts, index, "name"), f"volume {name!r} is not defined in the pod", hint
                    )


def _volumes(template: Pod) -> set[str]:
    volumes = [volume.get("name") for _, volume in entries(template.spec.get("volumes"))]
    claims = entries(below(template.manifest.body, "spec", "volumeClaimTemplates"))
    names = [*volumes, *(below(claim, "metadata", "name") for _, claim in claims)]
    return {name for name in names if isinstance(name, str)}
