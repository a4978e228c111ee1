"""Suppression suppresses nothing.

What it was written for is gone: the fault was mended, the object renamed, or the rule changed. Left
standing, it will hide the next fault of the kind from everybody. Only said when every case of the run
was judged, and only of rules that are on.

## Bad

```yaml title="Chart.yaml"
name: web
# chartkit:ignore dependency-missing fetched by the release job
version: 1.0.0
```

## Good

Delete the comment, the annotation or the entry of `ignore:` in chartkit.yaml.

```yaml title="Chart.yaml"
name: web
version: 1.0.0
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("suppression-unused", severity=Severity.WARNING)
