"""Copy of a dependency in `charts/` is not what Helm would put there now.

Helm renders the copy in `charts/`, a folder or an archive, and never looks at the `file://` repository
that it came from. Where that was changed and the copy was not, the change is neither rendered nor
tested here; the next `helm dependency update`, on the way to a release perhaps, brings it in.

Compared are the files that Helm loads and what Chart.yaml says: not how it is written, no lock files,
and nothing that `.helmignore` leaves out. Dependencies that the source itself has yet to get are not
compared. Where no chart of that name is in `charts/`, chartkit renders the source, and there is nothing
to compare.

A copy in the range of Chart.yaml, but of another version than the lock file says, is outdated too:
`helm dependency build` would replace it and not say so.

## Bad

```yaml title="charts/web/Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: common
    version: 1.2.0
    repository: file://../common
```

while a template in `charts/common` was changed after `charts/web/charts/common-1.2.0.tgz` was packed.

## Good

`helm dependency update charts/web` packs the source anew. It leaves folders in `charts/` alone: remove
such a copy first. Or commit no copies at all, and chartkit reads the source.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-copy-outdated", severity=Severity.WARNING)
