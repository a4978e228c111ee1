"""Two charts that are installed together bring the same object.

Helm installs the first chart; the second it refuses, because the object exists and belongs to another
release ("invalid ownership metadata"). Where one of the two is a hook, Helm deletes the other chart's
object before it runs the hook.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are two hooks, definitions that both charts carry in `crds/` (Helm
installs the first), and names that hold the release's where both charts have the same release name:
give each its own with `release:`. The rule is on in the set `linkerd`, and in the set `together`, which
is for any repository whose charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
# Source: web/templates/reader.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: reader
---
# Source: api/templates/reader.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: reader  # error: release-object-conflict
```

## Good

```yaml
# Source: web/templates/reader.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: web-reader
---
# Source: api/templates/reader.yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: api-reader
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Objects, Release
from chartkit.rules._release import Key, inventory, key
from chartkit.rules._rule import rule


@rule("release-object-conflict", on=Release, severity=Severity.ERROR, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    first: dict[Key, tuple[Objects, Manifest]] = {}
    for objects, manifest in known.members:
        if not manifest.resource.name:
            continue
        named = key(manifest, objects, known.cluster_wide)
        other, earlier = first.setdefault(named, (objects, manifest))
        if other is not objects and _conflict(other, earlier, objects, manifest):
            kind, name = manifest.resource.kind, manifest.resource.name
            message = f"{kind} {name!r} is brought by chart {other.chart.name} as well"
            hint = f"let one of them bring it, or name them apart; see {other.chart.origin(earlier.source)}"
            yield Hit(("metadata", "name"), message, hint, manifest=manifest)


def _conflict(other: Objects, earlier: Manifest, objects: Objects, manifest: Manifest) -> bool:
    name = objects.case.scenario.release
    undecided = name == other.case.scenario.release and name in manifest.resource.name
    return (
        not undecided
        and not (earlier.hooks and manifest.hooks)
        and not (earlier.in_crds_folder and manifest.in_crds_folder)
    )
