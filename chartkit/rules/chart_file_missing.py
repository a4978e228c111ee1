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

import functools
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from chartkit.model import Chart, Hit, Severity
from chartkit.rules._rule import rule

if TYPE_CHECKING:
    from chartkit.templates.references import Reference

_MARK: Final = re.compile(rb"\.Files\b")


@rule("chart-file-missing", on=Chart, severity=Severity.WARNING)
def check(chart: Chart) -> Iterator[Hit]:
    if not any(map(_MARK.search, chart.files.values())):
        return
    from chartkit.rules._file_lookups import ChartFiles
    from chartkit.rules._templates import place_of
    from chartkit.templates.constants import METHODS
    from chartkit.templates.references import references

    charts = functools.cache(lambda folder: ChartFiles(chart, folder))
    finds = functools.cache(lambda folder, method, name: charts(folder).finds(method, name))
    for one in dict.fromkeys(references(chart.files, _MARK)):
        if one.excused or one.method not in METHODS or finds(one.folder, one.method, one.name):
            continue
        if all(finds(one.folder, each.method, each.name) for each in one.tests if each.needed):
            reason, hint = charts(one.folder).cause(one.method, one.name)
            yield Hit((), f"{_what(one)}: {reason}", hint, place=place_of(chart, one))


def _what(one: Reference) -> str:
    """What finds nothing, and for whom where that is not the chart that the template is of."""
    whose = "" if one.file.startswith(f"{one.folder}/templates/") else f" in the files of {one.folder!r}"
    return f"'.Files.{one.method}' finds nothing by {one.name!r}{whose}"
