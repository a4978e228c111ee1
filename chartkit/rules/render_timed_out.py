"""Rendering takes too long.

A case may use a processor for so long (`limits.seconds`, 30 by default), because a template can go on for
ever; waiting for a busy machine does not count. Once two cases of a chart have run into the limit, those that
follow are not rendered, which the report says. Other charts are not affected.

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

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-timed-out", severity=Severity.ERROR)
