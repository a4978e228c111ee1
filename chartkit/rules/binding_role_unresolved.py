"""Role of a binding is brought by no chart.

The API server takes a RoleBinding or ClusterRoleBinding whose role does not exist, and grants nothing:
the pods start and are then refused everything. Most often the role was renamed in one chart and the
binding stands in another. The `roleRef` of a binding cannot be changed later, so that an upgrade to
the right name fails as well.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are the roles that Kubernetes brings (`view`, `edit`, `admin`,
`cluster-admin`, `system:…`), and Roles in namespaces that none of the charts is installed into. The
rule is on in the set `linkerd`, and in the set `together`, which is for any repository whose charts are
all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: webb  # error: binding-role-unresolved
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web
```

## Good

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: web
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._reading import below
from chartkit.rules._release import RBAC, ObjectReference, inventory, word
from chartkit.rules._rule import rule

_BUILT_IN: Final = ("admin", "cluster-admin", "edit", "view")


@rule("binding-role-unresolved", on=Release, severity=Severity.ERROR, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for binding, home in known.each(RBAC, "RoleBinding", "ClusterRoleBinding"):
        kind, name = (word(below(binding.body, "roleRef", key)) for key in ("kind", "name"))
        if kind not in ("Role", "ClusterRole") or name.startswith("system:") or name in _BUILT_IN:
            continue
        where = home if kind == "Role" else ""
        wanted = ObjectReference(("roleRef", "name"), kind, name, where, RBAC)
        yield from known.hits(binding, iter([wanted]))
