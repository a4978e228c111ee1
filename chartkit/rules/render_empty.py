"""Chart renders nothing at all.

In none of its scenarios does the chart make a single object. Most often a condition is never true,
a values key is misspelled, or the templates are left out by `.helmignore`: every other check then
passes because there is nothing to look at. Library charts are not meant to render and are exempt.

## Bad

```yaml title="values.yaml"
enabled: false  # and no scenario that turns it on
```

```yaml title="templates/config.yaml"
{{- if .Values.enabled }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
{{- end }}
```

## Good

A scenario reaches what the defaults leave out:

```yaml title="ci/enabled-values.yaml"
enabled: true
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-empty", severity=Severity.WARNING)
