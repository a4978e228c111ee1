"""Values have a schema that cannot be had.

A `values.schema.json` refers by `$ref` or `$schema` to a document that is not part of the chart. Helm fetches
it from the network, or reads it from the disk, each time it renders; without a network it refuses the chart.
chartkit reads nothing from outside of a chart, so that no value is judged by this schema. That is always said
at the end of a report; `--strict` makes it a finding.

What Kubernetes defines is there: references to its definitions, as they are published in the
`kubernetes-json-schema` repositories and in Kubernetes' own `swagger.json`, are judged by the schemas that
ship with chartkit.

## Bad

```json title="values.schema.json"
{"properties": {"image": {"$ref": "https://example.org/image.json"}}}
```

## Good

```json title="values.schema.json"
{
  "properties": {"image": {"$ref": "#/$defs/image"}},
  "$defs": {"image": {"type": "object", "required": ["repository"]}}
}
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("values-not-judged", severity=Severity.ERROR, sets=("strict",))
