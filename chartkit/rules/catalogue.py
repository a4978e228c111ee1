"""Which rules there are, and which of them are on in a run, with what severity."""

from __future__ import annotations

import functools
import pathlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from chartkit import rules
from chartkit.model.errors import ConfigError
from chartkit.model.finding import RuleText, Severity
from chartkit.model.render import Hit
from chartkit.rules import SUBJECTS, Rule
from chartkit.system import cache
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
    return _with_policies(_shipped(), policy_paths, cwd)


def described(policy_paths: tuple[str, ...], cache_dir: pathlib.Path | None) -> Mapping[str, Rule]:
    """As `known`, but from the cache, where there is one: each rule is loaded when it checks something first.

    To import every rule takes longer than all else that a run does in which nothing has changed.
    """
    if cache_dir is None:
        return known(policy_paths)
    shipped = _described(cache.store_in(str(cache_dir), keeps=True))
    return _with_policies(shipped, policy_paths, pathlib.Path.cwd()) if policy_paths else shipped


@functools.cache
def _described(store: cache.Store) -> Mapping[str, Rule]:
    name = cache.key("rules")
    if (entries := store.get_json(name)) is None:
        store.put_json(name, [_entry(rule) for rule in _shipped().values()])
        return _shipped()
    return MappingProxyType({rule.id: rule for rule in map(_of_entry, entries)})


def _entry(rule: Rule) -> list[object]:
    on = SUBJECTS.index(rule.on) if rule.on else None
    return [rule.id, rule.severity.value, on, rule.sets, rule.text, rule.origin, rule.stamp]


def _of_entry(entry: list[Any]) -> Rule:
    name, severity, on, sets, *texts = entry

    def check(subject: Any) -> Iterator[Hit]:
        real = _shipped()[name].check
        return real(subject) if real else iter(())

    subject = None if on is None else SUBJECTS[on]
    return Rule(name, Severity(severity), subject, check if subject else None, tuple(sets), *texts)


@functools.cache
def _shipped() -> Mapping[str, Rule]:
    from chartkit.rules import policies

    return MappingProxyType(dict(sorted({**rules.load(), **policies.shipped()}.items())))


def _with_policies(
    shipped: Mapping[str, Rule], policy_paths: tuple[str, ...], cwd: pathlib.Path | None
) -> Mapping[str, Rule]:
    from chartkit.rules import policies

    found = dict(shipped)
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


def texts(names: Iterable[str], on: Mapping[str, Rule], every: Mapping[str, Rule]) -> tuple[RuleText, ...]:
    """What reports say of the rules *names* of *every* one, with the severities that they have in *on*."""
    rules = [{**every, **on}[name] for name in sorted(set(names) & every.keys())]
    return tuple(RuleText(rule.id, rule.severity, rule.text, rule.sets) for rule in rules)
