"""Judges objects and cases by policies: selects, fills in references, and words what the schema finds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Final

from chartkit.model.errors import FileError
from chartkit.model.place import Path, Place, pointer
from chartkit.model.render import Hit, Manifest
from chartkit.rules import Facts
from chartkit.rules.policies import _schema
from chartkit.rules.policies._policy import Policy, fill_words, parts

if TYPE_CHECKING:
    import jsonschema_rs

_LONGEST: Final = 120


def judge(policy: Policy, facts: Facts) -> Iterator[Hit]:
    """What *policy* says of a case, or of each of its objects."""
    if not _takes_case(policy, facts):
        return
    if policy.subject == "case":
        yield from _judge_case(policy, facts)
        return
    for manifest in facts.objects.manifests:
        yield from judge_object(policy, manifest, facts)


def judge_object(policy: Policy, manifest: Manifest, facts: Facts | None) -> Iterator[Hit]:
    """What *policy* says of *manifest*; *facts* may only be absent where the policy needs none."""
    if not _takes_object(policy, manifest):
        return
    row: Mapping[str, Any] | None = None
    if policy.inventory and facts:
        row = policy.inventory.row(manifest.resource.name, _release(policy, facts))
        if (row is None) != (policy.select.inventory == "absent"):
            return
    about: dict[str, Any] = {}
    owner = manifest if facts else None
    for part in parts(policy.at, manifest):
        validator, fault = _validator(policy, facts, row or {})
        if validator is None:
            yield Hit((), fault, manifest=owner)
            return
        for trouble in _schema.troubles(validator, part.value):
            about = about or {
                "kind": manifest.resource.kind,
                "name": manifest.resource.name,
                **_about(policy, facts),
            }
            path = part.full(trouble.path)
            message, hint = _message(policy, trouble, path, about)
            on_key = trouble.key != "" and trouble.value in (None, trouble.key)
            yield Hit(path, message, hint, on_key=on_key, manifest=owner)


def _judge_case(policy: Policy, facts: Facts) -> Iterator[Hit]:
    validator, fault = _validator(policy, facts, {})
    if validator is None:
        yield Hit((), fault, place=_chart_place(facts, "Chart.yaml", ()))
        return
    manifests = {
        f"{each.resource.kind}/{each.resource.name}": each for each in reversed(facts.objects.manifests)
    }
    for trouble in _schema.troubles(validator, _document(facts, manifests)):
        message, hint = _message(policy, trouble, trouble.path, _about(policy, facts))
        head, key, rest = trouble.path[:1], str(*trouble.path[1:2]), trouble.path[2:]
        if head == ("objects",) and key in manifests:
            yield Hit(_in_object(rest), message, hint, manifest=manifests[key])
        else:
            yield Hit(trouble.path, message, hint, place=_place(facts, trouble.path))


def _document(facts: Facts, manifests: Mapping[str, Manifest]) -> dict[str, Any]:
    """The case as a policy about cases sees it."""
    return {
        "chart": facts.metadata,
        "defaults": facts.defaults,
        "given": facts.given,
        "values": facts.values,
        "case": _case(facts),
        "objects": {key: _summary(manifest) for key, manifest in manifests.items()},
    }


def _case(facts: Facts) -> dict[str, Any]:
    case = facts.objects.case
    return {
        "scenario": case.scenario.name,
        "release": case.scenario.release,
        "namespace": case.scenario.namespace,
        "upgrade": case.scenario.is_upgrade,
        "kubeVersion": case.kube_version,
        "createdBy": facts.created_by,
    }


def _summary(manifest: Manifest) -> dict[str, Any]:
    metadata = manifest.body.get("metadata")
    known = metadata if isinstance(metadata, Mapping) else {}
    resource = manifest.resource
    return {
        "apiVersion": resource.api_version,
        "kind": resource.kind,
        "namespace": resource.namespace,
        "name": resource.name,
        "hooks": list(manifest.hooks),
        "labels": known.get("labels") or {},
        "annotations": known.get("annotations") or {},
    }


def _in_object(path: Path) -> Path:
    """*path* in the summary of an object as a path in the object; its name, where the whole is wrong."""
    if not path:
        return ("metadata", "name")
    return path if path[0] in ("apiVersion", "kind", "hooks") else ("metadata", *path)


def _takes_case(policy: Policy, facts: Facts) -> bool:
    select, case = policy.select, facts.objects.case
    return (
        _fits(facts.objects.chart.name, select.charts)
        and _fits(case.scenario.name, select.scenarios)
        and _schema.takes(select.chart, facts.metadata)
        and _schema.takes(select.given, facts.given)
        and _schema.takes(select.values, facts.values)
    )


def _takes_object(policy: Policy, manifest: Manifest) -> bool:
    select, resource = policy.select, manifest.resource
    return (
        _fits(resource.kind, select.kinds)
        and _fits(resource.api_version, select.api_versions)
        and _fits(resource.name, select.names)
        and _schema.takes(select.object, manifest.body)
    )


def _fits(name: str, patterns: Iterable[str]) -> bool:
    patterns = tuple(patterns)
    return not patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _release(policy: Policy, facts: Facts) -> Any:
    return _schema.filled(policy.release, lambda kind, argument: _known(facts, kind, argument))


def _known(facts: Facts, kind: str, argument: Any) -> Any:
    """What a reference to the case means."""
    sources = {"$value": facts.values, "$chart": facts.metadata, "$case": _case(facts)}
    return _schema.dig(sources[kind], str(argument)) if kind in sources else None


def _validator(
    policy: Policy, facts: Facts | None, row: Mapping[str, Any]
) -> tuple[jsonschema_rs.Draft202012Validator | None, str]:
    """The validator of the policy for these facts, or why none can be made of them."""
    schema = policy.fixed
    if facts is not None and not schema:
        known = facts

        def lookup(kind: str, argument: Any) -> Any:
            if kind != "$inventory":
                return _known(known, kind, argument)
            is_list = isinstance(argument, Mapping)
            return _names(policy, known, argument) if is_list else row.get(str(argument))

        schema = json.dumps(_schema.filled(policy.schema, lookup))
    try:
        return _schema.compiled(schema), ""
    except _schema.BadSchema as error:
        return None, f"cannot be judged, since a value of the chart does not fit the policy: {error}"


def _names(policy: Policy, facts: Facts, argument: Mapping[str, Any]) -> list[str]:
    """The names in the inventory that a case is expected to hold, written in the form ``as``."""
    if policy.inventory is None:
        return []
    names = policy.inventory.names(_release(policy, facts), argument.get("where") or {})
    return [str(argument.get("as", "{name}")).replace("{name}", name) for name in names]


def _about(policy: Policy, facts: Facts | None) -> dict[str, Any]:
    if facts is None:
        return {}
    case = facts.objects.case
    release = _release(policy, facts) if policy.inventory else case.scenario.release
    return {"chart": case.chart, "scenario": case.scenario.name, "release": release}


def _message(
    policy: Policy, trouble: _schema.Trouble, path: Path, about: Mapping[str, Any]
) -> tuple[str, str]:
    words = {
        **about,
        "value": _short(trouble.value),
        "key": trouble.key,
        "path": pointer(path),
        "expected": trouble.expected,
        "reason": trouble.reason,
    }
    return fill_words(policy.message, words), fill_words(policy.hint, words)


def _short(value: Any) -> Any:
    text = value if isinstance(value, str) else repr(value)
    return value if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _place(facts: Facts, path: Path) -> Place:
    """Where the value at *path* in the case's document is written."""
    head, rest = path[:1], path[1:]
    scenario = facts.objects.case.scenario.place
    is_given = head == ("given",) or (head == ("values",) and rest[:1] and rest[0] in facts.given)
    if scenario and (is_given or head == ("case",)):
        return scenario
    if head in (("defaults",), ("values",)):
        return _chart_place(facts, "values.yaml", rest)
    return _chart_place(facts, "Chart.yaml", rest if head == ("chart",) else ())


def _chart_place(facts: Facts, name: str, path: Path) -> Place:
    from chartkit.syntax.yaml.yaml_file import loads

    chart = facts.objects.chart
    canonical = f"{chart.name}/{name}"
    file = chart.origin(canonical)
    if not path:
        return Place(file)
    try:
        return loads(chart.files.get(canonical, b"").decode("utf-8", "replace"), file).place(path)
    except FileError:
        return Place(file)
