"""Values of a scenario cannot be read.

A values file is missing, is not YAML, or is no mapping; or an expression of `set` is not one that
Helm understands; or the release has a name that Helm does not take.

## Bad

```yaml title="ci/ha-values.yaml"
replicas: [1  # error: values-unreadable
```

## Good

```yaml title="ci/ha-values.yaml"
replicas: [1]
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("values-unreadable", severity=Severity.ERROR)
