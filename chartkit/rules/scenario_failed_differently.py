"""Scenario fails with another message than expected.

A scenario with `fails:` says what Helm must complain of. It complained of something else, so that the
guard the scenario is about was not reached: another value is missing, or a template broke first.

## Bad

```yaml title="chartkit.yaml"
charts:
  web:
    scenarios:
      two-modes:
        set: [mode=a, alsoMode=b]
        fails: only one mode
```

Helm says `nil pointer evaluating interface {}.port`, from another template.

## Good

Give the scenario everything else that it needs, so that only what it is about is wrong:

```yaml title="chartkit.yaml"
charts:
  web:
    scenarios:
      two-modes:
        set: [mode=a, alsoMode=b, service.port=80]
        fails: only one mode
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("scenario-failed-differently", severity=Severity.ERROR)
