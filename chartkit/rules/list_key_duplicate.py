"""Two items of a list have the same key.

Containers, volumes, mounts, ports of a Service and lists like them are told apart by a key (their name,
their path, port and protocol): the API server refuses two with the same. A protocol that is left out is
TCP. For lists of which the server takes both items, see `list-key-repeated`.

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
    - name: web  # error: list-key-duplicate
      image: proxy:1.0.0
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
    - name: proxy
      image: proxy:1.0.0
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("list-key-duplicate", severity=Severity.ERROR)
