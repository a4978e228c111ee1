"""Which rules there are, and which of them are on in a run, with what severity."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from chartkit import rules
from chartkit.model.errors import ConfigError
from chartkit.model.finding import RuleText, Severity
from chartkit.rules import Rule, policies
from chartkit.system.paths import shown

INCLUDED: Final[Mapping[str, tuple[str, ...]]] = {
    "recommended": ("recommended",),
    "strict": ("recommended", "strict"),
    "linkerd": ("recommended", "linkerd"),
}
"""The rule sets, and whose rules each of them holds; a set of a user's policy holds its own."""


def known(policy_paths: tuple[str, ...] = ()) -> Mapping[str, Rule]:
    """Every rule by id: Python rules, shipped policies, and those of the files in *policy_paths*.

    Raises ConfigError for a policy that cannot be read, or that takes an id which is taken; it names files
    relative to the working directory.
    """
    return _known(policy_paths, pathlib.Path.cwd() if policy_paths else None)


@functools.cache
def _known(policy_paths: tuple[str, ...], cwd: pathlib.Path | None) -> Mapping[str, Rule]:
    found: dict[str, Rule] = {**rules.load(), **policies.shipped()}
    for path in map(pathlib.Path, policy_paths):
        for name, policy in policies.load(path, shown(path, cwd) if cwd else "").items():
            if name in found:
                message = f"{policy.origin}: id: {name!r} is the id of another rule already"
                raise ConfigError(message, "give the policy an id of its own")
            found[name] = policy
    return MappingProxyType(dict(sorted(found.items())))


def enabled(
    every: Mapping[str, Rule],
    sets: Sequence[str],
    severities: Mapping[str, Severity | None],
    select: Collection[str] = (),
    deselect: Collection[str] = (),
) -> Mapping[str, Rule]:
    """The rules that are on: those of *sets*, those in no set (policies that somebody has named the file of),
    those that have one of *severities*, not those that have None.

    *select* leaves only the rules that it names (whatever their set), *deselect* takes some away.
    """
    included = {part for name in sets for part in INCLUDED.get(name, (name,))}
    on: dict[str, Rule] = {}
    for name, rule in every.items():
        severity = severities.get(name, rule.severity)
        asked = name in severities or not rule.sets or not included.isdisjoint(rule.sets)
        wanted = name in select if select else asked
        if wanted and severity is not None and name not in deselect:
            on[name] = replace(rule, severity=severity)
    return MappingProxyType(on)


def texts(
    names: Iterable[str], on: Mapping[str, Rule], policy_paths: tuple[str, ...]
) -> tuple[RuleText, ...]:
    """What reports say of the rules *names*, with the severities that they have in *on*."""
    every = {**known(policy_paths), **on}
    rules = [every[name] for name in sorted(set(names) & every.keys())]
    return tuple(RuleText(rule.id, rule.severity, rule.text, rule.sets) for rule in rules)
