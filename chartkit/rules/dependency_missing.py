"""Dependency of a chart is not there.

Chart.yaml (or requirements.yaml) names a chart that is neither in `charts/` nor, for a `file://`
repository, in the folder it names, nor elsewhere in the same checkout. Helm refuses to render the
chart, also where a condition or a tag switches the dependency off; such a case is judged all the same,
as it renders the same once the dependency is there. In a chart that lies in `charts/`, where Helm does
not look, the templates of the dependency are missing in silence, also where there is a chart in the
folder that a `file://` repository names: only `helm dependency build` of that chart brings it in.

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
--update-dependencies` fetches it into chartkit's cache, where later runs find it, and leaves the chart as it
is. A chart of the same repository needs neither:

```yaml title="Chart.yaml"
dependencies:
  - name: redis
    version: 0.1.0
    repository: file://../redis
```

Nor does it need a `file://` address: a chart is taken from the same checkout where it is the only one of its
name, its version is in the range, and the address is not known to be another's (the remotes of the checkout
name another owner than the address). The run tells which these are; `--no-siblings`, or `siblings: false` in
chartkit.yaml, leaves them missing. What `helm` has in its own cache is taken likewise.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-missing", severity=Severity.ERROR)
