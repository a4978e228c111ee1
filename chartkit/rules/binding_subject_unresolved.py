"""Service account that a binding names is brought by no chart.

The binding grants its role to a ServiceAccount that does not exist, while the pods run under another
one and are refused. The account was renamed, or the namespace of the subject is not the one that its
chart is installed into.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are accounts in namespaces that none of the charts is installed
into, and `default`, which every namespace has. The rule is on in the set `linkerd`, and in the set
`together`, which is for any repository whose charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: web-reader  # warning: binding-subject-unresolved
    namespace: default
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```

## Good

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  name: web
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: view
subjects:
  - kind: ServiceAccount
    name: web
    namespace: default
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```
"""

from __future__ import annotations

from collections.abc import Iterator

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest, Release
from chartkit.rules._reading import entries
from chartkit.rules._release import RBAC, ObjectReference, inventory, word
from chartkit.rules._rule import rule


@rule("binding-subject-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for binding, _ in known.each(RBAC, "RoleBinding", "ClusterRoleBinding"):
        yield from known.hits(binding, _accounts(binding))


def _accounts(binding: Manifest) -> Iterator[ObjectReference]:
    for index, subject in entries(binding.body.get("subjects")):
        home = word(subject.get("namespace"))
        if subject.get("kind") == "ServiceAccount" and home:
            path = ("subjects", index, "name")
            yield ObjectReference(path, "ServiceAccount", word(subject.get("name")), home)
