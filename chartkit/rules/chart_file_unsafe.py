"""File of a chart is left out because reading it is not safe.

A symbolic link out of the repository would put a file of this machine into the render (and into
reports that others read), so it is not followed. Links inside the repository are followed, as Helm
does; the folder `.git`, where tokens lie, is never read. In archives, links and devices are never
followed (Helm takes them as empty files), names that lead out of the archive, and names with
control characters or backslashes, are left out, and of an entry that stands twice the last one
counts: what such an archive holds depends on who unpacks it.

The repository is the nearest folder above that holds `.git`. In a tree without it, as an unpacked
archive is, it is the one that holds `.github`, `.gitlab-ci.yml` or `chartkit.yaml`; where there is none
of them, it is the chart's own folder.

`chartkit check` judges the rest of the chart without the file. Helm follows every link, and may render
something else: where that can be, `chartkit render` prints nothing and fails, tests that ask for a
render fail, and no golden file is recorded.

## Bad

```console
$ ls -l charts/web/files
ca.pem -> /etc/ssl/certs/ca.pem
```

## Good

The chart holds a copy of the file, or a link to a file of the same repository:

```console
$ ls -l charts/web/files
ca.pem
dashboard.json -> ../../../dashboards/web.json
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("chart-file-unsafe", severity=Severity.ERROR)
