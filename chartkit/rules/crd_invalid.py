"""Custom resource definition breaks a rule that its schema cannot say.

The API server refuses it: its name is not its plural and group, no or more than one version is stored, a
version has no schema, or the schema is not structural (a type on every level, no `$ref`, no
`uniqueItems`, nothing but value checks below `anyOf` and its kin), or its group is one of Kubernetes' own
without the annotation of the approval.

## Bad

```yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: ship.example.com  # error: crd-invalid
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
          properties:
            spec:
              type: object
```

## Good

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
          properties:
            spec:
              type: object
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("crd-invalid", severity=Severity.ERROR)
