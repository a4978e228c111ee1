"""Lock file does not fit Chart.yaml.

`helm dependency build`, which pipelines and releases run, refuses a chart whose Chart.lock (for
`apiVersion: v1`, requirements.lock) was not made from the dependencies as they are declared now. Helm
keeps a digest of these in the lock, and chartkit computes the same one: a range, an alias, a condition or
the order of two entries may be what was changed. The message names entries that are missing, superfluous,
out of range, or from another repository.

Refused, too, is a locked version that the chart at a `file://` repository no longer has, because its
version was raised and the lock is from before.

What Helm would build is never accused: a digest of Helm 2 counts for charts of `apiVersion: v1`, and
`@name` for the repository that is locked for it. Whether a repository still offers a version is for its
index to say, and is not asked.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: redis
    version: ^20.0.0
    repository: https://charts.example.com
```

```yaml title="Chart.lock"
dependencies:
  - name: redis
    repository: https://charts.example.com
    version: 19.6.4  # error: lock-out-of-sync
digest: sha256:9c0e6ad7a5a9ee8b1b5f0b4ed3de6a60c1f8e6b1f0d1ff3ea52e40c2eb8d5f36
generated: "2024-08-01T09:00:00Z"
```

## Good

`helm dependency update charts/web` resolves the dependencies again and writes the lock file; commit it
with the change of Chart.yaml.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("lock-out-of-sync", severity=Severity.ERROR)
