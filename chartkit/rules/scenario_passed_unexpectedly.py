"""Scenario renders although it must fail.

A scenario with `fails:` proves that the chart refuses values that cannot work. It rendered: the guard
(`fail`, `required`, values.schema.json) is gone or does not see these values any more.

## Bad

```yaml title="chartkit.yaml"
charts:
  web:
    scenarios:
      two-modes:
        set: [mode=a, alsoMode=b]
        fails: only one mode
```

```yaml title="templates/guard.yaml"
{{- /* nothing looks at .Values.alsoMode */ -}}
```

## Good

```yaml title="templates/guard.yaml"
{{- if and .Values.mode .Values.alsoMode }}
{{- fail "only one mode can be set" }}
{{- end }}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("scenario-passed-unexpectedly", severity=Severity.ERROR)
