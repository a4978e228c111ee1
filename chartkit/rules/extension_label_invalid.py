"""Label linkerd.io/extension is absent or names another extension.

Every object of a Linkerd extension's chart carries the extension's own name, by which
`linkerd uninstall`, `linkerd check` and prune commands find what belongs to it. An
AuthorizationPolicy of linkerd-jaeger was labelled `viz` for as long as the chart existed.

## Bad

```yaml title="Chart.yaml"
name: linkerd-jaeger
```

```yaml
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: jaeger-injector
  labels:
    linkerd.io/extension: viz  # error: extension-label-invalid
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: jaeger-injector
  labels:  # error: extension-label-invalid
    component: jaeger-injector
```

## Good

```yaml title="Chart.yaml"
name: linkerd-jaeger
```

```yaml
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: jaeger-injector
  labels:
    linkerd.io/extension: jaeger
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Objects
from chartkit.rules._reading import below, mapping
from chartkit.rules._rule import rule

_LABEL: Final = "linkerd.io/extension"
_EXTENSIONS: Final = {
    "linkerd-viz": "viz",
    "linkerd-jaeger": "jaeger",
    "linkerd-multicluster": "multicluster",
    "linkerd-multicluster-link": "multicluster",
}


@rule("extension-label-invalid", on=Objects, severity=Severity.ERROR, sets=("linkerd",))
def check(objects: Objects) -> Iterator[Hit]:
    extension = _EXTENSIONS.get(objects.chart.name)
    for manifest in objects.manifests if extension else ():
        found = mapping(below(manifest.body, "metadata", "labels")).get(_LABEL)
        if found != extension:
            message = (
                f"label {_LABEL!r} is {found!r}, not {extension!r}"
                if found
                else f"there is no label {_LABEL!r}"
            )
            hint = f"label every object of the chart '{_LABEL}: {extension}'"
            yield Hit(("metadata", "labels", _LABEL), message, hint, manifest=manifest)
