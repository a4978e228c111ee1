"""Helm crashes while it renders.

Some templates end Helm itself rather than the render, such as one that hands its own text to `tpl`
over and over. The process that rendered the case is gone; other cases are not affected.

## Bad

```yaml title="values.yaml"
text: '{{ tpl .Values.text . }}'  # error: render-crashed
```

## Good

Text for `tpl` that calls other templates only.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("render-crashed", severity=Severity.ERROR)
