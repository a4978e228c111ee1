"""Dependency is there in a version that the chart does not ask for.

The chart in `charts/` (or at a `file://` path) has a version outside of the range in Chart.yaml. Helm
renders it all the same, but not as the dependency: its alias does not hold, so the values under the
alias reach nothing. `helm dependency build` fails, or replaces the archive. Most often the range was
changed and the archive was not, or the other way round.

A range is read as Helm reads it: a pre-release such as `1.2.0-rc.1` is only in a range that names a
pre-release (`>=1.2.0-0`).

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: redis
    version: ^20.0.0  # error: dependency-version-mismatch
    repository: https://charts.example.com
```

while `charts/` holds `redis-19.6.4.tgz`.

## Good

`helm dependency update charts/web` fetches a version in the range; commit the archive, or the lock
file, with the change of the range.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-version-mismatch", severity=Severity.ERROR)
