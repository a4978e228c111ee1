"""Annotation of Helm stands where Helm does not read it, or is misspelled.

Helm reads `helm.sh/hook`, `helm.sh/hook-weight`, `helm.sh/hook-delete-policy`,
`helm.sh/hook-output-log-policy` and `helm.sh/resource-policy` among the annotations of the object that a
document holds. It reads none of them among labels, on the pod template of a workload, or on the items of
a List: the object is then installed like any other. Those that belong to hooks mean nothing on an object
that is none. A name that Helm does not know, as `helm.sh/hooks`, is no annotation of Helm's at all.

Not judged are the files of `crds/`, which Helm installs and keeps in its own way, and a pod template that
repeats the annotations of its object.

## Bad

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  labels:
    helm.sh/hook: pre-install  # warning: helm-annotation-ignored
  annotations:
    helm.sh/hook-wieght: "1"  # warning: helm-annotation-ignored
spec:
  template:
    metadata:
      annotations:
        helm.sh/hook: pre-install  # warning: helm-annotation-ignored
```

## Good

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-install
    helm.sh/hook-weight: "1"
```
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import (
    DELETE_POLICY,
    HOOK,
    LOG_POLICY,
    RESOURCE_POLICY,
    WEIGHT,
    annotations_of,
    below,
    mapping,
    pod,
)
from chartkit.rules._rule import rule

_OF_HOOKS: Final = (WEIGHT, DELETE_POLICY, LOG_POLICY)
_KNOWN: Final = (HOOK, *_OF_HOOKS, RESOURCE_POLICY)
_PREFIX: Final = "helm.sh/"
_NAMES: Final = [key.removeprefix(_PREFIX) for key in _KNOWN]
_NEAR: Final = 0.85


@rule("helm-annotation-ignored", on=Manifest, severity=Severity.WARNING)
def check(manifest: Manifest) -> Iterator[Hit]:
    if _PREFIX not in manifest.text.lower() or manifest.in_crds_folder:
        return
    own = annotations_of(manifest)
    yield from _labels(manifest, own)
    yield from _pod_template(manifest, own)
    for key in own:
        path = ("metadata", "annotations", key)
        if key in _KNOWN and manifest.base:
            yield _hit(path, "Helm does not look into a List", "give the object a document of its own")
        elif key in _OF_HOOKS and HOOK not in own:
            yield _hit(path, f"{manifest.resource} is no hook", f"add {HOOK!r}, or leave it out")
        elif meant := _meant(key):
            yield _hit(path, f"Helm knows no {key!r}", f"did you mean {meant!r}?")


def _labels(manifest: Manifest, own: Mapping[str, Any]) -> Iterator[Hit]:
    for key in mapping(below(manifest.body, "metadata", "labels")):
        if key in _KNOWN and key not in own:
            yield _hit(("metadata", "labels", key), "Helm reads no labels", "make it an annotation")


def _pod_template(manifest: Manifest, own: Mapping[str, Any]) -> Iterator[Hit]:
    template = pod(manifest)
    if template is None or not template.path or HOOK in own:
        return
    for part in ("annotations", "labels"):
        for key in mapping(below(template.template, "metadata", part)):
            if key in _KNOWN and key not in own:
                hint = f"annotate the {manifest.resource.kind} itself"
                yield _hit((*template.path, "metadata", part, key), "Helm reads no pod template", hint)


def _meant(key: str) -> str:
    """Which of Helm's annotations *key* was to be; empty where it is one, or nothing like it."""
    if key in _KNOWN or key[: len(_PREFIX)].lower() != _PREFIX:
        return ""
    found = difflib.get_close_matches(key[len(_PREFIX) :][:80].lower(), _NAMES, n=1, cutoff=_NEAR)
    return _PREFIX + found[0] if found else ""


def _hit(path: Path, why: str, hint: str) -> Hit:
    return Hit(path, f"{path[-1]!r} is ignored: {why}", hint, on_key=True)
