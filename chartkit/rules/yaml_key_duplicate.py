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

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chartkit.helm import manifests
from chartkit.model.case import Chart
from chartkit.model.errors import FileError
from chartkit.model.finding import Severity
from chartkit.model.place import Path, Place, pointer
from chartkit.model.render import Hit
from chartkit.rules._chart_files import written
from chartkit.rules._rule import rule
from chartkit.syntax.yaml import kube_yaml

_FOLDING: Final = ("Chart.yaml", "requirements.yaml", "Chart.lock", "requirements.lock")
_HINT: Final = "remove one of the two, or merge them"


@rule("yaml-key-duplicate", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in written(chart):
        if file.inner in (*_FOLDING, "values.yaml"):
            for each in _repeated_keys(file.text, folds=file.inner in _FOLDING):
                yield file.hit(each.message, _HINT, each.line, each.column)


def in_values(text: str, file: str) -> Iterator[Hit]:
    """The keys that stand twice in the *text* of a values file."""
    for each in _repeated_keys(text):
        yield Hit((), each.message, _HINT, check.id, place=Place(file, each.line, each.column))


@dataclass(frozen=True, slots=True)
class _RepeatedKey:
    """What is to be said of a key that stands again, at *line* and *column* of the file, from 1."""

    message: str
    line: int
    column: int


def _repeated_keys(text: str, *, folds: bool = False) -> Iterator[_RepeatedKey]:
    """The keys that stand twice in a mapping of *text*; what cannot be read is told where it is read.

    With *folds*, as in Chart.yaml, also those that differ by case alone, which are one key to Helm.
    """
    for document, _, first in manifests.documents(text):
        try:
            read = kube_yaml.read(document)
        except FileError:
            continue
        for each in read.duplicates:
            where = f"'{pointer(each.path)}'" if each.path else "the file"
            lost = f"the one in line {first + each.first[0] - 1} is lost"
            yield _RepeatedKey(
                f"key '{each.key}' stands twice in {where}: {lost}", first + each.line - 1, each.column
            )
        for path, keys in _folded(read.value) if folds else ():
            spot = kube_yaml.find(document, (*path, keys[0]))
            line, column = spot.place(on_key=True) if spot else (1, 1)
            message = f"'{keys[0]}' and '{keys[-1]}' are one key to Helm: '{keys[0]}' is lost"
            yield _RepeatedKey(message, first + line - 1, column)


def _folded(value: Any) -> Iterator[tuple[Path, list[str]]]:
    """The keys that Go takes for one, in the order in which the next takes the place of the one before it."""
    if not isinstance(value, Mapping):
        return
    yield from (((), keys) for keys in _alike(value))
    for name, items in value.items():
        if name.lower() in ("dependencies", "maintainers") and isinstance(items, list):
            for index, item in enumerate(items):
                if isinstance(item, Mapping):
                    yield from (((name, index), keys) for keys in _alike(item))


def _alike(body: Mapping[str, Any]) -> Iterator[list[str]]:
    names: dict[str, list[str]] = defaultdict(list)
    for key in sorted(body):
        names[key.lower()].append(key)
    yield from (keys for keys in names.values() if len(keys) > 1)
