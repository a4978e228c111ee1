"""Annotation of Helm's stands on an item of a List, which is ignored.

Helm reads `helm.sh/hook`, what belongs to it, and `helm.sh/resource-policy` of the documents that a template
prints, and a List is one document. What its items say is ignored: a hook is installed like any other object,
and what was to be kept is deleted. `helm lint` calls it an error for `helm.sh/resource-policy`.

## Bad

```yaml
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      annotations:
        helm.sh/resource-policy: keep  # error: list-annotation-ignored
```

## Good

```yaml
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  annotations:
    helm.sh/resource-policy: keep
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import below, mapping
from chartkit.rules._rule import rule

_READ: Final = (
    "helm.sh/hook",
    "helm.sh/hook-weight",
    "helm.sh/hook-delete-policy",
    "helm.sh/hook-output-log-policy",
    "helm.sh/resource-policy",
)


@rule("list-annotation-ignored", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    if not manifest.base:
        return
    for key in mapping(below(manifest.body, "metadata", "annotations")):
        if key in _READ:
            path = ("metadata", "annotations", key)
            message = f"'{key}' on an item of a List is ignored by Helm"
            yield Hit(path, message, "print the item as a document of its own", on_key=True)
