"""Key stands twice in one mapping.

Helm and Kubernetes keep the last one and say nothing, so the first is lost, with all that is below it. In
`values.yaml` that is often a second `image:` or `resources:` further down, which takes away the tag that the
first names; in a render a second `annotations:` or `env:` that another `if` of the template adds. Other tools
keep the first, or refuse the file.

Looked at are renders, with what lies in `crds/`, and the YAML that people write: `Chart.yaml`, `Chart.lock`,
`requirements.yaml` and `values.yaml`, also of the charts that lie unpacked in `charts/`, and the values files
of scenarios and of the command line. In `Chart.yaml`, `Name` and `name` are one key to Helm.

## Bad

```yaml title="values.yaml"
image:
  repository: example.org/web
  tag: stable
image:  # error: yaml-key-duplicate
  repository: example.org/web
  pullPolicy: Always
```

## Good

```yaml title="values.yaml"
image:
  repository: example.org/web
  tag: stable
  pullPolicy: Always
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.place import Place
from chartkit.model.render import Hit
from chartkit.rules._chart_files import written
from chartkit.rules._rule import rule
from chartkit.rules._written_keys import repeated

_FOLDING: Final = ("Chart.yaml", "requirements.yaml", "Chart.lock", "requirements.lock")
_HINT: Final = "remove one of the two, or merge them"


@rule("yaml-key-duplicate", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in written(chart):
        if file.inner in (*_FOLDING, "values.yaml"):
            for each in repeated(file.text, folds=file.inner in _FOLDING):
                yield file.hit(each.message, _HINT, each.line, each.column)


def in_values(text: str, file: str) -> Iterator[Hit]:
    """The keys that stand twice in the *text* of a values file."""
    for each in repeated(text):
        yield Hit((), each.message, _HINT, check.id, place=Place(file, each.line, each.column))
