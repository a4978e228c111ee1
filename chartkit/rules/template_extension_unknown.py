"""Template has an extension that `helm lint` does not take.

Helm renders every file in `templates/`, whatever it is called: a README.md or a configuration file that lies
there becomes part of what is installed, or breaks the rendering with its braces. `helm lint` takes
`.yaml`, `.yml`, `.tpl` and `.txt`, in lower case, and calls everything else an error, also files whose name
begins with `_`.

Files that templates read by `.Files` belong beside `templates/`, documentation into the chart's folder or
into `.helmignore`.

## Bad

```toml title="templates/config.toml"
# error: template-extension-unknown
```

## Good

```yaml title="templates/config.yaml"
apiVersion: v1
kind: ConfigMap
metadata:
  name: config
data:
  config.toml: |
    {{- .Files.Get "files/config.toml" | nindent 4 }}
```

```toml title="files/config.toml"
port = 80
```
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from chartkit.model.case import Chart
from chartkit.model.finding import Severity
from chartkit.model.render import Hit
from chartkit.rules._chart_files import written
from chartkit.rules._rule import rule

_EXTENSIONS: Final = (".yaml", ".yml", ".tpl", ".txt")


@rule("template-extension-unknown", on=Chart, severity=Severity.ERROR)
def check(chart: Chart) -> Iterator[Hit]:
    for file in written(chart):
        name = file.inner.rpartition("/")[2]
        if file.inner.startswith("templates/") and not name.endswith(_EXTENSIONS):
            _, dot, extension = name.rpartition(".")
            found = f"the extension '.{extension}'" if dot else "no extension"
            message = f"a template with {found}: expected one of {', '.join(_EXTENSIONS)}"
            hint = "rename it, move it out of templates/, or name it in .helmignore"
            yield file.hit(message, hint)
