"""Custom resource has a version that its definition calls deprecated.

The version still works and will go; the API server warns each time. The definition may say what to use.

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
      deprecated: true
      schema:
        openAPIV3Schema:
          type: object
          x-kubernetes-preserve-unknown-fields: true
---
apiVersion: example.com/v1  # warning: custom-resource-version-deprecated
kind: Ship
metadata:
  name: victoria
```

## Good

```yaml
apiVersion: example.com/v2
kind: Ship
metadata:
  name: victoria
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("custom-resource-version-deprecated", severity=Severity.WARNING)
