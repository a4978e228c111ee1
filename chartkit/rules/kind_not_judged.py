"""Object has no schema that it could be judged by.

The kind is neither Kubernetes' own nor defined by a CRD that the run knows, so that every mistake in
the object passes. Such objects are always counted at the end of a report; `--strict` makes each a
finding.

## Bad

A custom resource alone:

```yaml
apiVersion: monitoring.coreos.com/v1
kind: ServiceMonitor
metadata:
  name: web
```

## Good

Name its CRD, a file or folder of them, with `--crds` or in chartkit.yaml:

```yaml title="chartkit.yaml"
crds: [crds/servicemonitors.yaml]
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("kind-not-judged", severity=Severity.ERROR, sets=("strict",))
