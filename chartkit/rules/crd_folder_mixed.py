"""Object in `crds/` is no CustomResourceDefinition.

What lies in `crds/` is installed before everything else, and never again: `helm upgrade` does not touch it,
`helm uninstall` leaves it, and it is not part of the release. For a definition that is meant, for any other
object it is a loss. `helm lint` of Helm 4 calls it an error. Templates are not rendered there either.

## Bad

```yaml title="crds/web.yaml"
apiVersion: v1  # error: crd-folder-mixed
kind: ServiceAccount
metadata:
  name: web
```

## Good

```yaml title="crds/webs.example.org.yaml"
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: webs.example.org
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Web, plural: webs}
  versions: []
```

```yaml title="templates/web.yaml"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartkit.helm import manifests
from chartkit.model.case import Chart
from chartkit.model.errors import FileError
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._chart_files import WrittenFile, written
from chartkit.rules._reading import mapping
from chartkit.rules._rule import rule
from chartkit.syntax.yaml import kube_yaml

_READ: Final = (".yaml", ".yml", ".json")
_GROUP: Final = "apiextensions.k8s.io"
_KIND: Final = "CustomResourceDefinition"
_SURE: Final = (
    re.compile(rf"^apiVersion: {re.escape(_GROUP)}/v1\s*$", re.MULTILINE),
    re.compile(rf"^kind: {_KIND}\s*$", re.MULTILINE),
)
"""As nearly every definition says it; reading megabytes of them takes longer than all else."""


@rule("crd-folder-mixed", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in written(chart):
        if file.inner.startswith("crds/") and file.name.endswith(_READ):
            yield from _others(file)


def _others(file: WrittenFile) -> Iterator[Hit]:
    for document, _, line in manifests.documents(file.text):
        if _SURE[0].search(document) and _SURE[1].search(document):
            continue
        try:
            body = mapping(kube_yaml.parse(document))
        except FileError:
            continue  # told of the render, as is an object without apiVersion or kind
        api_version, kind = body.get("apiVersion"), body.get("kind")
        if api_version and kind and (kind != _KIND or not str(api_version).startswith(_GROUP)):
            message = f"{api_version} {kind} in crds/: expected {_GROUP}/v1 {_KIND}"
            at = kube_yaml.find(document, ("apiVersion",))
            row, column = at.place(on_key=True) if at else (1, 1)
            yield file.hit(message, "move it to templates/", line + row - 1, column)
