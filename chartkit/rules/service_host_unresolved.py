"""Host name in a container leads to no Service of the charts.

An argument or an environment variable names a Service by its DNS name (`web.default.svc`, with or
without the domain of the cluster), in a namespace that one of the charts is installed into, and none of
them brings the Service there, or it has no such port. Lookups fail for ever, or connections are
refused, while the pod looks healthy.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are shorter names, patterns, names with a variable in them, names
in files, the namespace `default` (any example may name it), what a custom resource may make, and the
ports of headless Services. The rule is on in the set `linkerd`, and in the set `together`, which is for
any repository whose charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml title="chartkit.yaml"
charts: {example: {namespace: shop}}
```

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: client
      args:
        - --server=http://web.shop.svc.cluster.local:8080/api  # warning: service-host-unresolved
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
```

## Good

```yaml title="chartkit.yaml"
charts: {example: {namespace: shop}}
```

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: client
spec:
  containers:
    - name: client
      args:
        - --server=http://web.shop.svc.cluster.local:80/api
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 80
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest, Release
from chartkit.rules._reading import entries, pod
from chartkit.rules._release import ObjectReference, ReleaseInventory, inventory, service_ports
from chartkit.rules._rule import rule

_HOST: Final = re.compile(
    r"(?<![\w.*\\)}-])"  # neither the end of another name nor of a pattern or a variable
    r"(?:[\w-]+\.)*?(?P<service>[a-z0-9-]+)\.(?P<home>[a-z0-9-]+)\.svc"
    r"(?:\.[a-z0-9-]+)*\.?(?::(?P<port>[0-9]{1,5}))?(?![\w\\*$({-])"
)


@rule("service-host-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for _, manifest in known.members:
        template = pod(manifest)
        for place, container in template.containers() if template else ():
            for path, text in _texts(container):
                for found in _HOST.finditer(text):
                    yield from _judged(known, manifest, (*place, *path), found)


def _texts(container: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    for key in ("command", "args"):
        words = container.get(key)
        for index, text in enumerate(words if isinstance(words, list) else ()):
            if isinstance(text, str):
                yield (key, index), text
    for index, variable in entries(container.get("env")):
        if isinstance(text := variable.get("value"), str):
            yield ("env", index, "value"), text


def _judged(known: ReleaseInventory, manifest: Manifest, path: Path, found: re.Match[str]) -> Iterator[Hit]:
    wanted = ObjectReference(path, "Service", found["service"], found["home"])
    if wanted.namespace == "default":
        return
    service = known.find(wanted)
    if service is None:
        yield from known.hits(manifest, iter([wanted]))
        return
    ports = service_ports(service)
    if ports is not None and found["port"] and int(found["port"]) not in ports:
        message = f"{wanted} has no port {found['port']}"
        hint = f"use one of {', '.join(sorted(map(str, ports)))}" if ports else "give the Service this port"
        yield Hit(path, message, hint, manifest=manifest)
