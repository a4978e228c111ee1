"""Object has no name.

`metadata.name` (or `generateName`) is what an object is created, updated and deleted by. It is usually
empty because a value is.

## Bad

```yaml
apiVersion: v1
kind: ConfigMap
metadata:  # error: object-without-name
  labels:
    app: web
```

## Good

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
  labels:
    app: web
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("object-without-name", severity=Severity.ERROR)
