"""Values break values.schema.json.

Helm compares the values, the chart's own under those given, with the schema of the chart and of each
subchart, and renders nothing where they do not match. All that the schema says is in one finding. Where
the default values break it, and another scenario of the chart renders, it is a note.

A schema that refers to another one, by an address or a path, is not used, and is reported as not
judged: nothing is fetched, and nothing read from outside the chart.

## Bad

```json title="values.schema.json"
{"properties": {"replicas": {"type": "integer"}}}
```

```yaml title="values.yaml"
replicas: "3"  # error: values-schema-violated
```

## Good

```yaml title="values.yaml"
replicas: 3
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("values-schema-violated", severity=Severity.ERROR)
