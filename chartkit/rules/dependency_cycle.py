"""Chart depends on itself by way of its dependencies.

Following `file://` repositories leads back to a chart on the way. `helm dependency build` packs one
into the other, a little more at each run, and never comes to an end that all of them agree on. The
dependency that closes the circle is left out, and the rest is judged.

## Bad

```yaml title="charts/web/Chart.yaml"
dependencies:
  - name: api  # error: dependency-cycle
    version: 0.1.0
    repository: file://../api
```

```yaml title="charts/api/Chart.yaml"
dependencies:
  - name: web
    version: 0.1.0
    repository: file://../web
```

## Good

What both need stands in a third chart, often of `type: library`, on which both depend.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-cycle", severity=Severity.ERROR)
