"""Template reads a file of the chart that is not there.

Of a name that it does not find, `.Files.Get` gives empty text, and so do `GetBytes`, `Lines` and `Glob`; Helm
says nothing. The ConfigMap is installed with an empty script, the loop over the dashboards makes none.

The name is misspelled, the file was never committed, `.helmignore` leaves it out, it lies beside the chart
instead of in it, or it is written in a way that `.Files` does not know: names begin at the chart's own folder
and go straight down (`files/app.conf`), without `./`, `/` or `..`. What lies in `templates/` and `charts/` is
not among the files, nor are `Chart.yaml` and `values.yaml`. In a pattern, `*` stays within one folder.

Only names that are written down are looked at, also in the templates of a library, whose `.Files` are those
of the chart that includes them. Some charts have files only where users put their own into a copy of the
chart; their templates ask first whether there is one. So what an `if` or a `with` tests is left alone, and
what stands in it, what has a `default`, and a `range` with an `else`. A `range` over nothing that has no such
test around it is told: nothing says that it was meant to be empty.

## Bad

```yaml title="files/app.conf"
level: info
```

```yaml title="templates/config.yaml"
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  app.conf: {{ .Files.Get "./files/app.conf" | quote }}  # warning: chart-file-missing
  {{- (.Files.Glob "dashboards/*.json").AsConfig | nindent 2 }}  # warning: chart-file-missing
```

## Good

```yaml title="files/app.conf"
level: info
```

```yaml title="templates/config.yaml"
apiVersion: v1
kind: ConfigMap
metadata:
  name: web
data:
  app.conf: {{ .Files.Get "files/app.conf" | quote }}
  {{- with .Files.Glob "dashboards/*.json" }}
  {{- .AsConfig | nindent 2 }}
  {{- end }}
```
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from chartkit.model.case import Chart
from chartkit.model.chart_file import canonical
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._rule import rule

if TYPE_CHECKING:
    from chartkit.helm.references import TemplateReference
    from chartkit.rules._templates import Words

_MARK: Final = re.compile(rb"\.Files\b")


@rule("chart-file-missing", on=Chart, severity=Severity.WARNING)
def check(chart: Chart) -> Iterator[Hit]:
    if not any(
        canonical(name).in_templates and _MARK.search(content) for name, content in chart.files.items()
    ):
        return
    from chartkit.helm.template_constants import METHODS
    from chartkit.rules._file_lookups import Lookups
    from chartkit.rules._templates import hits

    lookups = Lookups(chart)

    def explain(one: TemplateReference) -> Words:
        if one.excused or one.method not in METHODS:
            return None
        cause = lookups.cause(one.folder, one.method, one.name)
        must = (each for each in one.tests if each.needed)
        if cause is None or any(lookups.cause(one.folder, each.method, each.name) for each in must):
            return None
        return f"{_what(one)}: {cause[0]}", cause[1]

    yield from hits(chart, _MARK, explain)


def _what(one: TemplateReference) -> str:
    """What finds nothing, and for whom where that is not the chart that the template is of."""
    whose = "" if one.file.startswith(f"{one.folder}/templates/") else f" in the files of {one.folder!r}"
    return f"'.Files.{one.method}' finds nothing by {one.name!r}{whose}"
