"""What of a render shows whatever is in the values: dumps of all of them, and checksums of such dumps.

They are found by a key that no template can know; what changes by it is left out where renders are
compared, so that a key does not seem to be used because everything is printed somewhere.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

_SOURCE: Final = "\n---\n# Source: "

Trail = tuple[str, ...]
"""The keys that a line of YAML is below, by indentation alone, and its own."""


def documents(text: str) -> Iterator[tuple[str, str]]:
    """Each document of a render with the template that made it; not the files in ``crds/``."""
    before, *parts = f"\n{text}".split(_SOURCE)
    if before.strip():
        yield "", before[1:]
    for part in parts:
        source, _, body = part.partition("\n")
        if "/crds/" not in source or "/templates/" in source:
            yield source, body


@dataclass(slots=True)
class ValueMask:
    """What is left out: of which template's documents, below which keys."""

    trails: frozenset[tuple[str, Trail]] = frozenset()
    known: dict[tuple[str, str], str] = field(default_factory=dict)

    def over(self, text: str) -> str:
        """*text* without what is masked."""
        if not self.trails:
            return text
        return "".join(self._document(source, body) for source, body in documents(text))

    def _document(self, source: str, body: str) -> str:
        if (source, body) not in self.known:
            masked = {trail for name, trail in self.trails if name == source}
            self.known[source, body] = f"---\n# Source: {source}\n" + (
                _without(body, masked) if masked else body
            )
        return self.known[source, body]


def _without(body: str, masked: Collection[Trail]) -> str:
    """The lines of *body* that are below none of the keys that are *masked*."""
    kept: list[str] = []
    hidden: Trail = ()
    lines = body.split("\n")
    for line, trail in zip(lines, trails(lines), strict=True):
        if hidden and trail[: len(hidden)] == hidden:
            continue
        hidden = trail if trail in masked else ()
        if not hidden:
            kept.append(line)
    return "\n".join(kept)


def trails(lines: Sequence[str]) -> Iterator[Trail]:
    """The trail of each line."""
    above: list[tuple[int, str]] = []
    for line in lines:
        stripped = line.lstrip(" ")
        if stripped:
            indent = len(line) - len(stripped)
            while above and above[-1][0] >= indent:
                above.pop()
            above.append((indent, stripped.partition(":")[0]))
        yield tuple(key for _, key in above)


def found(plain: str, probed: str, probe: str) -> ValueMask:
    """The mask of what differs between a render and the one with the key *probe*."""
    masked: set[tuple[str, Trail]] = set()
    before, after = list(documents(plain)), list(documents(probed))
    if [source for source, _ in before] != [source for source, _ in after]:
        return ValueMask()
    for (source, old), (_, new) in zip(before, after, strict=True):
        if old != new:
            masked |= {
                (source, trail) for trail in _differing(old.split("\n"), new.split("\n"), probe) if trail
            }
    return ValueMask(frozenset(masked))


def _differing(old: Sequence[str], new: Sequence[str], probe: str) -> Iterator[Trail]:
    old_trails, new_trails = list(trails(old)), list(trails(new))
    for tag, low, high, start, end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        inside = [
            trail for trail in new_trails[start:end] if trail and trail[-1].strip("'\"- ").startswith(probe)
        ]
        if inside:  # an entry of its own: what holds it is a dump
            yield from (trail[:-1] or trail for trail in inside)
        else:
            yield from new_trails[start:end]
            yield from old_trails[low:high]
