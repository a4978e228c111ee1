"""The rules: one module each, whose docstring is the rule's page.

Adding a module adds the rule; modules that begin with ``_`` are what rules are made of.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType

from chartkit.rules._facts import facts
from chartkit.rules._rule import SUBJECTS, Facts, Rule, declared, rule

__all__ = [
    "SUBJECTS",
    "Facts",
    "Rule",
    "declared",
    "document",
    "facts",
    "load",
    "rule",
]


@functools.cache
def load() -> Mapping[str, Rule]:
    """Every Python rule by its id, in the order of ids."""
    found: dict[str, Rule] = {}
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg and not module.name.startswith("_"):
            loaded = importlib.import_module(f"{__name__}.{module.name}")
            rules = [value for value in vars(loaded).values() if isinstance(value, Rule)]
            found |= {each.id: replace(each, text=loaded.__doc__ or "") for each in rules}
    return MappingProxyType(dict(sorted(found.items())))


def index(of: Iterable[Rule]) -> str:
    """The Markdown page that lists the rules *of*, for the folder of rules."""
    ordered = sorted(of, key=lambda each: each.id)
    lines = [
        "<!-- Written by `make docs`; do not edit. -->",
        "",
        "# Rules",
        "",
        f"{len(ordered)} rules. `chartkit rule ID` shows a page, too.",
        "",
        "| rule | severity | sets | what is wrong |",
        "| --- | --- | --- | --- |",
    ]
    for each in ordered:
        sets = ", ".join(each.sets)
        link = f"../../docs/rules/{each.id}.md"
        lines.append(f"| [{each.id}]({link}) | {each.severity.label} | {sets} | {each.page.summary} |")
    return "\n".join(lines) + "\n"


def document(of: Rule) -> str:
    """The Markdown page of one rule, for the folder ``docs/rules``."""
    source = of.origin or f"chartkit/rules/{of.id.replace('-', '_')}.py"
    lines = [
        "<!-- Written by `make docs`; do not edit. -->",
        "",
        f"# {of.id}",
        "",
        f"{of.severity.label.capitalize()}, in the set {' and '.join(of.sets)}: [{source}](../../{source})",
        "",
        of.text.strip(),
    ]
    return "\n".join(lines) + "\n"
