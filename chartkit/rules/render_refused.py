"""Chart refuses the values of a scenario.

A template called `fail`, or `required` with a value that is not there. The chart does that on
purpose; a scenario of yours leaves out what it needs, or the default values do. Where the default
values do, and another scenario of the chart renders, it is a note.

## Bad

```yaml title="templates/secret.yaml"
password: {{ required "give a password" .Values.password }}  # error: render-refused
```

## Good

Give the value in the scenario. Where the refusal is what the scenario is about, say so, with a
part of the message:

```yaml title="chartkit.yaml"
charts:
  web:
    scenarios:
      no-password:
        fails: give a password
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-refused", severity=Severity.ERROR)
