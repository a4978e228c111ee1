"""Scenarios cover too little of the templates.

A branch that no scenario takes is a branch that nothing judged: its fields may be misspelt, its
indentation may be wrong, and nobody knows until a user sets the value. The configuration says how much
of the branches of each chart its scenarios must take; `chartkit coverage` lists those that they do not.

A branch that nothing can reach is left out with a comment that says why:
`{{- /* chartkit:uncovered REASON */ -}}` inside of it.

## Bad

The template has a branch, and the only scenario is the chart's defaults:

```yaml
# chartkit.yaml
coverage: {fail-under: 100}
```

```yaml
# templates/deployment.yaml
{{- if .Values.autoscaling.enabled }}
```

## Good

```yaml
# chartkit.yaml
coverage: {fail-under: 100}
charts:
  charts/web:
    scenarios:
      autoscaling: {set: {autoscaling.enabled: true}}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("coverage-too-low", severity=Severity.ERROR)
