"""Case has no golden file.

A golden file records what a case rendered when somebody last looked at it. A case without one is
not compared with anything, so that a change of its render would pass unseen. `chartkit check` never
writes the file by itself: a render that nobody has looked at is not a reference.

## Bad

A scenario is added to the configuration, and nothing records what it renders:

```yaml title="chartkit.yaml"
charts:
  web:
    scenarios:
      ha:
        values: [ha.yaml]
```

## Good

`chartkit golden update` writes `golden/web/ha.yaml`; read it, then commit it with the scenario.
Where the render differs by Kubernetes version, `golden/web/ha@1.31.yaml` stands beside it.

A scenario that must fail (`fails:`) needs no golden file.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("golden-missing", severity=Severity.ERROR)
