"""Suppression names a rule that does not exist.

The id is misspelled, or the rule went or was renamed: the suppression suppresses nothing. `chartkit
rules` lists all ids.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    ignore.chartkit.dev/service-without-pods: the pods are started by the operator
```

## Good

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    ignore.chartkit.dev/service-selects-nothing: the pods are started by the operator
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("suppression-unknown-rule", severity=Severity.WARNING)
