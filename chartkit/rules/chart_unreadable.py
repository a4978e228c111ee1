"""Chart cannot be read as Helm reads it.

Helm would refuse the chart before it renders anything: Chart.yaml is missing, is no YAML, or lacks a
name or a version; `charts/` holds something that is no chart; a file is larger than the 5 MiB that
Helm takes; an archive is damaged or holds names that lead out of it; a rule in `.helmignore` is no
pattern. The same holds for every chart that it depends on. Nothing else is checked in such a chart.

chartkit has limits of its own where Helm has none: 20,000 files, 100 MiB and 32 levels of charts, with
all dependencies counted. They stop archives that unpack without end.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: latest  # error: chart-unreadable
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
```

`helm show chart PATH` tells whether Helm takes it. Files that do not belong to the chart are named in
`.helmignore`.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("chart-unreadable", severity=Severity.ERROR)
