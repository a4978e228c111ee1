"""Field is not one that the object has.

The API server drops fields that it does not know, or refuses the object where validation is strict (the
default of `helm install` and `kubectl apply` on current clusters). What the field was meant to do never
happens: a misspelled `livenessProb`, a field at the wrong level, a field that a later Kubernetes version
brought. Custom resources are compared with their definition.

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
      imagePullPolicies: Always  # error: field-unknown
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
      imagePullPolicy: Always
```
"""

from __future__ import annotations

from chartkit.model.finding import Severity
from chartkit.rules._rule import declared

RULE = declared("field-unknown", severity=Severity.ERROR)
