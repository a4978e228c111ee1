"""Render changes its shape every time.

A golden file is written from two renders of the same case. Where they differ within lines (a
password that the template makes up), those lines are masked in the file and reported as not judged.
Where the two renders do not even have the same number of lines, there is nothing that could be
compared tomorrow, and no file is written.

chartkit freezes Helm's random and time-dependent functions before it renders; what is left is most
often a loop whose length depends on a random value, or a chart that cannot be frozen.

## Bad

```yaml title="templates/config.yaml"
data:
{{- range until (randNumeric 1 | int) }}
  key-{{ . }}: value
{{- end }}
```

## Good

```yaml title="templates/config.yaml"
data:
{{- range until (int .Values.keys) }}
  key-{{ . }}: value
{{- end }}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("golden-unstable", severity=Severity.ERROR)
