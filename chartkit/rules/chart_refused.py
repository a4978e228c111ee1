"""Helm does not take the chart itself.

Helm loads a chart before it renders it, and refuses one whose Chart.yaml or values.yaml it cannot
read, that has no name or version, or that is a library, of which nothing can be installed.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web  # error: chart-refused
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("chart-refused", severity=Severity.ERROR)
