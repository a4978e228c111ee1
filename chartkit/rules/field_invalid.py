"""Value of a field is not one that the API server takes.

It has the wrong type, is none of the values that are allowed, or breaks a rule for names, ports,
quantities and the like. The type is what YAML makes of it: `yes` is true, `0777` is 511, `1.10` is the
number 1.1. Checked against the schema of each Kubernetes version of the case and what the API server
demands beyond it (fields that exclude each other, requests above limits, the restart policy of each kind
of workload), custom resources against their definition. Null counts as absent, as on the server: it is
fine for a field that may be absent.

## Bad

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: web:1.0.0
      env:
        - name: VERBOSE
          value: yes  # error: field-invalid
      resources:
        limits:
          memory: 128MB  # error: field-invalid
```

## Good

```yaml
apiVersion: v1
kind: Pod
metadata:
  name: web
spec:
  containers:
    - name: web
      image: web:1.0.0
      env:
        - name: VERBOSE
          value: "yes"
      resources:
        limits:
          memory: 128Mi
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("field-invalid", severity=Severity.ERROR)
