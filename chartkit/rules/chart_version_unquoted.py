"""Version in Chart.yaml is no text to YAML.

Without quotes `1.10` is a number, which Helm makes text of again: `1.1`. Likewise `007` becomes `7`, `1e3`
becomes `1000`, and `yes` becomes `true`. An image tag that is made of `appVersion` then names another image,
or none. `helm lint` refuses every `version` and `appVersion` that YAML takes for something else than text,
also where the text is the same.

## Bad

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.2  # error: chart-version-unquoted
appVersion: 1.10  # error: chart-version-unquoted
```

## Good

```yaml title="Chart.yaml"
apiVersion: v2
name: web
version: 1.2.0
appVersion: "1.10"
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._chart_files import WrittenYaml, mappings
from chartkit.rules._rule import rule


@rule("chart-version-unquoted", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in mappings(chart, "Chart.yaml"):
        for key in ("version", "appVersion"):
            yield from _unquoted(chart, file, key)


def _unquoted(chart: Chart, file: WrittenYaml, key: str) -> Iterator[Hit]:
    path, value = file.entry(key)
    if not isinstance(value, bool | int | float):
        return
    written = file.written(path)
    kind = "a truth value" if isinstance(value, bool) else "a number"
    message = f"'{key}' is {written}, {kind} to YAML: expected text{_becomes(chart, file, key, written)}"
    yield file.hit(path, message, _hint(path[0], written))


def _hint(key: str | int, written: str) -> str:
    """What to write: a version has three numbers, and is then text without quotes."""
    if str(key).lower() == "version" and re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", written):
        return f"write three numbers: {key}: {written}{'.0' * (2 - written.count('.'))}"
    return f'write it in quotes: {key}: "{written}"'


def _becomes(chart: Chart, file: WrittenYaml, key: str, written: str) -> str:
    """What Helm makes of it, where that is known and not what is written."""
    read = chart.version if key == "version" else chart.app_version
    is_own = file.file.folder == chart.name
    return f", Helm reads '{read}'" if is_own and read and read != written else ""
