"""Mask of golden files masks nothing.

`golden: {mask: […]}` in chartkit.yaml names fields that are not compared, because every release changes
them. No object that the charts render has what this mask names: its path has a slip, or the field is gone.
Either way somebody believes that a field is left out which is compared, or reads a mask that does nothing.

It is looked for only where every case of the configuration is rendered.

## Bad

The key holds a dot, so it stands in brackets:

```yaml title="chartkit.yaml"
golden:
  folder: golden
  mask:
  - metadata.labels.helm.sh/chart
```

## Good

`golden-drifted` prints paths as they are written here.

```yaml title="chartkit.yaml"
golden:
  folder: golden
  mask:
  - metadata.labels["helm.sh/chart"]
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("golden-mask-unused", severity=Severity.WARNING)
