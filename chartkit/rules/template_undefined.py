"""Template includes one that is defined nowhere.

`include` and `template` of a name that no template of the chart and its dependencies defines end the render:
Helm refuses the chart as soon as the line is run. In a branch that no scenario runs, nobody notices until a
user sets the value that leads there.

Only names that are written down are looked at, and only where all dependencies of the chart are there, as one
of them may define the name.

## Bad

```yaml title="templates/_helpers.tpl"
{{ define "web.labels" }}
app: web
{{ end }}
```

```yaml title="templates/monitor.yaml"
{{- if .Values.monitor.enabled }}
apiVersion: v1
kind: Service
metadata:
  name: monitor
  labels:
    {{- include "web.label" . | nindent 4 }}  # warning: template-undefined
{{- end }}
```

## Good

```yaml title="templates/_helpers.tpl"
{{ define "web.labels" }}
app: web
{{ end }}
```

```yaml title="templates/monitor.yaml"
{{- if .Values.monitor.enabled }}
apiVersion: v1
kind: Service
metadata:
  name: monitor
  labels:
    {{- include "web.labels" . | nindent 4 }}
{{- end }}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._facts import read_yaml
from chartkit.rules._reading import entries
from chartkit.rules._rule import rule
from chartkit.system.did_you_mean import suggestion

if TYPE_CHECKING:
    from chartkit.helm.references import TemplateReference
    from chartkit.rules._templates import Words

_NAME: Final = rb'\s+(?:"([^"\n]+)"|`([^`]+)`)'
# One expression for each word: what begins with letters to look for is found ten times as fast.
_INCLUDED: Final = tuple(re.compile(word + _NAME) for word in (b"include", b"template"))
_DEFINED: Final = tuple(re.compile(word + _NAME) for word in (b"define", b"block"))
_MOST_COMPARED: Final = 100_000


@rule("template-undefined", on=Chart, severity=Severity.WARNING)
def check(chart: Chart) -> Iterator[Hit]:
    templates = [content for name, content in chart.files.items() if canonical(name).in_templates]
    known = _names(_DEFINED, templates)
    unknown = _names(_INCLUDED, templates) - known - chart.origins.keys()
    if not unknown or _lacks_charts(chart.files):
        return
    from chartkit.rules._templates import hits

    is_quick = len(known) * len(unknown) < _MOST_COMPARED

    def explain(one: TemplateReference) -> Words:
        if one.method != "include" or one.name not in unknown:
            return None
        near = suggestion(one.name, known, most=0) if is_quick else ""
        return f"no template defines {one.name!r}", near or "correct the name, or define the template"

    names = [name.encode("utf-8", "surrogateescape") for name in sorted(unknown)]
    yield from hits(chart, re.compile(b"|".join(map(re.escape, names))), explain)


def _names(patterns: Iterable[re.Pattern[bytes]], contents: Sequence[bytes]) -> set[str]:
    """The names that *patterns* find in templates, which are not parsed for it."""
    matches = (match for one in patterns for content in contents for match in one.finditer(content))
    return {(match[1] or match[2]).decode("utf-8", "surrogateescape") for match in matches}


def _lacks_charts(files: Mapping[str, bytes]) -> bool:
    """Whether a chart among *files* needs one that is not there."""
    for name, content in files.items():
        folder = canonical(name).folder
        if canonical(name).kind == "metadata" and f"{folder}/Chart.yaml" in files:
            needed = entries(read_yaml(content).get("dependencies"))
            if any(f"{folder}/charts/{each.get('name')}/Chart.yaml" not in files for _, each in needed):
                return True
    return False
