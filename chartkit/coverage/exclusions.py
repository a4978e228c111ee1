"""Branches that are excluded from coverage, with the reason: a comment in the template.

``{{- /* chartkit:uncovered REASON */ -}}`` inside of a branch or a named template stands for that, and
for all that is in it. Ways that have no text are named: ``chartkit:uncovered(else) REASON`` stands for
those of the decision on its line, or on the next line that has one; so do ``if``, ``with``, ``zero``,
``one``, ``many``, ``given``, ``empty``, ``true`` and ``false``, several of them with commas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from chartkit.coverage.outline import Nest
from chartkit.source_map.markers import Block
from chartkit.syntax.gotemplate.lexer import LineIndex

WORDS: Final = (
    "if", "else if", "else", "with", "else with", "zero", "one", "many", "given", "empty", "true", "false",
)  # fmt: skip
_COMMENT: Final = re.compile(
    r"\{\{-?[ \t]{0,8}/\*\s{0,80}chartkit:uncovered\b(?:\((?P<ways>[a-z, ]{0,200})\))?"
    r"(?P<reason>(?:[^*]|\*(?!/)){0,1000})\*/"
)


@dataclass(frozen=True, slots=True)
class Exclusions:
    """The reasons by the number of the block; *wrong* are lines of comments that exclude nothing, and why."""

    reasons: Mapping[int, str] = field(default_factory=dict)
    lines: Mapping[int, int] = field(default_factory=dict)
    wrong: tuple[tuple[int, str], ...] = ()


def exclusions(source: str, blocks: Sequence[Block], ways: Mapping[int, str]) -> Exclusions:
    """What the comments of a template exclude; *ways* are its branches: the word for each, by number."""
    reasons: dict[int, str] = {}
    lines: dict[int, int] = {}
    wrong: list[tuple[int, str]] = []
    if "chartkit:uncovered" not in source:
        return Exclusions()
    index = LineIndex(source)
    nest = Nest(blocks)
    for comment in _COMMENT.finditer(source):
        line = index.at(comment.start())[0]
        reason = " ".join(comment["reason"].split()).lstrip(": ")
        words = _words(comment["ways"])
        if not reason:
            wrong.append((line, "it gives no reason, so it does nothing"))
        elif unknown := [word for word in words if word not in WORDS]:
            wrong.append((line, f"there is no way called {unknown[0]!r}; there are {', '.join(WORDS)}"))
        else:
            meant = list(_named(blocks, ways, line, words) if words else _inside(blocks, nest, comment))
            reasons.update(dict.fromkeys(meant, reason))
            lines.update(dict.fromkeys(meant, line))
            if not meant:
                wrong.append((line, "there is nothing here that it could stand for"))
    return Exclusions(reasons, lines, tuple(wrong))


def _words(ways: str | None) -> list[str]:
    return [word for each in (ways or "").split(",") if (word := " ".join(each.split()))]


def _named(
    blocks: Sequence[Block], ways: Mapping[int, str], line: int, words: Sequence[str]
) -> Iterator[int]:
    decisions = {number: _decided_at(blocks, number) for number in ways}
    later = [at for at in decisions.values() if at >= line]
    if later:
        nearest = min(later)
        yield from (number for number, at in decisions.items() if at == nearest and ways[number] in words)


def _decided_at(blocks: Sequence[Block], number: int) -> int:
    chain = blocks[number].chain
    return blocks[number if chain is None else chain].line


def _inside(blocks: Sequence[Block], nest: Nest, comment: re.Match[str]) -> Iterator[int]:
    """The block that holds the comment, and all that is in it."""
    around = nest.around(comment.start())
    if around is not None:
        outer = blocks[around]
        for number, block in enumerate(blocks):
            if outer.start <= block.start and block.end <= outer.end:
                yield number
