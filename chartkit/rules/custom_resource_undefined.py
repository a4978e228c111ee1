"""Definition of a custom resource is brought by no chart.

The charts bring definitions of an API group, and an object of this group whose kind is not among them.
The API server refuses it with "no matches for kind", and Helm with it the whole chart: the definition was
taken away or is rendered only with a switch that another chart's default leaves off.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are groups of which no chart brings a definition: theirs come from
somewhere else. The rule is on in the set `linkerd`, and in the set `together`, which is for any
repository whose charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: example.com/v1
kind: Gadget  # error: custom-resource-undefined
metadata:
  name: web
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names:
    kind: Widget
```

## Good

```yaml
apiVersion: example.com/v1
kind: Widget
metadata:
  name: web
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names:
    kind: Widget
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._reading import group
from chartkit.rules._release import defines, inventory
from chartkit.rules._rule import rule
from chartkit.system.did_you_mean import suggestion


@rule("custom-resource-undefined", on=Release, severity=Severity.ERROR, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    kinds: dict[str, set[str]] = {}
    for _, manifest in known.members:
        if manifest.is_crd:
            api_group, kind = defines(manifest)
            kinds.setdefault(api_group, set()).add(kind)
    for _, manifest in known.members:
        defined = kinds.get(group(manifest))
        if defined and manifest.resource.kind not in defined:
            kind = manifest.resource.kind
            message = f"no chart brings the definition of {kind} in group {group(manifest)!r}"
            hint = suggestion(kind, defined)
            yield Hit(("kind",), message, hint, manifest=manifest, undecided=known.unknown)
