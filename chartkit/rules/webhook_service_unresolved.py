"""Service of a webhook or an aggregated API is brought by no chart.

The API server calls the Service of an admission webhook, of a conversion webhook or of an APIService by
name and port (443 where none is given). Where there is no such Service or port, every request that the
webhook is asked about fails (or passes unseen, with `failurePolicy: Ignore`), and discovery of an
APIService fails for the whole cluster.

All charts are judged together, whichever are named: in their defaults, and in each scenario whose
name several of them have. Not judged are Services in namespaces that none of the charts is installed
into. The rule is on in the set `linkerd`, and in the set `together`, which is for any repository whose
charts are all installed together:

```yaml title="chartkit.yaml"
extends: [recommended, together]
```

## Bad

```yaml
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: web
webhooks:
  - name: web.example.com
    clientConfig:
      service:
        name: web
        namespace: default
        port: 8443  # error: webhook-service-unresolved
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 443
```

## Good

```yaml
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingWebhookConfiguration
metadata:
  name: web
webhooks:
  - name: web.example.com
    clientConfig:
      service:
        name: web
        namespace: default
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  ports:
    - port: 443
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest, Release
from chartkit.rules._reading import below, entries, mapping
from chartkit.rules._release import ObjectReference, ReleaseInventory, inventory, service_ports, word
from chartkit.rules._rule import rule


@rule("webhook-service-unresolved", on=Release, severity=Severity.ERROR, sets=("linkerd", "together"))
def check(release: Release) -> Iterator[Hit]:
    known = inventory(release)
    for _, manifest in known.members:
        for path, called in _called(manifest):
            yield from _judged(known, manifest, path, called)


def _called(manifest: Manifest) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """The Services that the API server calls because of *manifest*."""
    kind, body = manifest.resource.kind, manifest.body
    if kind in ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"):
        for index, webhook in entries(body.get("webhooks")):
            path = ("webhooks", index, "clientConfig", "service")
            yield path, mapping(below(webhook, "clientConfig", "service"))
    elif kind == "APIService":
        yield ("spec", "service"), mapping(below(body, "spec", "service"))
    elif manifest.is_crd:
        steps = ("spec", "conversion", "webhook", "clientConfig", "service")
        yield steps, mapping(below(body, *steps))


def _judged(
    known: ReleaseInventory, manifest: Manifest, path: Path, called: Mapping[str, Any]
) -> Iterator[Hit]:
    name, home = word(called.get("name")), word(called.get("namespace"))
    wanted = ObjectReference((*path, "name"), "Service", name, home)
    if not name or not home:
        return
    service = known.find(wanted)
    if service is None:
        yield from known.hits(manifest, iter([wanted]))
        return
    ports, port = service_ports(service), called.get("port") or 443
    if ports is not None and isinstance(port, int) and port not in ports:
        message = f"Service {name!r} in namespace {home!r} has no port {port}"
        hint = f"use one of {', '.join(sorted(map(str, ports)))}" if ports else "give the Service this port"
        yield Hit((*path, "port"), message, hint, manifest=manifest)
