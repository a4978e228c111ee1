"""Render differs from its golden file.

What a case renders today is not what was recorded. The finding shows the difference object by
object and path by path: lists are matched by name, port or key, so that one inserted container does
not look like ten changed ones, and a list or object that has only moved is said to have moved.

A drift is neither good nor bad by itself: it is a change of what users install that somebody has to
see. Changes of comments and blank lines count too, because they are part of what Helm prints.

## Bad

A template changes and the golden file stays as it was:

```yaml title="golden/web/default.yaml"
---
# Source: web/templates/deployment.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1  # the chart renders 2 by now
```

## Good

Is the difference meant? Then `chartkit golden update` records it, and the golden file is committed
together with the template, where a reviewer sees both. Is it not? Then the template or its values
want mending. A file that does not begin with `---` and `# Source:` is no render and is not overwritten.

Does every release change it, like the label with the version of the chart? Then a mask leaves it out of
the comparison: `golden: {folder: golden, mask: ['**.labels["helm.sh/chart"]']}` in chartkit.yaml.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("golden-drifted", severity=Severity.ERROR)
