"""API version is not in the Kubernetes version of the case.

The cluster refuses the object: the version was removed, or came later. The message says when, the hint
what to use instead.

In a template, `.Capabilities.APIVersions.Has` chooses between two versions. Without a cluster, Helm
answers it from a short list, which has `policy/v1` and not `policy/v1/PodDisruptionBudget`. Where the
chart asks so, the finding is a warning: give the scenario the cluster's APIs with `api-versions`.

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

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("api-version-removed", severity=Severity.ERROR)
