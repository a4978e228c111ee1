"""What keys usually hold in the values of charts, by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

KNOWN: Final[Mapping[str, Any]] = {
    "nodeSelector": {"kubernetes.io/os": "linux"},
    "tolerations": [{"key": "dedicated", "operator": "Exists", "effect": "NoSchedule"}],
    "affinity": {
        "podAntiAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                {
                    "weight": 1,
                    "podAffinityTerm": {
                        "topologyKey": "kubernetes.io/hostname",
                        "labelSelector": {"matchLabels": {"app": "example"}},
                    },
                }
            ]
        }
    },
    "nodeAffinity": {
        "requiredDuringSchedulingIgnoredDuringExecution": {
            "nodeSelectorTerms": [
                {"matchExpressions": [{"key": "kubernetes.io/os", "operator": "In", "values": ["linux"]}]}
            ]
        }
    },
    "topologySpreadConstraints": [
        {
            "maxSkew": 1,
            "topologyKey": "topology.kubernetes.io/zone",
            "whenUnsatisfiable": "ScheduleAnyway",
            "labelSelector": {"matchLabels": {"app": "example"}},
        }
    ],
    "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}},
    "securityContext": {"runAsNonRoot": True},
    "imagePullSecrets": [{"name": "example"}],
    "annotations": {"example.com/note": "example"},
    "labels": {"example.com/team": "example"},
    "env": [{"name": "EXAMPLE", "value": "example"}],
    "envFrom": [{"configMapRef": {"name": "example"}}],
    "volumes": [{"name": "example", "emptyDir": {}}],
    "volumeMounts": [{"name": "example", "mountPath": "/example"}],
    "args": ["--example"],
    "command": ["example"],
    "hosts": ["example.com"],
    "tls": [{"secretName": "example", "hosts": ["example.com"]}],
    "containers": [{"name": "example", "image": "example.com/example:1.0.0"}],
    "hostAliases": [{"ip": "192.0.2.1", "hostnames": ["example.com"]}],
    "dnsConfig": {"nameservers": ["192.0.2.1"]},
    "probe": {"httpGet": {"path": "/", "port": 8080}},
    "lifecycle": {"preStop": {"exec": {"command": ["sleep", "1"]}}},
    "strategy": {"type": "Recreate"},
    "ranges": ["192.0.2.0/24"],
    "matchLabels": {"app": "example"},
    "ip": "192.0.2.1",
    "host": "example.com",
    "url": "https://example.com",
    "port": 8080,
    "replicas": 2,
    "seconds": 10,
    "limit": "100m",
    "historyLimit": 3,
    "size": "1Gi",
    "storage": "1Gi",
    "version": "1.0.0",
    "tag": "1.0.0",
    "policy": "Always",
    "digest": "sha256:" + "0" * 64,
    "schedule": "0 0 * * *",
    "percent": 50,
    "accessMode": "ReadWriteOnce",
    "accessModes": ["ReadWriteOnce"],
    "trafficPolicy": "Local",
    "pullPolicy": "Always",
    "protocol": "TCP",
    "pathType": "Prefix",
    "operator": "Exists",
    "selector": {"matchLabels": {"app": "example"}},
    "request": "100m",
    "cpu": "100m",
    "memory": "128Mi",
    "level": "debug",
    "email": "someone@example.com",
    "path": "/example",
    "cidr": "192.0.2.0/24",
    "interval": "30s",
    "timeout": "10s",
    "duration": "24h",
    "serviceType": "NodePort",
    "ipFamilies": ["IPv4"],
    "ipFamilyPolicy": "PreferDualStack",
    "dnsPolicy": "ClusterFirst",
    "restartPolicy": "Always",
    "concurrencyPolicy": "Forbid",
    "userId": 1000,
    "runAsUser": 1000,
    "fsGroup": 1000,
    "minAvailable": 1,
    "maxUnavailable": 1,
    "emptyDir": {"medium": "Memory"},
    "scheme": "HTTP",
    "verbosity": 3,
    "metrics": [
        {
            "type": "Resource",
            "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}},
        }
    ],
    "rules": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["get"]}],
}
"""What keys that end so usually hold."""


_ENDINGS: Final = (
    (r"initcontainers|sidecars|containers", "containers"),
    (r"topologyspread\w*", "topologySpreadConstraints"),
    (r"nodeaffinity\w*", "nodeAffinity"),
    (r"imagepullsecrets|pullsecrets", "imagePullSecrets"),
    (r"envvars|env", "env"),
    (r"envfrom", "envFrom"),
    (r"volumemounts|mounts", "volumeMounts"),
    (r"volumes", "volumes"),
    (r"matchlabels\w*", "matchLabels"),
    (r"(liveness|readiness|startup)probe", "probe"),
    (r"lifecycle\w*", "lifecycle"),
    (r"(update|deployment)?strategy", "strategy"),
    (r"sourceranges", "ranges"),
    (r"(loadbalancer|cluster|external)?ip", "ip"),
    (r"priority(class)?name|storageclass(name)?|\w*classname", "name"),
    (r"\w*replicas|replicacount", "replicas"),
    (r"\w*seconds", "seconds"),
    (r"history\w*limit", "historyLimit"),
    (r"(u|user|g|group)id", "userId"),
    (r"nodeport", "nodePort"),
    (r"\w*ports?", "port"),
    (r"\w*percentage", "percent"),
)


def usual(name: str) -> Any:
    """What a key called *name* usually holds; None where nobody knows."""
    folded = name.lower()
    for pattern, known in _ENDINGS:
        if re.fullmatch(rf"\w*?(?:{pattern})", folded):
            return {"name": "example", "nodePort": 30080}.get(known, KNOWN.get(known))
    fitting = [key for key in KNOWN if folded.endswith(key.lower())]
    return KNOWN[max(fitting, key=len)] if fitting else None
