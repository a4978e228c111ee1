"""Init container has the name of another container.

Names are unique across all the containers of a pod, the init containers included: the API server
refuses the pod. (Twice the same name in one list is `list-key-duplicate`.)

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  initContainers:
    - name: web
      image: web:1.0.0
  containers:
    - name: web  # error: container-name-duplicate
      image: web:1.0.0
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  initContainers:
    - name: web-setup
      image: web:1.0.0
  containers:
    - name: web
      image: web:1.0.0
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import pod
from chartkit.rules._rule import rule


@rule("container-name-duplicate", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    template = pod(manifest)
    first: dict[str, str | int] = {}
    for path, container in template.containers() if template else ():
        name, kind = container.get("name"), path[-2]
        if isinstance(name, str) and name and first.setdefault(name, kind) != kind:
            message = f"container name {name!r} is already used in {first[name]}"
            yield Hit((*path, "name"), message, "give each container of the pod a name of its own")
