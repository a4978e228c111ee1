"""API version is not in the Kubernetes version of the case.

The cluster refuses the object: the version was removed, or came later. The message says when, the hint
what to use instead.

In a template, `.Capabilities.APIVersions.Has` chooses between two versions, and a check answers as the
cluster would: with what the Kubernetes version of the case serves by default, the chart's own CRDs, those
of `crds` and of the other charts, and the `api-versions` of the scenario. `helm template` and
`chartkit render` answer from Helm's own list, which is that of no Kubernetes version.

## Bad

```yaml
apiVersion: policy/v1beta1  # error: api-version-removed
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: web
```

## Good

```yaml
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  maxUnavailable: 1
  selector:
    matchLabels:
      app: web
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("api-version-removed", severity=Severity.ERROR)
