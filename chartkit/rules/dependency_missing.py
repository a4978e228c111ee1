"""Dependency of a chart is not there.

Chart.yaml (or requirements.yaml) names a chart that is neither in `charts/` nor, for a `file://`
repository, in the folder it names. Helm refuses to render the chart, also where a condition or a tag
switches the dependency off. In a chart that lies in `charts/`, where Helm does not look, the templates of
the dependency are missing in silence, also where there is a chart in the folder that a `file://` repository
names: only `helm dependency build` of that chart brings it in.

A dependency that `.helmignore` leaves out counts as missing: a rule such as `*.tgz` hides what
`helm dependency build` puts into `charts/`.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: redis  # error: dependency-missing
    version: ^20.0.0
    repository: https://charts.example.com
```

## Good

`helm dependency build charts/web` puts the archive into `charts/web/charts/`; `chartkit check
--update-dependencies` fetches it for one run and leaves the chart as it is. A chart of the same
repository needs neither:

```yaml title="Chart.yaml"
dependencies:
  - name: redis
    version: 0.1.0
    repository: file://../redis
```
"""

from __future__ import annotations

from chartkit.model import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-missing", severity=Severity.ERROR)
