"""The only module that knows lock files: what ``helm dependency build`` asks of Chart.lock.

Helm keeps a digest in it of what Chart.yaml declared and of what that was resolved to, and builds nothing
where it is another now. Helm 2 kept one of what was declared alone, which counts for charts of apiVersion v1.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chartkit.helm.charts import chart_yaml
from chartkit.helm.charts.node import Lock, Locked, Metadata, Refusal, Requirement
from chartkit.model.chart_file import LOCKS
from chartkit.model.place import Path

_KEYS: Final = ("name", "version", "repository", "condition", "tags", "enabled", "import-values", "alias")
_ALWAYS: Final = ("name", "repository")
_ESCAPED: Final = str.maketrans({one: f"\\u{ord(one):04x}" for one in "<>&\u2028\u2029"})


def read(files: Mapping[str, bytes]) -> tuple[Lock | None, list[Refusal]]:
    """The lock among the *files* of a chart, in Helm's order: of two the last counts. None if it is empty."""
    lock: Lock | None = None
    faults: list[Refusal] = []
    for file in files:
        if file in LOCKS:
            values, wrong = chart_yaml.read_lock(file, files[file])
            faults += wrong
            lock = _lock(file, values) if values else None
    return lock, faults


def differences(
    lock: Lock, metadata: Metadata, chart: bytes, requirements: bytes | None
) -> Iterator[tuple[Path, str]]:
    """What in *lock* is not in step with Chart.yaml, each with where; nothing where Helm would build."""
    declared = chart_yaml.fields(chart, requirements).get("dependencies")
    resolved = _resolved(declared, lock.plain)
    digests = [_digest([resolved, lock.plain])]
    if metadata.api_version == "v1":
        digests.append(_digest({"dependencies": _ordered(declared)}))
    if lock.digest in digests:
        return
    found = [*_differing(lock, metadata.dependencies)]
    yield from found
    if not found:
        yield ("digest",), "its digest is not that of the dependencies as they are declared now"


def _differing(lock: Lock, declared: Sequence[Requirement]) -> Iterator[tuple[Path, str]]:
    """The entries that are missing, superfluous, or of another version or repository than declared."""
    rest = list(lock.entries)
    for one in declared:
        entry = _entry(one, rest)
        if entry is None:
            yield ("dependencies",), f"dependency '{one.name}' is not in it"
            continue
        rest.remove(entry)
        by_alias = one.repository.startswith(("@", "alias:"))
        if entry.repository != one.repository and not by_alias:
            yield (
                (*entry.path, "repository"),
                f"'{one.name}' is from '{entry.repository}' in it, declared is '{one.repository}'",
            )
        elif entry.version != one.version and not one.accepts(entry.version):
            yield (
                (*entry.path, "version"),
                f"'{one.name}' is {entry.version} in it, declared is '{one.version}'",
            )
    for entry in rest:
        yield entry.path, f"'{entry.name}' is in it, and no dependency"


def _entry(one: Requirement, entries: Sequence[Locked]) -> Locked | None:
    """The entry of a dependency: of several with its name, the one that fits it best."""
    named = [entry for entry in entries if entry.name == one.name]
    fitting = (entry for entry in named if entry.repository == one.repository and one.accepts(entry.version))
    return next(fitting, next(iter(named), None))


def _lock(file: str, values: Mapping[str, Any]) -> Lock:
    plain = values.get("dependencies")
    entries = (
        Locked(
            one.get("name", ""),
            one.get("version", ""),
            one.get("repository", ""),
            ("dependencies", at),
        )
        for at, one in enumerate(plain or ())
    )
    return Lock(file, values.get("digest", ""), tuple(entries), _ordered(plain))


def _resolved(
    declared: list[dict[str, Any]] | None, locked: list[dict[str, Any]] | None
) -> list[dict[str, Any]] | None:
    """*declared* with the locked address for the name of a repository, which only the user's Helm knows."""
    if declared is None:
        return None
    found = [dict(one) for one in declared]
    for one, other in zip(found, locked or (), strict=False):
        if str(one.get("repository", "")).startswith(("@", "alias:")):
            one["repository"] = other["repository"]
    return _ordered(found)


def _ordered(entries: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    """*entries* with the keys that Helm writes, in its order; of what is below, in the order of names."""
    if entries is None:
        return None
    return [
        {key: _sorted(one.get(key, "")) for key in _KEYS if one.get(key) or key in _ALWAYS} for one in entries
    ]


def _sorted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(one) for one in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _digest(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPED)
    return "sha256:" + hashlib.sha256(text.encode(errors="replace")).hexdigest()
