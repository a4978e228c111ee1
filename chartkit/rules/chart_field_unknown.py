"""Chart.yaml has a field that Helm does not know.

Helm ignores it and says nothing, so that `dependancies:` leaves a chart without its dependencies, and
`keyword:` without its keywords. Helm 4 warns of it in `helm lint`. What only Helm 2 read (`engine`,
`tillerVersion`) is not known either. requirements.yaml is looked at in the same way.

Keys of your own belong under `annotations:`.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependancies:  # warning: chart-field-unknown
  - name: redis
    version: 1.0.0
    repository: https://example.org
maintainers:
  - name: Ann
    mail: ann@example.org  # warning: chart-field-unknown
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.0.0
dependencies:
  - name: redis
    version: 1.0.0
    repository: https://example.org
maintainers:
  - name: Ann
    email: ann@example.org
annotations:
  example.org/team: web
```
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.place import Path
from chartkit.model.render import Hit
from chartkit.rules._chart_files import WrittenYaml, items, mappings
from chartkit.rules._reading import mapping
from chartkit.rules._rule import rule
from chartkit.system import did_you_mean

_LISTS: Final = {
    "maintainers": ("name", "email", "url"),
    "dependencies": (
        "name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias",
    ),
}  # fmt: skip
_FIELDS: Final = (
    "apiVersion", "name", "version", "kubeVersion", "description", "type", "keywords", "home", "sources",
    "dependencies", "maintainers", "icon", "appVersion", "deprecated", "annotations", "condition", "tags",
)  # fmt: skip
_FILES: Final = {"Chart.yaml": _FIELDS, "requirements.yaml": ("dependencies",)}


@rule("chart-field-unknown", on=Chart, severity=Severity.WARNING)
def check(chart: Chart) -> Iterator[Hit]:
    for file in mappings(chart, *_FILES):
        yield from _unknown(file, (), file.body, _FILES[file.file.inner])
        for key, known in _LISTS.items():
            for path, item in items(file.entry(key)):
                yield from _unknown(file, path, mapping(item), known)


def _unknown(file: WrittenYaml, path: Path, body: Mapping[str, Any], known: tuple[str, ...]) -> Iterator[Hit]:
    lower = {name.lower() for name in known}
    for key in body:
        if key.lower() not in lower:
            message = f"unknown field '{key}': Helm ignores it"
            hint = did_you_mean.suggestion(key, known, most=0) or "remove it, or move it to 'annotations'"
            yield file.hit((*path, key), message, hint, on_key=True)
