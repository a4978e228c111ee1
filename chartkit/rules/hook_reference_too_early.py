"""Hook needs an object that Helm installs only after it.

A `pre-install` hook runs before Helm creates the objects of the chart that are no hooks. Where its pod runs
under a ServiceAccount of the chart, or reads a ConfigMap or Secret of it, the pod cannot start on the
first installation; Helm waits for the hook until the time is up, and the installation fails. Upgrades
work, which is why this passes unseen.

Not judged is what the pod calls `optional`, and what the chart does not bring (it may be there already).

## Bad

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      serviceAccountName: web  # error: hook-reference-too-early
      containers:
        - name: prepare
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```

## Good

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: prepare
  annotations:
    helm.sh/hook: pre-install
spec:
  template:
    spec:
      serviceAccountName: prepare
      containers:
        - name: prepare
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: prepare
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "-1"
```
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Objects
from chartkit.rules._needs import needs
from chartkit.rules._reading import below, group, namespace, pod
from chartkit.rules._rule import rule

_NEEDED: Final = ("ConfigMap", "Secret", "ServiceAccount")
_HOOK: Final = "pre-install"


@rule("hook-reference-too-early", on=Objects, severity=Severity.ERROR)
def check(objects: Objects) -> Iterator[Hit]:
    hooks = [each for each in objects.manifests if _HOOK in each.hooks]
    if not hooks or objects.case.scenario.is_upgrade:
        return
    begun = _begun(objects)
    for hook in hooks:
        template = pod(hook)
        for need in needs(template) if template else ():
            wanted = (need.kind, namespace(hook, objects), need.name)
            if begun.get(wanted, _weight(hook)) > _weight(hook):
                message = f"{need.kind} {need.name!r} is installed only after this {_HOOK} hook"
                hint = f"make it a {_HOOK} hook of lower weight, or give the hook one of its own"
                yield Hit(need.path, message, hint, manifest=hook)


def _begun(objects: Objects) -> dict[tuple[str, ...], float]:
    """What pods may need of the chart, with the weight of the hook that it is: infinite if it is none."""
    begun: dict[tuple[str, ...], float] = {}
    for manifest in objects.manifests:
        if manifest.resource.kind in _NEEDED and not group(manifest):
            key = (manifest.resource.kind, namespace(manifest, objects), manifest.resource.name)
            when = _weight(manifest) if _HOOK in manifest.hooks else math.inf
            begun[key] = min(when, begun.get(key, math.inf))
    return begun


def _weight(hook: Manifest) -> float:
    """Helm makes hooks by ascending weight, those of one weight by kind: what pods need before pods."""
    written = below(hook.body, "metadata", "annotations", "helm.sh/hook-weight")
    try:
        return int(written) if isinstance(written, str) else 0
    except ValueError:
        return 0
