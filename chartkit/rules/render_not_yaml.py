"""Render is not YAML that Helm can read.

Helm reads every document that the templates make, to see whether it is a hook and of what kind. It
refuses all of them where one is not YAML, or not a mapping. chartkit judges the other documents all
the same.

## Bad

```yaml title="templates/config.yaml"
data:
  motd: {{ .Values.motd }}  # error: render-not-yaml
```

with `motd: "welcome: all"`, which gives a key in a value.

## Good

```yaml title="templates/config.yaml"
data:
  motd: {{ .Values.motd | quote }}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-not-yaml", severity=Severity.ERROR)
