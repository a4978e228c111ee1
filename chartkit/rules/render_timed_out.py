"""Rendering takes too long.

A case has a time limit, because a template can go on for ever. Other cases are not affected.

## Bad

Loops in loops multiply: this one prints a million lines, and with one loop more it never ends.

```yaml title="templates/config.yaml"
{{- range until 1000 }}{{ range until 1000 }}  # error: render-timed-out
- {{ . }}
{{- end }}{{ end }}
```

## Good

Loop over what there is, which is short: `{{ range .Values.hosts }}`.
"""

from __future__ import annotations

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("render-timed-out", severity=Severity.ERROR)
