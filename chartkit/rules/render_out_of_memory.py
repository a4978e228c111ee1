"""Rendering takes too much memory.

A case has a memory limit, because a template can ask for any amount. Other cases are not affected.

## Bad

```yaml title="templates/config.yaml"
padding: {{ repeat 2000000000 "x" }}  # error: render-out-of-memory
```

## Good

Bound what values can ask for: `{{ repeat (min .Values.width 80 | int) "x" }}`.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-out-of-memory", severity=Severity.ERROR)
