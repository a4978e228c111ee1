"""A scenario names a file that does not exist.

The scenario cannot be rendered as it was meant, so it is not rendered at all, and what it would have
shown stays unseen. Values files, and files of `set-file`, are relative to the chart's folder.

## Bad

```yaml title="chartkit.yaml"
charts:
  charts/web:
    scenarios:
      ha:
        values: [values-hi.yaml]  # error: values-file-missing
```

## Good

```yaml title="chartkit.yaml"
charts:
  charts/web:
    scenarios:
      ha:
        values: [values-ha.yaml]
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("values-file-missing", severity=Severity.ERROR)
