"""Range of Kubernetes versions leaves out managed clusters for older Helm.

Managed clusters have versions such as `v1.34.1-gke.1386000` and `v1.29.0-eks-abc123`. Helm up to 3.18, and
what is built on it, takes these for pre-releases, which are only in a range that names one: the chart
cannot be installed there, although its `kubeVersion` means to allow it. Since 3.19 Helm leaves out
what the vendor adds.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
kubeVersion: ">=1.29.0"  # note: kube-version-vendor-refused
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
kubeVersion: ">=1.29.0-0"
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.helm.kubernetes_schemas import known_versions
from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._chart_files import place_in_metadata
from chartkit.rules._rule import rule
from chartkit.syntax.semver import satisfies

_VENDOR = "-gke.1386000"


@rule("kube-version-vendor-refused", on=Chart, severity=Severity.NOTE, sets=("strict",))
def check(chart: Chart) -> Iterator[Hit]:
    refused = next((one for one in known_versions() if _is_refused(chart.kube_version, one)), None)
    if chart.kube_version and refused is not None:
        message = f"Helm up to 3.18 refuses managed clusters such as v{refused}{_VENDOR}"
        yield Hit(
            (),
            message,
            "name a pre-release in the range, as >=1.29.0-0",
            place=place_in_metadata(chart, "kubeVersion"),
        )


def _is_refused(constraint: str, version: str) -> bool:
    """Whether *version* is taken, and not with what a vendor adds."""
    try:
        return satisfies(constraint, version) and not satisfies(constraint, version + _VENDOR)
    except ValueError:  # which is told elsewhere
        return False
