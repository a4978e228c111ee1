"""What values look like that a chart takes: its defaults, its schema, its commented examples, how they are read."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from chartkit.helm.order import Reader
from chartkit.model import Chart
from chartkit.suggestions.terms import EACH

_KEY_LINE: Final = re.compile(r"^(?P<indent> *)(?P<comment># ?)?(?P<key>[\w.-]+):(?P<rest>.*)$")
_MOST_LINES: Final = 40

Path = tuple[str, ...]

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
    return next((value for key, value in KNOWN.items() if folded.endswith(key.lower())), None)


class Shapes:
    """What is known of the values of *chart*; *read* are the paths that its templates read, and whether as YAML."""

    def __init__(
        self, chart: Chart, values: Mapping[str, Any], read: Mapping[Path, bool], reader: Reader
    ) -> None:
        self.values = values
        self.examples = dict(_examples(chart, reader))
        self._schemas = dict(_schemas(chart))
        self._below: dict[Path, dict[str, None]] = {}
        self._validators: dict[Path, Any] = {}
        self._as_yaml = {path for path, as_yaml in read.items() if as_yaml}
        for path in read:
            for index in range(len(path)):
                self._below.setdefault(path[:index], {})[path[index]] = None

    def schema(self, path: Path) -> Mapping[str, Any]:
        """The part of a values schema that speaks of *path*."""
        for length in range(len(path), -1, -1):
            if path[:length] in self._schemas:
                root = self._schemas[path[:length]]
                return _down(root, path[length:])
        return {}

    def made_up(self, path: Path) -> list[Any]:
        """Values for *path* that are not empty, the likeliest first."""
        found: list[Any] = []
        schema = self.schema(path)
        for key in ("examples", "enum"):
            found += schema.get(key) or ()
        found += [schema[key] for key in ("const", "default") if key in schema]
        found += self.examples.get(path, [])
        found += self._of_type(path, schema)
        found += [one for one in [self._generated(path, 0)] if one is not None] if schema else []
        return [one for one in _distinct(one for one in found if one) if self.allows(path, one)]

    def allows(self, path: Path, value: Any) -> bool:
        """Whether the schema of *path*, if there is one, takes *value*."""
        if value is None:
            return True
        if path not in self._validators:
            self._validators[path] = self._validator(path)
        validator = self._validators[path]
        try:
            return validator is None or bool(validator.is_valid(value))
        except ValueError:
            return True

    def _validator(self, path: Path) -> Any:
        import jsonschema_rs

        found = self._root_of(path)
        schema = self.schema(path)
        if found is None or not schema:
            return None
        shared = {key: found[key] for key in ("$defs", "definitions", "$schema") if key in found}
        try:
            return jsonschema_rs.validator_for({**shared, **schema})
        except ValueError:
            return None

    def _root_of(self, path: Path) -> Mapping[str, Any] | None:
        return next(
            (self._schemas[path[:n]] for n in range(len(path), -1, -1) if path[:n] in self._schemas), None
        )

    def _generated(self, path: Path, depth: int) -> Any:
        """A value that the schema of *path* may take, with what it requires."""
        schema = self.schema(path)
        for key in ("const", "default"):
            if schema.get(key):
                return schema[key]
        for key in ("examples", "enum"):
            if schema.get(key):
                return schema[key][0]
        types = schema.get("type")
        types = [types] if isinstance(types, str) else list(types or ())
        properties = schema.get("properties")
        if depth < 6 and ("object" in types or isinstance(properties, dict)):
            names = list(schema.get("required") or list(properties or {})[:1] or ["example"])
            return {name: self._generated((*path, name), depth + 1) for name in names}
        if depth < 6 and "array" in types:
            return [self._generated((*path, EACH), depth + 1)]
        known = usual(path[-1]) if path and path[-1] != EACH else None
        if known is not None and _fits(known, None, types):
            return copy.deepcopy(known)
        return next(self._plain(None, types, schema), "example")

    def _of_type(self, path: Path, schema: Mapping[str, Any]) -> Iterator[Any]:
        name = next((step for step in reversed(path) if step != EACH), "")
        known = usual(name) if path[-1:] != (EACH,) else None
        now = _at(self.values, path)
        types = schema.get("type")
        types = [types] if isinstance(types, str) else list(types or ())
        if known is not None and _fits(known, now, types):
            yield copy.deepcopy(known)
        below = self._below.get(path, {})
        if EACH in below and (isinstance(now, list | None) or "array" in types) and not isinstance(now, dict):
            yield [self._item((*path, EACH))]
        elif below and (isinstance(now, dict | None) or "object" in types):
            yield self._table(path, below)
        if path in self._as_yaml and not types and now in (None, ""):
            yield from ({"example": "example"}, ["example"])
        yield from self._plain(now, types, schema)
        if known is not None and not _fits(known, now, types):
            yield copy.deepcopy(known)

    def _plain(self, now: Any, types: Sequence[str], schema: Mapping[str, Any]) -> Iterator[Any]:
        if isinstance(now, bool) or "boolean" in types:
            yield True
        if isinstance(now, int | float) and not isinstance(now, bool) or {"integer", "number"} & set(types):
            least = schema.get("minimum", 1)
            yield least if isinstance(least, int) and least > 0 else 1
        if isinstance(now, dict) or "object" in types:
            required = schema.get("required") or ["example"]
            yield {name: "example" for name in required}
        if isinstance(now, list) or "array" in types:
            yield ["example"]
            yield [{"name": "example"}]
        if isinstance(now, str) or "string" in types or not types:
            yield "example"
        if now is None and not types:
            yield from (1, True, {"example": "example"}, ["example"])

    def _item(self, path: Path) -> Any:
        below = self._below.get(path, {})
        return self._table(path, below) if below and EACH not in below else self._leaf(path)

    def _table(self, path: Path, below: Mapping[str, None]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for step in below:
            inner = (*path, step)
            if step == EACH:
                made["example"] = self._item(inner)
            elif not step.startswith("\0"):
                made[step] = self._leaf(inner)
        return made

    def _leaf(self, path: Path) -> Any:
        below = self._below.get(path, {})
        now = _at(self.values, path)
        if now not in (None, "", [], {}):
            return copy.deepcopy(now)
        known = usual(path[-1]) if path[-1] != EACH else None
        if known is not None:
            return copy.deepcopy(known)
        if len(path) > 12:
            return "example"
        if EACH in below:
            return [self._item((*path, EACH))]
        return self._table(path, below) if below else "example"


def _fits(value: Any, now: Any, types: Sequence[str]) -> bool:
    """Whether *value* is of the type that the default has, or the schema asks for."""
    if types:
        names = {bool: "boolean", int: "integer", str: "string", dict: "object", list: "array"}
        return names.get(type(value), "number") in types or (isinstance(value, int) and "number" in types)
    if now is None or now == "":
        return now is None or isinstance(value, str | int)
    return isinstance(value, type(now)) and isinstance(value, bool) is isinstance(now, bool)


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if step == EACH:
            many = list(value.values()) if isinstance(value, dict) else value
            value = many[0] if isinstance(many, list) and many else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _distinct(values: Iterable[Any]) -> Iterator[Any]:
    seen: set[str] = set()
    for value in values:
        text = json.dumps(value, sort_keys=True, default=str)
        if text not in seen:
            seen.add(text)
            yield value


def _schemas(chart: Chart) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, content in chart.files.items():
        if name.endswith("/values.schema.json"):
            try:
                schema = json.loads(content)
            except (ValueError, RecursionError):
                continue
            if isinstance(schema, dict):
                yield tuple(name.rpartition("/")[0].split("/charts/")[1:]), schema


def _down(root: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    schema = _resolved(root, root)
    for step in path:
        if step == EACH:
            below = schema.get("items")
            below = below if isinstance(below, dict) else schema.get("additionalProperties")
        else:
            properties = schema.get("properties")
            below = properties.get(step) if isinstance(properties, dict) else None
            below = schema.get("additionalProperties") if below is None else below
        schema = _resolved(root, below)
    return schema


def _resolved(root: Mapping[str, Any], schema: Any) -> Mapping[str, Any]:
    for _ in range(8):
        if not isinstance(schema, dict):
            return {}
        reference = schema.get("$ref")
        options = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(reference, str) and reference.startswith("#/"):
            found: Any = root
            for step in reference[2:].split("/"):
                found = (
                    found.get(step.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
                )
            schema = {
                **(found if isinstance(found, dict) else {}),
                **{k: v for k, v in schema.items() if k != "$ref"},
            }
        elif isinstance(options, list) and "type" not in schema and "properties" not in schema:
            real = [one for one in options if not (isinstance(one, dict) and one.get("type") == "null")]
            schema = real[0] if real else {}
        else:
            return schema
    return {}


def _examples(chart: Chart, reader: Reader) -> Iterator[tuple[Path, list[Any]]]:
    """The examples that stand in comments below keys, of the chart's values and its subcharts'."""
    for name, content in chart.files.items():
        folder, _, base = name.rpartition("/")
        if base == "values.yaml" and folder.count("/charts/") == folder.count("/") / 2:
            below = tuple(folder.split("/charts/")[1:])
            found = _in_comments(content.decode(errors="replace").split("\n"), reader)
            yield from ((below + path, values) for path, values in found)


def _in_comments(lines: Sequence[str], reader: Reader) -> Iterator[tuple[Path, list[Any]]]:
    open_keys: list[tuple[int, str]] = []
    for number, line in enumerate(lines):
        match = _KEY_LINE.match(line)
        if match is None:
            continue
        indent = len(match["indent"])
        while open_keys and open_keys[-1][0] >= indent:
            open_keys.pop()
        path = (*(key for _, key in open_keys), match["key"])
        if match["comment"]:
            example = _commented(lines, number, match, reader)
            if example:
                yield path, [example]
            continue
        open_keys.append((indent, match["key"]))
        if match["rest"].split("#")[0].strip() in {"", "{}", "[]", '""', "null", "~", "''"}:
            example = _after(lines, number + 1, reader)
            if example:
                yield path, [example]


def _commented(lines: Sequence[str], number: int, match: re.Match[str], reader: Reader) -> Any:
    """The value of a key that is commented out."""
    block = _uncommented(lines, number)
    read = _read(block, reader)
    return read.get(match["key"]) if isinstance(read, dict) and len(read) <= 3 else None


def _after(lines: Sequence[str], number: int, reader: Reader) -> Any:
    read = _read(_uncommented(lines, number), reader)
    if isinstance(read, dict) and all(isinstance(key, str) and " " not in key for key in read):
        return read
    return read if isinstance(read, list) else None


def _uncommented(lines: Sequence[str], number: int) -> list[str]:
    block: list[str] = []
    for line in lines[number : number + _MOST_LINES]:
        bare = line.strip()
        if not bare.startswith("#") or bare.startswith("##"):
            break
        block.append(re.sub(r"^# ?", "", bare))
    return block


def _read(block: list[str], reader: Reader) -> Any:
    """The longest beginning of *block* that is YAML."""
    if not block or not re.match(r"\s*(- |[\w./-]+:)", block[0]):
        return None
    for end in range(len(block), 0, -1):
        try:
            return reader("example:\n" + "\n".join("  " + line for line in block[:end]))["example"]
        except (ValueError, KeyError, TypeError):
            continue
    return None
