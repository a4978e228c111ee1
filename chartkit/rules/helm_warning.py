"""Helm warned while it rendered the chart.

Helm renders on and only logs: a value of the wrong type that it dropped, a table that overwrites a
scalar, a dependency that it does not know. The output is often not what the author meant.

## Bad

```yaml title="values.yaml"
resources: none
```

```yaml title="ci/small-values.yaml"
resources:
  requests: {cpu: 10m}
```

Helm says that it cannot overwrite a value that is not a table.

## Good

```yaml title="values.yaml"
resources: {}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("helm-warning", severity=Severity.NOTE)
