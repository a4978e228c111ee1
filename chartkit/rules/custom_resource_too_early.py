"""Custom resource is installed together with its definition.

Before Helm creates anything, it asks the API server about the kind of every object in `templates/`. On a
cluster that does not have the definition yet, it gives up with "no matches for kind … ensure CRDs are
installed first", and installs nothing. A definition that is a `pre-install` hook comes too late as well.

The definition belongs into `crds/`, which Helm installs first, or into a chart of its own; else the
custom resource can be a `post-install` hook. Not judged are scenarios of upgrades, and those whose
`api-versions` say that the cluster has the API.

## Bad

```yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names:
    kind: Widget
---
apiVersion: example.com/v1
kind: Widget  # error: custom-resource-too-early
metadata:
  name: web
```

## Good

```yaml
# Source: example/crds/widgets.yaml
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: widgets.example.com
spec:
  group: example.com
  names:
    kind: Widget
---
apiVersion: example.com/v1
kind: Widget
metadata:
  name: web
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Objects
from chartkit.rules._reading import group
from chartkit.rules._release import defines
from chartkit.rules._rule import rule


@rule("custom-resource-too-early", on=Objects, severity=Severity.ERROR)
def check(objects: Objects) -> Iterator[Hit]:
    crds = [manifest for manifest in objects.manifests if manifest.is_crd]
    if not crds or objects.case.scenario.is_upgrade:
        return
    at_once = {defines(crd) for crd in crds if crd.in_crds_folder}
    later = {defines(crd): crd for crd in crds if defines(crd) not in at_once}
    for manifest in objects.manifests:
        crd = later.get((group(manifest), manifest.resource.kind))
        if crd and _is_early(manifest, crd) and not _is_offered(manifest, objects):
            where = objects.chart.origin(crd.source)
            message = f"{where} defines {manifest.resource.kind}, and Helm installs both at once"
            hint = "move the definition to crds/, or to a chart of its own"
            yield Hit(("kind",), message, hint, manifest=manifest)


def _is_early(manifest: Manifest, crd: Manifest) -> bool:
    """Whether Helm asks for the kind of *manifest* before it has installed *crd*."""
    if not manifest.hooks:
        return True
    return "pre-install" in manifest.hooks and "pre-install" not in crd.hooks


def _is_offered(manifest: Manifest, objects: Objects) -> bool:
    version, kind = manifest.resource.api_version, manifest.resource.kind
    return not {version, f"{version}/{kind}"}.isdisjoint(objects.case.scenario.api_versions)
