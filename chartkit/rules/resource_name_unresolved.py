"""Object that a Role gives read access to is brought by no chart.

A Role lists in `resourceNames` the only objects that may be read. Where none of them is there under this
name, the permission is for nothing, and reading the object under its real name is refused: it was
renamed in the chart that brings it.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Looked at are Roles that allow no more than to `get`, `list` and `watch`
ConfigMaps, Services or ServiceAccounts, in namespaces that one of the charts is installed into. Not
judged is what a custom resource may make, or anyone whom a role of the charts lets create such objects.
The rule is on in the set `linkerd`, and in the set `together`, which is for any repository whose charts
are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames:
      - web-settings  # warning: resource-name-unresolved
    verbs: [get]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
```

## Good

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: web
rules:
  - apiGroups: [""]
    resources: [configmaps]
    resourceNames:
      - web-config
    verbs: [get]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Release
from chartkit.rules._reading import entries
from chartkit.rules._release import RBAC, ObjectReference, inventory, items, word
from chartkit.rules._rule import rule

_KINDS: Final = {"configmaps": "ConfigMap", "services": "Service", "serviceaccounts": "ServiceAccount"}
_READING: Final = {"get", "list", "watch"}


@rule("resource-name-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for role, home in known.each(RBAC, "Role"):
        for index, allowed in entries(role.body.get("rules")):
            kind = _read_kind(allowed)
            if kind:
                yield from known.hits(role, _named(index, allowed, _KINDS[kind], home), made=kind)


def _named(index: int, allowed: Mapping[str, Any], kind: str, home: str) -> Iterator[ObjectReference]:
    for number, name in enumerate(items(allowed, "resourceNames")):
        yield ObjectReference(("rules", index, "resourceNames", number), kind, word(name), home)


def _read_kind(allowed: Mapping[str, Any]) -> str:
    """The one kind of resource that *allowed* lets read and no more; empty where it is another rule."""
    resources = [word(each) for each in items(allowed, "resources")]
    reads = set(map(word, items(allowed, "verbs"))) <= _READING and items(allowed, "apiGroups") == [""]
    return resources[0] if reads and len(resources) == 1 and resources[0] in _KINDS else ""
