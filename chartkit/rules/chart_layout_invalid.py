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

from collections.abc import Iterator
from typing import Final

from chartkit.model import Chart, Hit, Severity
from chartkit.rules._chart_files import written
from chartkit.rules._rule import rule

_FOLDERS: Final = ("templates", "crds", "charts")
_FILES: Final = ("values.yaml", "values.schema.json", "requirements.yaml")


@rule("chart-layout-invalid", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    seen = set[tuple[str, str]]()
    for file in written(chart):
        first, slash, _ = file.relative.partition("/")
        wanted = "file" if slash and first in _FILES else "folder" if not slash and first in _FOLDERS else ""
        if wanted and (file.root, first) not in seen:
            seen.add((file.root, first))
            found = "folder" if wanted == "file" else "file"
            yield file.hit(f"'{first}' is a {found}: Helm wants a {wanted}", "rename it")
