"""Document of a render is not YAML that Kubernetes reads.

Helm prints what a template makes of it, YAML or not; `helm install` then stops at the first such
document. chartkit says where, and judges all other documents. Read as Kubernetes reads (YAML 1.1, no
tabs, `.inf` refused), with limits against documents made to exhaust memory: 200 levels, 300,000 values,
16 million characters.

A byte that is not UTF-8 (a file saved as Latin-1 or UTF-16, binary data, a character that `trunc` has cut
in two) is refused anywhere in a document, in a comment too.

## Bad

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  greeting: hello: world  # error: yaml-unreadable
```

## Good

```yaml
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  greeting: "hello: world"
```

Where a value comes from `values.yaml`, pass it through `quote`, or whole blocks through `toYaml`.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("yaml-unreadable", severity=Severity.ERROR)
