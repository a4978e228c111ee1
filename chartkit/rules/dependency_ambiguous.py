"""Chart holds another chart twice.

Two charts in `charts/` have the same name. Where both are in the range of a dependency, Helm takes one of
them by chance, today this one and tomorrow the other; chartkit always takes the first. Else Helm renders
both: where they have a template of the same name, one wins, and every template that only the other has is
rendered too, with the same values. Most often the archive of an earlier version was left behind, or a
dependency was unpacked beside its archive.

## Bad

```console
$ ls charts/web/charts
redis-19.6.4.tgz  redis-20.1.0.tgz
```

## Good

Only the version that Chart.yaml asks for is there; `helm dependency update charts/web` removes the
others. To install a chart twice, name it twice in `dependencies:`, with an alias each; the archive is
needed once.
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("dependency-ambiguous", severity=Severity.WARNING)
