"""Selector does not match the pod template's labels.

A workload finds its pods by `spec.selector`. Where that does not match the labels that the workload
gives to its own pods, the API server refuses the object, and the install fails half-way.

## Bad

```yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
      tier: front  # error: selector-label-mismatch
    matchExpressions:
      - {key: app, operator: NotIn, values: [web]}  # error: selector-label-mismatch
  template:
    metadata:
      labels:
        app: web
        tier: frontend
```

## Good

```yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        tier: frontend
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import below, entries, has_pod_selector, mapping, pod
from chartkit.rules._rule import rule

_HINT = "make the selector and spec.template.metadata.labels agree"


@rule("selector-label-mismatch", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    template = pod(manifest) if has_pod_selector(manifest) else None
    if not template:
        return
    selector = mapping(below(manifest.body, "spec", "selector"))
    path: Path = ("spec", "selector")
    if manifest.resource.kind == "ReplicationController":
        yield from _pairs(path, selector, template.labels)
        return
    yield from _pairs((*path, "matchLabels"), mapping(selector.get("matchLabels")), template.labels)
    for index, expression in entries(selector.get("matchExpressions")):
        if not _holds(expression, template.labels):
            key, operator = expression.get("key"), expression.get("operator")
            message = f"selector '{key} {operator}' does not hold: {_has(key, template.labels)}"
            yield Hit((*path, "matchExpressions", index), message, _HINT)


def _pairs(path: Path, wanted: Mapping[str, Any], labels: Mapping[str, Any]) -> Iterator[Hit]:
    for key, value in wanted.items():
        if labels.get(key) != value:
            message = f"selector wants label {key!r} to be {value!r}, {_has(key, labels)}"
            yield Hit((*path, key), message, _HINT)


def _has(key: Any, labels: Mapping[str, Any]) -> str:
    return f"the pod template has {labels[key]!r}" if key in labels else "the pod template does not have it"


def _holds(expression: Mapping[str, Any], labels: Mapping[str, Any]) -> bool:
    key, values = expression.get("key"), expression.get("values")
    if not isinstance(key, str):
        return True  # validation says so
    listed = isinstance(values, list) and labels.get(key) in values
    match expression.get("operator"):
        case "In":
            return listed
        case "NotIn":
            return not listed
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    return True  # not an operator: validation says that too
