"""The texts that `chartkit rules` and `chartkit rule ID` print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from chartkit.model.errors import ConfigError
from chartkit.plan.config import Config
from chartkit.plan.config.known_rules import rules_of
from chartkit.rules import Rule
from chartkit.rules.catalogue import INCLUDED
from chartkit.system.did_you_mean import suggestion
from chartkit.system.terminal import paint, visible, wrap

_BESIDE: Final = 11
"""Columns of an index for the severity and the gaps beside it."""
_NARROWEST: Final = 20


def index(config: Config, rule_set: str | None = None, *, width: int, color: bool) -> str:
    """One line a rule (of *rule_set*): its id, its severity (or off) in this configuration, its summary."""
    every, on = _listed(config, rule_set)
    longest = max(map(len, every))
    lines = []
    for name, rule in every.items():
        severity = on[name].severity.label if name in on else "off"
        first, *rest = wrap(visible(rule.page.summary), max(width - longest - _BESIDE, _NARROWEST))
        padded = paint(f"{severity:7}", severity if name in on else "dim", color)
        lines.append(f"{paint(name.ljust(longest), 'cyan', color)}  {padded}  {first}")
        lines += (" " * (longest + _BESIDE) + line for line in rest)
    lines.append("")
    lines.append(f"{len(on)} of {len(every)} rules are on. `chartkit rule ID` prints the page of one.")
    return "\n".join(lines) + "\n"


def as_json(config: Config, rule_set: str | None = None) -> str:
    """The same as a JSON list; the severity of a rule that is off is null."""
    every, on = _listed(config, rule_set)
    entries = [
        {
            "id": name,
            "severity": on[name].severity.label if name in on else None,
            "sets": list(rule.sets),
            "summary": rule.page.summary,
            "policy": rule.origin or None,
        }
        for name, rule in every.items()
    ]
    return json.dumps(entries, indent=1) + "\n"


def _listed(config: Config, rule_set: str | None) -> tuple[Mapping[str, Rule], Mapping[str, Rule]]:
    """The rules of *rule_set*, or all, and those of them that are on; ConfigError for an unknown set."""
    every, on = rules_of(config)
    if rule_set is None:
        return every, on
    sets = {*INCLUDED, *(name for rule in every.values() for name in rule.sets)}
    if rule_set not in sets:
        hint = suggestion(rule_set, sets) or f"name one of {', '.join(sorted(sets))}"
        raise ConfigError(f"there is no rule set {rule_set!r}", hint)
    parts = INCLUDED.get(rule_set, (rule_set,))
    mine = {name: rule for name, rule in every.items() if not set(parts).isdisjoint(rule.sets)}
    return mine, {name: rule for name, rule in on.items() if name in mine}


def page(config: Config, name: str, *, color: bool) -> str:
    """The page of the rule called *name*; ConfigError where there is none."""
    every, on = rules_of(config)
    if name not in every:
        raise ConfigError(
            f"there is no rule {name!r}", suggestion(name, every) or "run `chartkit rules` to see all of them"
        )
    rule = every[name]
    head = paint(name, "bold", color) + "  " + ", ".join(_facts(rule, on.get(name)))
    return f"{head}\n\n{rule.text.strip()}\n"


def _facts(rule: Rule, on: Rule | None) -> list[str]:
    facts = [on.severity.label if on else "off here"]
    facts += [f"in the set {' and '.join(rule.sets)}"] if rule.sets else []
    return [*facts, f"policy {rule.origin}"] if rule.origin else facts
