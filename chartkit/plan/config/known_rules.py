"""The rules and rule sets that there are, and names in the configuration that none of them has."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chartkit.model.errors import Problem
from chartkit.model.place import Place
from chartkit.model.render import Release
from chartkit.system.did_you_mean import suggestion

if TYPE_CHECKING:  # the rules are only looked up where a name of one stands
    from chartkit.plan.config import Config
    from chartkit.rules import Rule

SETS: Final = ("recommended", "strict", "linkerd")

KnownRules = Callable[[Sequence[pathlib.Path]], Mapping[str, Collection[str]]]
"""Gives, with the user's policy files, the id of every rule, and the rule sets that it is in."""


@dataclass(frozen=True, slots=True)
class NamedRule:
    """A rule or a rule set (*is_set*) that the configuration names as *name*, under *key* at *place*."""

    name: str
    place: Place
    key: str = ""
    is_set: bool = False


def known_rules(policies: Sequence[pathlib.Path]) -> Mapping[str, Collection[str]]:
    """The rules of chartkit, and the policies in the files *policies*."""
    from chartkit.rules import catalogue

    known = catalogue.known(tuple(map(str, policies)))
    return {name: one.sets for name, one in known.items()}


def rules_of(config: Config) -> tuple[Mapping[str, Rule], Mapping[str, Rule]]:
    """Every rule that there is for *config*, and those of them that are on."""
    from chartkit.rules import catalogue

    every = catalogue.described(tuple(map(str, config.policies)), config.cache_dir)
    return every, catalogue.enabled(every, config.sets, config.rules, config.select, config.deselect)


def needs_all_charts(config: Config) -> bool:
    """Whether a rule is on in *config* that looks at all charts together."""
    return any(rule.on is Release for rule in rules_of(config)[1].values())


def unknown_rules(
    names: Iterable[NamedRule], policies: Sequence[pathlib.Path], known: KnownRules
) -> Iterator[Problem]:
    """A mistake for every name that no rule or set has; rules are only looked up where there are names."""
    wanted = [one for one in names if not (one.is_set and one.name in SETS)]
    if not wanted:
        return
    rules = known(policies)
    sets = {*SETS, *(name for of_rule in rules.values() for name in of_rule)}
    for one in wanted:
        if one.name not in (sets if one.is_set else rules):
            what = "rule set" if one.is_set else "rule"
            hint = suggestion(one.name, sets if one.is_set else rules)
            other = (
                "name a file with its folder: ./NAME"
                if one.is_set
                else "see 'chartkit rules' for all of them"
            )
            where = f"{one.key}: " if one.key else ""
            yield Problem(one.place, f"{where}there is no {what} {one.name!r}", hint or other)
