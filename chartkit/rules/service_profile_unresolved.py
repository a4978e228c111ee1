"""Service that a ServiceProfile is named after is brought by no chart.

A ServiceProfile applies to the Service whose full DNS name it bears. Where there is no such Service,
its routes, retries and timeouts apply to nothing, and no one says so.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are names of other hosts, and of Services in namespaces that none
of the charts is installed into. The rule is on in the set `linkerd`, and in the set `together`, which
is for any repository whose charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata:
  name: webb.default.svc.cluster.local  # warning: service-profile-unresolved
---
apiVersion: v1
kind: Service
metadata:
  name: web
```

## Good

```yaml
apiVersion: linkerd.io/v1alpha2
kind: ServiceProfile
metadata:
  name: web.default.svc.cluster.local
---
apiVersion: v1
kind: Service
metadata:
  name: web
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._release import ObjectReference, inventory
from chartkit.rules._rule import rule

_NAME: Final = re.compile(r"(?P<service>[a-z0-9-]+)\.(?P<home>[a-z0-9-]+)\.svc\.")


@rule("service-profile-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for profile, _ in known.each("linkerd.io", "ServiceProfile"):
        if found := _NAME.match(profile.resource.name):
            wanted = ObjectReference(("metadata", "name"), "Service", found["service"], found["home"])
            yield from known.hits(profile, iter([wanted]))
