"""The words for branches that were missed, in every report alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from chartkit.model.coverage import BranchCoverage, DefineCoverage, FileCoverage

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

_TAKEN: Final[Mapping[str, str]] = {
    "if": "true", "else if": "true", "with": "set", "else with": "set", "zero": "empty",
}  # fmt: skip


def reason(branch: BranchCoverage) -> str:
    """Why *branch* is not covered, as words after its `subject`."""
    if not branch.reached:
        return "never run" if branch.hidden else "never asked"
    if branch.kind == "else" and branch.simple:
        return "never empty" if branch.head == "with" else "never false"
    if branch.kind == "else":
        return "never taken"
    return _MISSED[branch.kind]


def subject(branch: BranchCoverage) -> str:
    """What decides, as it is written."""
    function, _, outcome = branch.kind.partition(" ")
    if outcome and function != "else":
        return f"{branch.text} in {function}"
    if branch.kind in {"zero", "one", "many"} or (branch.kind == "else" and branch.simple):
        return f"{branch.head} {branch.text}"
    return branch.kind if branch.kind == "else" else f"{branch.kind} {branch.text}"


def taken(branch: BranchCoverage) -> str:
    """The way itself, for lists of all ways: ``true``, ``empty``."""
    if branch.kind == "else" and branch.simple:
        return "empty" if branch.head == "with" else "false"
    function, _, outcome = branch.kind.partition(" ")
    if outcome and function != "else":
        return outcome
    return _TAKEN.get(branch.kind, branch.kind)


def word(branch: BranchCoverage) -> str:
    """What `exclusions` call it: the outcome of an operand, else its kind."""
    function, _, outcome = branch.kind.partition(" ")
    return outcome if outcome and function != "else" else branch.kind


def in_file(file: FileCoverage, *, hidden: bool = False) -> Mapping[tuple[int, str], Sequence[str]]:
    """What is missed of a template, by line and `subject`; with what is *hidden* behind that, too."""
    found: dict[tuple[int, str], dict[str, None]] = {}
    for define in file.defines:
        if not define.hits and not define.excuse:
            found[define.line, f'define "{define.name}"'] = {never_called(define): None}
    for branch in file.branches:
        if branch.missed and (hidden or not branch.hidden):
            found.setdefault((branch.line, subject(branch)), {})[reason(branch)] = None
    return {key: tuple(found[key]) for key in sorted(found, key=lambda key: key[0])}


def line_ranges(lines: Iterable[int], known: Collection[int]) -> str:
    """Line numbers as ``3, 7-9``; those that are not *known*, as blank ones, do not part two others."""
    missing, found = set(lines), list[list[int]]()
    open_ = False
    for line in sorted(known):
        if line not in missing:
            open_ = False
        elif open_:
            found[-1][1] = line
        else:
            found.append([line, line])
            open_ = True
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in found)


def never_called(define: DefineCoverage) -> str:
    """Why a named template is not covered."""
    if define.replaced is not None:
        return f"never called: {define.replaced.file}:{define.replaced.line} is"
    return "perhaps called from values" if define.unseen else "never called"
