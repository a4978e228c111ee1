"""Hook is unknown to Helm, which never installs the object.

Helm does not take an object with a hook that it does not know for an ordinary one: it logs `skipping
unknown hooks` where nobody looks, and leaves the object out of the release and of what `helm template`
prints. One unknown name in a list is enough, and an empty one too, as in `pre-install,`. Helm 2 knew
`crd-install` and `test-failure`; since Helm 3 custom resource definitions belong into `crds/`.

Known are `pre-` and `post-` with `install`, `upgrade`, `rollback` and `delete`, and `test` (`test-success`
is the same), in upper or lower case.

## Bad

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-instal  # error: hook-unknown
```

## Good

```yaml
apiVersion: batch/v1
kind: Job
metadata:
  name: migrate
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from chartkit.helm.manifests import HOOKS, unknown_hooks
from chartkit.model.finding import Severity
from chartkit.model.render import Hit, Manifest
from chartkit.rules._reading import HOOK, annotation_text, annotations_of, reads_annotations
from chartkit.rules._rule import rule
from chartkit.system.did_you_mean import suggestion

_INSTEAD: Final[Mapping[str, str]] = {
    "crd-install": "put the definition into crds/, and leave the annotation out",
    "test-failure": "make it a 'test' hook that succeeds where the failure is as it must be",
}


@rule("hook-unknown", on=Manifest, severity=Severity.ERROR)
def check(manifest: Manifest) -> Iterator[Hit]:
    known = annotations_of(manifest)
    if HOOK not in known or not reads_annotations(manifest):
        return
    for name in unknown_hooks(annotation_text(known[HOOK])):
        message = f"Helm knows no hook {name!r}" if name else "the list of hooks has an empty name"
        hint = _INSTEAD.get(name.lower()) or suggestion(name, HOOKS - {"test-success"})
        path = ("metadata", "annotations", HOOK)
        yield Hit(path, f"{message}: it never installs {manifest.resource}", hint or _hint(name))
        return


def _hint(name: str) -> str:
    return "name one, as pre-install" if name else "take out the comma too many, or name a hook"
