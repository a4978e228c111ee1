"""Chart does not take the Kubernetes version.

The `kubeVersion` of Chart.yaml leaves out the version of the case, so that Helm installs nothing on
such a cluster.

Mind the versions of managed clusters, such as `v1.27.4-eks-2d98532`. Helm up to 3.18 takes that for a
version before 1.27.4, which `>=1.25.0` leaves out and `>=1.25.0-0` does not. Since 3.19 Helm looks at
`1.27.4` alone. A check goes by the Helm that renders, which with `--engine cli` is yours.

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

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("kube-version-refused", severity=Severity.ERROR)
