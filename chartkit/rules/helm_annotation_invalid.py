"""Annotation of Helm has a value that Helm does not know.

Helm refuses no such value, it takes it for another one:

- `helm.sh/hook-weight` that is not a whole number is 0, so that hooks run in another order.
- `helm.sh/hook-delete-policy` replaces the default, `before-hook-creation`, whatever it says. Where none of
  its policies is known, the hook is never deleted, and the next time that it is to run Helm cannot create
  it, since it exists. Known are `before-hook-creation`, `hook-succeeded` and `hook-failed`.
- `helm.sh/hook-output-log-policy` prints nothing but for `hook-succeeded` and `hook-failed`.
- `helm.sh/resource-policy` keeps an object on an upgrade only where it is exactly `keep`; with anything
  else the object is deleted as soon as the chart no longer has it. On `helm uninstall`, on the other hand,
  any value leaves it in the cluster, without a word.

Not judged are empty values but that of `helm.sh/resource-policy`, and values that are not text, which
Kubernetes refuses.

## Bad

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-weight: high  # error: helm-annotation-invalid
    helm.sh/hook-delete-policy: hook-succeded  # error: helm-annotation-invalid
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  annotations:
    helm.sh/resource-policy: kep  # error: helm-annotation-invalid
```

## Good

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: post-install
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  annotations:
    helm.sh/resource-policy: keep
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import (
    DELETE_POLICY,
    HOOK,
    LOG_POLICY,
    RESOURCE_POLICY,
    WEIGHT,
    annotations_of,
    reads_annotations,
)
from chartkit.rules._rule import rule
from chartkit.system.did_you_mean import suggestion

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}")
_LOG_POLICIES: Final = frozenset({"hook-succeeded", "hook-failed"})
_DELETE_POLICIES: Final = _LOG_POLICIES | {"before-hook-creation"}


@rule("helm-annotation-invalid", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    texts = {key: value for key, value in annotations_of(manifest).items() if isinstance(value, str)}
    if not reads_annotations(manifest):
        return
    if (policy := texts.get(RESOURCE_POLICY, "keep")) != "keep":
        message = f"Helm knows no resource policy {policy!r}: only 'keep' keeps an object"
        yield _hit(RESOURCE_POLICY, message, "write 'keep', or leave the annotation out")
    if HOOK not in texts:
        return
    weight = texts.get(WEIGHT, "")
    if weight and not _NUMBER.fullmatch(weight):
        hint = "write a whole number in quotation marks"
        yield _hit(WEIGHT, f"{weight!r} is no whole number: Helm takes 0", hint)
    yield from _delete_policies(_listed(texts.get(DELETE_POLICY, "")))
    for policy in _listed(texts.get(LOG_POLICY, "")):
        if policy.lower() not in _LOG_POLICIES:
            message = f"Helm prints no log on {policy!r}"
            yield _hit(LOG_POLICY, message, suggestion(policy, _LOG_POLICIES))


def _delete_policies(policies: list[str]) -> Iterator[Hit]:
    unknown = [policy for policy in policies if policy.lower() not in _DELETE_POLICIES]
    none = "the hook is never deleted, and cannot be created a second time"
    does = "Helm ignores it" if len(unknown) < len(policies) else none
    for policy in unknown:
        message = f"Helm knows no delete policy {policy!r}: {does}"
        yield _hit(DELETE_POLICY, message, suggestion(policy, _DELETE_POLICIES))


def _listed(value: str) -> list[str]:
    return [name for each in value.split(",") if (name := each.strip())]


def _hit(key: str, message: str, hint: str) -> Hit:
    return Hit(("metadata", "annotations", key), message, hint)
