"""Object that a Linkerd policy refers to is brought by no chart.

Where the Server or route that an AuthorizationPolicy is attached to does not exist, it protects
nothing; where one of its authentications does not exist, the whole policy is ignored, and traffic is
refused or let through against its intent. Neither is told by anyone.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Looked at are references of AuthorizationPolicies, ServerAuthorizations,
HTTPLocalRateLimitPolicies, MeshTLSAuthentications and routes to Servers, routes, authentications,
Services and ServiceAccounts. Not judged are those into namespaces that none of the charts is installed
into. The rule is on in the set `linkerd`, and in the set `together`, which is for any repository whose
charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: web
spec:
  targetRef:
    group: policy.linkerd.io
    kind: Server
    name: web-http  # warning: policy-reference-unresolved
  requiredAuthenticationRefs:
    - kind: ServiceAccount
      name: default
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  name: web
spec:
  port: 80
  podSelector:
    matchLabels:
      app: web
```

## Good

```yaml
apiVersion: policy.linkerd.io/v1alpha1
kind: AuthorizationPolicy
metadata:
  name: web
spec:
  targetRef:
    group: policy.linkerd.io
    kind: Server
    name: web
  requiredAuthenticationRefs:
    - kind: ServiceAccount
      name: default
---
apiVersion: policy.linkerd.io/v1beta3
kind: Server
metadata:
  name: web
spec:
  port: 80
  podSelector:
    matchLabels:
      app: web
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest, Release
from chartkit.rules._reading import below, entries, group, mapping
from chartkit.rules._release import GATEWAY, POLICY, ObjectReference, inventory, word
from chartkit.rules._rule import rule

_ROUTES: Final = ("HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute")
_JUDGED: Final = {
    POLICY: ("Server", "EgressNetwork", "MeshTLSAuthentication", "NetworkAuthentication", "HTTPRoute"),
    GATEWAY: _ROUTES,
    "": ("Service", "ServiceAccount"),
}
_IDENTITY: Final = re.compile(r"(?P<name>[a-z0-9.-]+)\.(?P<home>[a-z0-9-]+)\.serviceaccount\.identity\.")


@rule("policy-reference-unresolved", on=Release, severity=Severity.WARNING, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    kinds = (
        "AuthorizationPolicy",
        "HTTPLocalRateLimitPolicy",
        "MeshTLSAuthentication",
        "ServerAuthorization",
        "HTTPRoute",
    )
    for api_group, judged in ((POLICY, kinds), (GATEWAY, _ROUTES)):
        for manifest, home in known.each(api_group, *judged):
            yield from known.hits(manifest, _references(manifest, home))


def _references(manifest: Manifest, home: str) -> Iterator[ObjectReference]:
    """What *manifest*, which is in the namespace *home*, refers to."""
    spec = mapping(manifest.body.get("spec"))
    yield from _one(("spec", "targetRef"), mapping(spec.get("targetRef")), home)
    for key in ("requiredAuthenticationRefs", "identityRefs"):
        for index, found in entries(spec.get(key)):
            yield from _one(("spec", key, index), found, home)
    if manifest.resource.kind in _ROUTES:
        yield from _of_route(spec, home, group(manifest))
    elif manifest.resource.kind == "ServerAuthorization":
        yield from _of_authorization(spec, home)
    elif manifest.resource.kind == "MeshTLSAuthentication":
        yield from _identities(spec)


def _of_route(spec: Mapping[str, Any], home: str, own_group: str) -> Iterator[ObjectReference]:
    for index, parent in entries(spec.get("parentRefs")):
        yield from _one(("spec", "parentRefs", index), {"group": own_group, **parent}, home)
    for number, each in entries(spec.get("rules")):
        for index, backend in entries(each.get("backendRefs")):
            path = ("spec", "rules", number, "backendRefs", index)
            yield from _one(path, {"kind": "Service", **backend}, home)


def _of_authorization(spec: Mapping[str, Any], home: str) -> Iterator[ObjectReference]:
    named = word(below(spec, "server", "name"))
    yield ObjectReference(("spec", "server", "name"), "Server", named, home, POLICY)
    for index, account in entries(below(spec, "client", "meshTLS", "serviceAccounts")):
        path = ("spec", "client", "meshTLS", "serviceAccounts", index)
        yield from _one(path, {**account, "kind": "ServiceAccount"}, home)


def _identities(spec: Mapping[str, Any]) -> Iterator[ObjectReference]:
    identities = spec.get("identities")
    for index, identity in enumerate(identities if isinstance(identities, list) else ()):
        if found := _IDENTITY.match(word(identity)):
            yield ObjectReference(
                ("spec", "identities", index), "ServiceAccount", found["name"], found["home"]
            )


def _one(path: Path, found: Mapping[str, Any], home: str) -> Iterator[ObjectReference]:
    """The reference *found* at *path*, where its kind is one that is judged."""
    api_group, kind = word(found.get("group")), word(found.get("kind"))
    api_group = "" if api_group == "core" else api_group
    if kind in _JUDGED.get(api_group, ()):
        where = word(found.get("namespace")) or home
        yield ObjectReference((*path, "name"), kind, word(found.get("name")), where, api_group)
