"""What a branch that was not taken is called, in every report alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from chartkit.coverage import Branch

_MISSED: Final[Mapping[str, str]] = {
    "if": "never true",
    "else if": "never true",
    "with": "never set",
    "else with": "never set",
    "zero": "never empty",
    "one": "never with one item",
    "many": "never with several items",
    "default given": "always left to its default",
    "default empty": "never left to its default",
    "ternary true": "never true",
    "ternary false": "never false",
    "and true": "never true",
    "and false": "never false",
    "or true": "never true",
    "or false": "never false",
    "coalesce given": "never taken",
    "coalesce empty": "never empty",
}


def missed(branch: Branch) -> str:
    """Why *branch* is not covered, said of its `subject`."""
    if not branch.reached:
        return "never reached"
    if branch.kind == "else" and branch.simple:
        return "never empty" if branch.head == "with" else "never false"
    if branch.kind == "else":
        return "never left over"
    return _MISSED[branch.kind]


def subject(branch: Branch) -> str:
    """What decides, as it is written."""
    function, _, outcome = branch.kind.partition(" ")
    if outcome and function != "else":
        return f"{branch.text} in {function}"
    if branch.kind in {"zero", "one", "many"} or (branch.kind == "else" and branch.simple):
        return f"{branch.head} {branch.text}"
    return branch.kind if branch.kind == "else" else f"{branch.kind} {branch.text}"


def taken(branch: Branch) -> str:
    """The way itself, for lists of all ways: ``true``, ``empty``."""
    function, _, outcome = branch.kind.partition(" ")
    if outcome and function != "else":
        return outcome
    return {"if": "true", "else if": "true", "with": "set", "else with": "set"}.get(branch.kind, branch.kind)


def word(branch: Branch) -> str:
    """What `excuses` call it: the outcome of an operand, else its kind."""
    function, _, outcome = branch.kind.partition(" ")
    return outcome if outcome and function != "else" else branch.kind
