"""An entry of `charts:` in chartkit.yaml speaks of no chart.

Its settings and scenarios do nothing: a chart that was renamed or moved loses them without a word.
A plain path is looked for always, a pattern only where every chart of the repository is checked.

## Bad

```yaml title="chartkit.yaml"
charts:
  charts/wbe:  # warning: chart-pattern-unmatched
    namespace: web
```

## Good

```yaml title="chartkit.yaml"
charts:
  charts/web:
    namespace: web
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("chart-pattern-unmatched", severity=Severity.WARNING)
