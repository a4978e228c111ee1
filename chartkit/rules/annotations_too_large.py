"""Annotations are larger than 256 KiB.

Kubernetes counts the bytes of all annotation keys and values of an object together and refuses more
than 262144. Embedded dashboards and configuration grow into it unnoticed.

## Bad

An object that carries whole files in its annotations: the finding points at `annotations`, with the
size that was counted.

## Good

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: dashboard
  annotations:
    example.com/folder: traffic
data:
  dashboard.json: "{}"
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import below, mapping, pod
from chartkit.rules._rule import rule

_LIMIT: Final = 256 * 1024


@rule("annotations-too-large", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    yield from _judge((), manifest.body)
    template = pod(manifest)
    if template and template.path:
        yield from _judge(template.path, template.template)


def _judge(path: Path, body: Mapping[str, Any]) -> Iterator[Hit]:
    annotations = mapping(below(body, "metadata", "annotations"))
    size = sum(_size(key) + _size(value) for key, value in annotations.items())
    if size > _LIMIT:
        largest = max(annotations, key=lambda key: _size(annotations[key]))
        message = f"annotations take {size} bytes, {_LIMIT} are allowed"
        hint = f"move {largest!r} ({_size(annotations[largest])} bytes) into a ConfigMap"
        yield Hit((*path, "metadata", "annotations"), message, hint, on_key=True, whole=True)


def _size(value: object) -> int:
    return len(value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else 0
