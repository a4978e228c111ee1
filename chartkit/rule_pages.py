"""What `chartkit rules` and `chartkit rule ID` print: the pages that rules carry with them."""

from __future__ import annotations

from typing import Final

from chartkit.closest import suggestion
from chartkit.config import Config
from chartkit.config.known_rules import rules_of
from chartkit.errors import ConfigError
from chartkit.rules import Rule
from chartkit.terminal import paint, visible, wrap

_BESIDE: Final = 11
"""Columns of an index for the severity and the gaps beside it."""
_NARROWEST: Final = 20


def index(config: Config, *, width: int, color: bool) -> str:
    """Of each rule its id, severity in this configuration (or off), and summary, in full."""
    every, on = rules_of(config)
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
    facts = [on.severity.label if on else "off here", f"in the set {' and '.join(rule.sets)}"]
    return [*facts, f"policy {rule.origin}"] if rule.origin else facts
