"""Chart does not take the Kubernetes version.

The `kubeVersion` of Chart.yaml leaves out the version of the case, so that Helm installs nothing on
such a cluster. Mind the names of cloud providers: `>=1.25.0` leaves out `v1.27.4-eks-2d98532`, which
semantic versioning takes for a version before 1.27.4; `>=1.25.0-0` does not.

## Bad

```yaml title="Chart.yaml"
kubeVersion: ">=1.90.0"  # error: kube-version-refused
```

## Good

```yaml title="Chart.yaml"
kubeVersion: ">=1.25.0-0"
```
"""

from __future__ import annotations

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("kube-version-refused", severity=Severity.ERROR)
