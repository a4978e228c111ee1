"""Same object is rendered twice.

Two documents of one case have the same API group, kind, namespace and name. Helm installs one over
the other, or fails with "already exists", depending on order and version; either way one of the two
is lost.

Hooks are not judged (Helm may delete one before it makes the next), nor are CRDs that both a chart
and its dependency carry in their `crds/` folders (Helm installs the first).

## Bad

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web  # error: object-duplicate
```

## Good

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-extra
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Objects
from chartkit.rules._reading import group, namespace
from chartkit.rules._rule import rule


@rule("object-duplicate", on=Objects, severity=Severity.ERROR)
def check(objects: Objects) -> Iterator[Hit]:
    first: dict[tuple[str, ...], Manifest] = {}
    for manifest in objects.manifests:
        if not manifest.resource.name or manifest.hooks:
            continue
        kind, name = manifest.resource.kind, manifest.resource.name
        earlier = first.setdefault((group(manifest), kind, namespace(manifest, objects), name), manifest)
        if earlier is not manifest and not (earlier.in_crds_folder and manifest.in_crds_folder):
            same = earlier.source == manifest.source
            where = "earlier in this file" if same else f"in {objects.chart.origin(earlier.source)}"
            message = f"{kind} {name!r} is already rendered {where}"
            yield Hit(("metadata", "name"), message, "render it once, or name them apart", manifest=manifest)
