"""Adds entries to YAML that people write, and leaves every other letter of it as it was.

The text is not printed anew, which would move comments and respell values: an entry is put where the last one
of its mapping ends, in the style of that mapping. What comes out is read again, and must hold what was there
and the entry, nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from chartkit.model.errors import FileError
from chartkit.syntax.yaml.yaml_file import loads

WIDTH: Final = 100
"""The longest line that a mapping or list is put on."""

_PLAIN: Final = re.compile(r"[A-Za-z_/][\w./@+-]*(?: [\w./@+-]+)*", re.ASCII)
_NOT_TEXT: Final = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|nan|inf")


class Unwritable(ValueError):
    """The entry cannot be added without touching the rest."""


@dataclass(slots=True)
class _Span:
    """Where a value stands in a text: from *start* to *end*.

    A mapping or list is in braces (*flow*), or its keys or dashes stand at *column*. A mapping has *entries*,
    a key has a *name*.
    """

    start: int
    end: int
    flow: bool = False
    column: int = 0
    entries: dict[str, _Span] | None = None
    name: str = ""


def added(text: str, path: Sequence[str], value: Any) -> str:
    """*text* with *value* at *path*, whose mappings are made where there are none; raises `Unwritable`.

    FileError where *text* cannot be read. What stands at *path* already is not touched.
    """
    before = loads(text, "").data
    wanted = _with(before, path, value)
    return text if wanted == before else _checked(text, wanted, lambda lines: _inserted(lines, path, value))


def appended(text: str, key: str, lines: Sequence[str]) -> str:
    """*text* with one more item in the list at *key*, which is made where there is none.

    *lines* are the item as YAML, the dash included. Raises `Unwritable`; FileError where *text* cannot
    be read.
    """
    before = loads(text, "").data
    items = before.get(key) if isinstance(before, dict) else None
    if not isinstance(before, dict | None) or not isinstance(items, list | None):
        raise Unwritable(f"{key!r} is no list")
    wanted = {**(before or {}), key: [*(items or ()), *loads("\n".join(lines), "").data]}
    return _checked(text, wanted, lambda before: _with_item(before, key, lines))


def _checked(text: str, wanted: object, edit: Callable[[str], str]) -> str:
    """*text* after *edit*, which sees line feeds only; Unwritable where it does not say what is *wanted*."""
    is_windows = 0 < text.count("\r\n") == text.count("\n")
    changed = edit(text.replace("\r\n", "\n")).replace("\n", "\r\n") if is_windows else edit(text)
    try:
        is_right = loads(changed, "").data == wanted
    except FileError:
        is_right = False
    if not is_right:
        raise Unwritable("the entry cannot be added without changing the rest of the file")
    return changed


def _with(data: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value if data is None else data
    if data is not None and not isinstance(data, dict):
        raise Unwritable(f"{path[0]!r} cannot be put into what is no mapping")
    below = (data or {}).get(path[0])
    return {**(data or {}), path[0]: _with(below, path[1:], value)}


def _inserted(text: str, path: Sequence[str], value: Any) -> str:
    span, outer, steps = _read(text), None, list(path)
    while span and span.entries is not None and steps and steps[0] in span.entries:
        outer, span = span, span.entries[steps.pop(0)]
    entry, levels = value, len(steps)
    for step in reversed(steps):
        entry = {step: entry}
    if span is None:
        return _below(text, len(text), block(entry, 0, levels))
    if (span.flow and span.entries) or (outer and outer.flow):
        return _in_braces(text, span, entry)
    if span.entries:
        return _below(text, _end(text, span), block(entry, span.column, levels))
    return _instead(text, span, block(entry, outer.column + 2 if outer else 0, levels))


def _with_item(text: str, key: str, lines: Sequence[str]) -> str:
    root = _read(text)
    span = root.entries.get(key) if root and root.entries else None
    if span is None:
        return _below(text, len(text), [f"{key}:", *lines])
    if text[span.start : span.end] in ("", "[]"):
        return _instead(text, span, lines)
    return _below(text, _end(text, span), [f"{' ' * span.column}{line}" for line in lines])


def _in_braces(text: str, span: _Span, entry: Any) -> str:
    """One more *entry* in the mapping at *span*, or instead of the nothing that is there."""
    if span.entries is None:
        gap = "" if text[span.start - 1 : span.start] == " " else " "
        return f"{text[: span.start]}{gap}{flow(entry)}{text[span.end :]}"
    last = max((one.end for one in span.entries.values()), default=span.start + 1)
    comma = ", " if span.entries else ""
    return f"{text[:last]}{comma}{flow(entry)[1:-1]}{text[last:]}"


def _instead(text: str, span: _Span, lines: Sequence[str]) -> str:
    """*lines* below the line of *span*, which is nothing or empty braces, and goes."""
    head, tail = text[: span.start].rstrip(" "), text[span.end :].lstrip(" ")
    gap = " " if head and tail.startswith("#") else ""
    return _below(head + gap + tail, len(head), lines) if head else _below("", 0, lines) + tail.lstrip("\n")


def _end(text: str, span: _Span) -> int:
    """Where the mapping or list at *span* ends, with the comments below it that are further to the right."""
    found = re.compile(rf"[^\n]*(?:\n {{{span.column + 1},}}#[^\n]*)*").match(text, span.end)
    return found.end() if found else span.end


def _below(text: str, index: int, lines: Sequence[str]) -> str:
    """*text* with *lines* below the line of *index*."""
    head, tail = text[:index], text[index:]
    rest, line_end, tail = tail.partition("\n")
    head += rest
    closed = "" if not head or head.endswith("\n") else "\n"
    return head + (line_end or closed) + "".join(f"{line}\n" for line in lines) + tail


def _read(text: str) -> _Span | None:
    """Where the mappings of *text* begin and end; None where it holds comments at most."""
    events = yaml.parse(text, Loader=yaml.SafeLoader)
    first = next((event for event in events if isinstance(event, yaml.NodeEvent)), None)
    return None if first is None else _span(first, events, text)


def _span(event: Any, events: Iterator[Any], text: str) -> _Span:
    start, end = event.start_mark, event.end_mark.index
    if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent):
        end = max(start.index, len(text[:end].rstrip()))
        return _Span(start.index, end, name=getattr(event, "value", ""))
    span = _Span(start.index, start.index, bool(event.flow_style), start.column)
    parts = []
    for part in events:
        if isinstance(part, yaml.CollectionEndEvent):
            if span.flow and part.end_mark:
                span.end = part.end_mark.index
            break
        parts.append(_span(part, events, text))
        span.end = parts[-1].end
    if span.flow:
        span.end = part.end_mark.index
    if isinstance(event, yaml.MappingStartEvent):
        span.entries = {key.name: value for key, value in zip(parts[::2], parts[1::2], strict=True)}
    return span


def block(value: Any, indent: int, levels: int = 0) -> list[str]:
    """The lines of *value*, a mapping; what has room on one is put there, but for that many *levels*."""
    lines: list[str] = []
    pad = " " * indent
    for name, below in value.items():
        short = f"{pad}{flow(name)}: {flow(below)}"
        fits = not levels and len(short) <= WIDTH and not _spacious(below)
        if not isinstance(below, dict | list) or not below or fits:
            lines.append(short)
        elif isinstance(below, dict):
            lines += [f"{pad}{flow(name)}:", *block(below, indent + 2, max(0, levels - 1))]
        else:
            lines.append(f"{pad}{flow(name)}:")
            lines += (line for item in below for line in _item(item, indent))
    return lines


def _item(item: Any, indent: int) -> list[str]:
    pad = " " * indent
    if isinstance(item, dict) and item and len(flow(item)) + indent > WIDTH:
        inner = block(item, indent + 2)
        return [f"{pad}- {inner[0].lstrip()}", *inner[1:]]
    return [f"{pad}- {flow(item)}"]


def _spacious(value: Any) -> bool:
    """Whether *value* holds mappings in mappings that read better on lines of their own."""
    return isinstance(value, dict) and any(
        isinstance(below, dict) and len(below) > 1 for below in value.values()
    )


def flow(value: Any) -> str:
    """*value* on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{flow(str(name))}: {flow(below)}" for name, below in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str) and _PLAIN.fullmatch(value) and not _NOT_TEXT.fullmatch(value):
        return value
    return json.dumps(value, ensure_ascii=False)
