"""File stands where Helm wants a folder, or a folder for a file.

Helm looks for `templates`, `crds` and `charts` as folders, and for `values.yaml`, `values.schema.json` and
`requirements.yaml` as files. Where one is the other it finds nothing there and says nothing: the chart has no
templates, no defaults or no schema. `helm lint` refuses a file `templates` or `crds`, and a folder
`values.yaml`.

## Bad

```text title="templates"
# error: chart-layout-invalid
```

## Good

```yaml title="templates/web.yaml"
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
```
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from typing import Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.rules._chart_files import WrittenFile, written
from chartkit.rules._rule import rule

_FOLDERS: Final = ("templates", "crds", "charts")
_FILES: Final = ("values.yaml", "values.schema.json", "requirements.yaml")


@rule("chart-layout-invalid", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    seen = set[tuple[str, str]]()
    for file in written(chart):
        first, slash, below = file.inner.partition("/")
        if (file.folder, first) in seen:
            continue
        if slash and first in _FILES:
            yield _hit(file, f"'{first}' is a folder: Helm wants a file", f"/{below}")
        elif not slash and first in _FOLDERS:
            yield _hit(file, f"'{first}' is a file: Helm wants a folder", "")
        seen.add((file.folder, first))


def _hit(file: WrittenFile, message: str, below: str) -> Hit:
    """A hit at the file, or where it is *below* one at the folder."""
    hit = file.hit(message, "rename it")
    assert hit.place
    return dataclasses.replace(hit, place=Place(hit.place.file.removesuffix(below)))
