"""Template cannot be rendered.

Helm stops at the first template that it cannot read or run, and then prints nothing of the chart.
Most often a field of something that is not there is asked for. The finding is at the line that Helm
names, with the lines that included it. Without that template the chart is rendered again, so that every
one that fails is told, and the objects of the others are judged; `chartkit render` does as Helm does.

## Bad

Nothing sets `ingress`, so that there is nothing to ask for its `host`:

```yaml title="templates/ingress.yaml"
host: {{ .Values.ingress.host }}  # error: render-failed
```

## Good

A default in values.yaml, or a template that minds its absence:

```yaml title="templates/ingress.yaml"
host: {{ (.Values.ingress).host | default "localhost" }}
```

A scenario that is meant to fail says so with `fails:`.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-failed", severity=Severity.ERROR)
