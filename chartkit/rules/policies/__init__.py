"""Policies: rules that are YAML files, with a JSON Schema instead of Python.

A policy without references, inventory or selection by chart looks at one object (``on`` is Manifest);
every other one looks at the facts of a case.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath
from types import MappingProxyType

from chartkit.model.errors import ConfigError
from chartkit.model.render import Hit, Manifest
from chartkit.rules import Facts, Rule
from chartkit.rules.policies import _judging
from chartkit.rules.policies._policy import Policy, read
from chartkit.system.package import schemas_folder

__all__ = ["load", "shipped"]


@functools.cache
def shipped() -> Mapping[str, Rule]:
    """The policies that come with chartkit, by id."""
    return load(schemas_folder() / "policies", "schemas/policies")


def load(path: FilePath, shown: str = "") -> Mapping[str, Rule]:
    """The policies of the file at *path*, or of every YAML file in the folder at *path*, by id.

    *shown* is how messages name it. Raises ConfigError with file, line, key and what was expected.
    """
    shown = shown or str(path)
    if not path.is_dir():
        return MappingProxyType(_by_id([(path, shown)]))
    files = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml") and file.is_file())
    if not files:
        raise ConfigError(f"there is no policy in {shown!r}", "name a policy file, or a folder of them")
    return MappingProxyType(_by_id([(file, f"{shown.rstrip('/')}/{file.name}") for file in files]))


def _by_id(files: list[tuple[FilePath, str]]) -> dict[str, Rule]:
    found: dict[str, Rule] = {}
    for file, shown in files:
        rule = _rule(read(file, shown), shown)
        if rule.id in found:
            message = f"{shown}: id: {rule.id!r} is already the policy in {found[rule.id].origin}"
            raise ConfigError(message, "give each policy an id of its own")
        found[rule.id] = rule
    return dict(sorted(found.items()))


def _rule(policy: Policy, shown: str) -> Rule:
    def check_object(manifest: Manifest) -> Iterator[Hit]:
        return _judging.judge_object(policy, manifest, None)

    def check_case(facts: Facts) -> Iterator[Hit]:
        return _judging.judge(policy, facts)

    return Rule(
        policy.id,
        policy.severity,
        Facts if policy.needs_facts else Manifest,
        check_case if policy.needs_facts else check_object,
        policy.sets,
        policy.page,
        shown,
        policy.stamp,
    )
