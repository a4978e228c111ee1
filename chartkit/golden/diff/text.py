"""How a difference of two renders reads: lines whose place says what they are.

An object's line begins at the margin with its sign; below it stand paths, at the fourth column, and
values, with their sign at the sixth.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from chartkit.golden.diff.lines import line_diff
from chartkit.golden.diff.tree import Change
from chartkit.model.place import ResourceId
from chartkit.system.terminal import paint, visible

if TYPE_CHECKING:  # reading manifests is not needed to say how a difference reads
    from chartkit.golden.diff import ObjectDiff

_MARGIN: Final = "    "
_VALUE_LINES: Final = 200
_STYLES: Final = {"-": "red", "+": "green", "~": "yellow"}


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
    told = [f"{counts[kind]} {word}" for kind, word in words.items() if word and counts[kind]]
    if told:
        number, _, rest = told[0].partition(" ")
        told[0] = f"{number} object{'' if number == '1' else 's'} {rest}"
    return ", ".join([*told, *(["order changed"] if counts["moved"] else [])])


def describe(diffs: Iterable[ObjectDiff]) -> Iterator[str]:
    """The lines of a difference, as they come from the charts: not yet safe for a terminal.

    Of an object that is gone only the name is told.
    """
    return (line for line, _, _ in told(diffs))


def told(diffs: Iterable[ObjectDiff]) -> Iterator[tuple[str, ObjectDiff, Change | None]]:
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


def _change(change: Change) -> Iterator[str]:
    if change.where:
        yield f"{_MARGIN}{change.where}" + (" order changed" if change.kind == "moved" else "")
    yield from (f"{_MARGIN}  {line}".rstrip(" ") for line in _values(change))


def _values(change: Change) -> Iterator[str]:
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
