"""Custom resource has a version that its definition does not serve.

The API server has no such resource, so the object cannot be created. The definition comes from the same
chart, from another chart of the run, or from `crds:` in the configuration.

## Bad

```yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ships.example.com
spec:
  group: example.com
  scope: Namespaced
  names:
    kind: Ship
    plural: ships
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
---
apiVersion: example.com/v1alpha1  # error: custom-resource-version-unserved
kind: Ship
metadata:
  name: victoria
```

## Good

```yaml
apiVersion: example.com/v1
kind: Ship
metadata:
  name: victoria
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("custom-resource-version-unserved", severity=Severity.ERROR)
