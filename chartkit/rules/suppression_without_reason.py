"""Suppression gives no reason.

A finding that is accepted is accepted for a reason, which whoever reads the chart next needs to know:
is it still true? A suppression without one suppresses nothing.

## Bad

```yaml
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    ignore.chartkit.dev/service-selects-nothing: ""
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

In a template `{{- /* chartkit:ignore service-selects-nothing the operator starts them */ -}}` holds for
the whole file and leaves no trace in the render. In Chart.yaml and values.yaml
`# chartkit:ignore RULE REASON` holds for its line, or for the next where it stands alone.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("suppression-without-reason", severity=Severity.WARNING)
