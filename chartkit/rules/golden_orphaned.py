"""Golden file belongs to no case.

A file in the golden folder that no case of the configuration is compared with: its scenario, its
chart or its Kubernetes version is gone or has another name, or the scenario is now one that must
fail. Such a file looks like a check and checks nothing.

It is looked for only where a whole chart was checked: with `--scenario` or `--kube-version`, or with
other charts than all, nothing is said about the files of what was left out.

## Bad

The scenario `ha` was renamed to `high-availability`, and the old file is still there:

```text
golden/web/default.yaml
golden/web/ha.yaml
golden/web/high-availability.yaml
```

## Good

`chartkit golden update` removes the files of charts that it covers whole, and says which. It removes only
what it has written: `<chart>/<scenario>.yaml` that begins with `---` and `# Source:`. What else lies in
the golden folder stays, and belongs elsewhere.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("golden-orphaned", severity=Severity.ERROR)
