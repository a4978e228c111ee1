"""Key stands twice in one mapping.

Kubernetes keeps the last one and says nothing, so the first is lost: often a second `annotations:` or
`env:` that another `if` of the template adds. Other tools keep the first, or refuse the file.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app: web
  labels:  # error: yaml-key-duplicate
    tier: front
spec:
  ports:
    - port: 80
```

## Good

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  labels:
    app: web
    tier: front
spec:
  ports:
    - port: 80
```
"""

from __future__ import annotations

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("yaml-key-duplicate", severity=Severity.ERROR)
