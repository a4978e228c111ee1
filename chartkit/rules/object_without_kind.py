"""Document of a render is no Kubernetes object.

Every document needs `apiVersion` and `kind`, as text. Without them nothing can be created, and no check
can look at it. Empty documents and documents of comments are fine.

## Bad

```yaml
kind: ConfigMap  # error: object-without-kind
metadata:
  name: web
```

## Good

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("object-without-kind", severity=Severity.ERROR)
