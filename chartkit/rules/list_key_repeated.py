"""Key stands twice in a list that merges by it.

Environment variables, container ports, pull secrets and host aliases with the same key are created all
the same, with a warning. Server-side apply (the default of Helm 4, and `kubectl apply --server-side`)
refuses them; a later patch drops one of the two, and which of them counts is easy to get wrong.

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: web:1.0.0
      env:
        - name: LEVEL
          value: info
        - name: LEVEL  # warning: list-key-repeated
          value: debug
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: web:1.0.0
      env:
        - name: LEVEL
          value: debug
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("list-key-repeated", severity=Severity.WARNING)
