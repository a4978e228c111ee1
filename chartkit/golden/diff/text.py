"""How a difference of two renders reads: lines whose place says what they are.

An object's line begins at the margin with its sign; below it stand paths, at the fourth column, and
values, with their sign at the sixth.
"""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from chartkit.golden.changing_lines import carry
from chartkit.golden.diff.values import ValueChange
from chartkit.model.place import ResourceId
from chartkit.system.terminal import paint, visible

_MARGIN: Final = "    "
_VALUE_LINES: Final = 200
_STYLES: Final = {"-": "red", "+": "green", "~": "yellow"}


@dataclass(frozen=True, slots=True)
class ObjectDiff:
    """What became of one object, or of the documents of one template that hold none.

    *resource* is the new object (the old one where *kind* is ``removed``), *was* the old one where
    it is ``renamed``. Where *kind* is ``text``, *lines* are the lines that differ, each after its
    sign ``-``, ``+`` or space; where it is ``moved``, they name what stands elsewhere, unchanged.
    *changes* of ``added`` and ``removed`` is one change, the whole object.
    """

    kind: Literal["changed", "added", "removed", "renamed", "text", "moved"]
    source: str = ""
    resource: ResourceId | None = None
    was: ResourceId | None = None
    changes: tuple[ValueChange, ...] = ()
    lines: tuple[str, ...] = ()


def summary(diffs: Iterable[ObjectDiff]) -> str:
    """Count the differences: ``2 objects changed, 1 added``."""
    counts: Counter[str] = Counter(each.kind for each in diffs)
    words = {
        "changed": "changed",
        "renamed": "renamed",
        "added": "added",
        "removed": "removed",
        "text": "different only in comments, blanks or quotes",
        "moved": "",
    }
    parts = [f"{counts[kind]} {word}" for kind, word in words.items() if word and counts[kind]]
    if parts:
        number, _, rest = parts[0].partition(" ")
        parts[0] = f"{number} object{'' if number == '1' else 's'} {rest}"
    return ", ".join([*parts, *(["order changed"] if counts["moved"] else [])])


def describe(diffs: Iterable[ObjectDiff]) -> Iterator[str]:
    """The lines of a difference, as they come from the charts: not yet safe for a terminal.

    Of an object that is gone there is only the name.
    """
    return (line for line, _, _ in with_subjects(diffs))


def with_subjects(diffs: Iterable[ObjectDiff]) -> Iterator[tuple[str, ObjectDiff, ValueChange | None]]:
    """As `describe`, each line with what it is about; the change only where the line names its path."""
    for each in diffs:
        whole = each.changes[0] if each.kind == "added" and each.changes else None
        yield _headline(each), each, whole
        if each.kind == "text":
            yield from ((f"{_MARGIN}  {line}".rstrip(" "), each, None) for line in _spaced(each.lines))
        for change in each.changes if each.kind != "removed" else ():
            for index, line in enumerate(_change(change)):
                yield line, each, change if change.where and not index else None


def painted(line: str, color: bool) -> str:
    """One line of `describe`, made visible, in the colour of its sign."""
    style = style_of(line)
    return paint(visible(line), style, color) if style else visible(line)


def style_of(line: str) -> str:
    """The style of one line of `describe`; empty for context."""
    if line.startswith(_MARGIN):
        return _STYLES.get(line[6:7], "") if line[4:6] == "  " else "bold"
    return _STYLES.get(line[:1], "")


def line_diff(old: str, new: str, context: int = 1) -> tuple[str, ...]:
    """The lines that differ, each after its sign, with *context* lines around; ``…`` between places."""
    ones, twos = old.split("\n"), carry(old, new).split("\n")
    if ones[-1] == twos[-1] == "":  # both end with a line end: there is no last line to speak of
        ones, twos = ones[:-1], twos[:-1]
    found = list(difflib.unified_diff(ones, twos, n=context, lineterm=""))[2:]
    shown = ("…" if line.startswith("@@") else _ending_shown(line) for line in found)
    return tuple(shown)[1:]


def _ending_shown(line: str) -> str:
    """*line* with dots for the spaces that end it: they may be all that differs."""
    kept = line[0] + line[1:].rstrip(" ")
    return kept + "·" * (len(line) - len(kept)) if line[0] in "-+" else line


def _headline(each: ObjectDiff) -> str:
    named = _named(each.resource) if each.resource else each.source or "the beginning"
    if each.kind == "added":
        return f"+ {named} added"
    if each.kind == "removed":
        return f"- {named} removed"
    if each.kind == "renamed" and each.was:
        return f"~ {named} renamed from {_named(each.was)}"
    if each.kind == "text":
        return f"~ {named} differs only in its text"
    if each.kind == "moved":
        return f"~ order changed, moved: {_listed(each.lines)}"
    return f"~ {named}"


def _named(resource: ResourceId) -> str:
    return f"{resource} in {resource.namespace}" if resource.namespace else str(resource)


def _listed(names: Sequence[str], most: int = 10) -> str:
    more = f", +{len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _change(change: ValueChange) -> Iterator[str]:
    if change.where:
        yield f"{_MARGIN}{change.where}" + (" order changed" if change.kind == "moved" else "")
    yield from (f"{_MARGIN}  {line}".rstrip(" ") for line in _values(change))


def _values(change: ValueChange) -> Iterator[str]:
    old, new = change.old, change.new
    if change.kind == "moved":
        yield f"- {_listed([_short(item) for item in old])}"
        yield f"+ {_listed([_short(item) for item in new])}"
    elif isinstance(old, str) and isinstance(new, str) and "\n" in old + new:
        yield from _spaced(line_diff(old, new, context=2))
    else:
        if change.kind != "added":
            yield from (f"- {line}" for line in _dumped(old))
        if change.kind != "removed":
            yield from (f"+ {line}" for line in _dumped(new))


def _spaced(lines: Sequence[str]) -> Iterator[str]:
    return (f"{line[:1]} {line[1:]}" for line in _limited(lines))


def _short(value: object) -> str:
    line = " ".join(_dumped(value))
    return line if len(line) <= 40 else line[:39] + "…"


def _dumped(value: Any) -> list[str]:
    """*value* as YAML, so that ``1`` and ``'1'`` look different."""
    import yaml

    dumped = yaml.dump(
        value, Dumper=_dumper(), sort_keys=False, allow_unicode=True, default_flow_style=False, width=10_000
    )
    return _limited(dumped.removesuffix("...\n").rstrip("\n").split("\n"))


def _limited(lines: Sequence[str]) -> list[str]:
    more = len(lines) - _VALUE_LINES
    return [*lines[:_VALUE_LINES], f"… {more} more lines"] if more > 0 else [*lines]


@functools.cache
def _dumper() -> Any:
    import yaml

    base = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    dumper: Any = type("Dumper", (base,), {"ignore_aliases": lambda *_: True})
    dumper.add_representer(str, _string)
    return dumper


def _string(dumper: Any, value: str) -> Any:
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)
