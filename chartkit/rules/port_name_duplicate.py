"""Two ports have the same name.

Port names are unique within a container and within a Service: the API server refuses the object.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - name: http
      port: 80
    - name: http  # error: port-name-duplicate
      port: 8080
```

## Good

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - name: http
      port: 80
    - name: admin
      port: 8080
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import below, entries, is_kind, pod
from chartkit.rules._rule import rule


@rule("port-name-duplicate", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    if is_kind(manifest, "", "Service"):
        yield from _ports(("spec", "ports"), below(manifest.body, "spec", "ports"))
    elif template := pod(manifest):
        for path, container in template.containers():
            yield from _ports((*path, "ports"), container.get("ports"))


def _ports(path: Path, ports: object) -> Iterator[Hit]:
    first: dict[str, int] = {}
    for index, port in entries(ports):
        name = port.get("name")
        if isinstance(name, str) and name and first.setdefault(name, index) != index:
            message = f"port name {name!r} is already that of ports[{first[name]}]"
            yield Hit((*path, index, "name"), message, "give each port a name of its own")
