"""Chart in `charts/` is not declared as a dependency.

Helm renders every chart that lies in `charts/`, also one that Chart.yaml (for `apiVersion: v1`,
requirements.yaml) does not name. No condition, tag or alias reaches it, `helm dependency list` and the
lock file know nothing of it, and `helm dependency update` deletes it where it is packed. Often it is
what a removed dependency left behind, or a chart with another name than the folder or archive that it
lies in. `helm lint` calls it an error, and so does chartkit; also in the charts that lie unpacked in
`charts/`, but not in those that somebody else has packed.

## Bad

```console
$ ls charts/web/charts
redis-20.1.0.tgz  stray
```

while Chart.yaml declares `redis` alone.

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: redis
    version: ^20.0.0
    repository: https://charts.example.com
  - name: stray
    version: 0.1.0
    condition: stray.enabled
```

A chart that stays in `charts/` as a folder needs no `repository:`.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-undeclared", severity=Severity.ERROR)
