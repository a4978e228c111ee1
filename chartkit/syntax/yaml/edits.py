"""Adds entries to YAML that people write, and leaves every other letter of it as it is.

The text is not printed anew: an entry is put where the last one of its mapping ends, in the style of that
mapping. What comes out is read again, and must say what was said and the entry, nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

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
    """A value of a text: from *start* to *end*, a mapping *flow*, in braces, or not; *column* of its keys."""

    kind: str
    start: int
    end: int
    flow: bool = False
    column: int = 0
    entries: list[tuple[str, _Span]] = field(default_factory=list)


def added(text: str, path: Sequence[str], value: Any) -> str:
    """*text* with *value* at *path*, whose mappings are made where there are none; raises `Unwritable`.

    FileError where *text* cannot be read. What stands at *path* already is not touched.
    """
    before = loads(text, "")
    wanted = _with(before.data, path, value)
    if wanted == before.data:
        return text
    changed = _inserted(text, path, value)
    if not _says(changed, wanted):
        raise Unwritable("the entry cannot be added without changing the rest of the file")
    return changed


def appended(text: str, key: str, lines: Sequence[str]) -> str:
    """*text* with one more item in the list at *key*, which is made where there is none.

    *lines* are the item as YAML, the dash included. Raises `Unwritable`; FileError where *text* cannot
    be read.
    """
    before = loads(text, "").data
    held = before.get(key) if isinstance(before, dict) else None
    if not isinstance(before, dict | None) or not isinstance(held, list | None):
        raise Unwritable(f"{key!r} is no list")
    changed = _with_item(text, key, lines)
    wanted = {**(before or {}), key: [*(held or ()), *loads("\n".join(lines), "").data]}
    if not _says(changed, wanted):
        raise Unwritable("the item cannot be added without changing the rest of the file")
    return changed


def _says(text: str, wanted: object) -> bool:
    try:
        return bool(loads(text, "").data == wanted)
    except FileError:
        return False


def _with_item(text: str, key: str, lines: Sequence[str]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    root = _spans(text)
    span = next((below for name, below in root.entries if name == key), None) if root else None
    if span is None:
        return _closed(text, line_end) + "".join(f"{line}{line_end}" for line in (f"{key}:", *lines))
    column = span.column
    if span.flow and text[span.start : span.end] == "[]":
        head = text[: span.start].rstrip(" ")
        text, span.end, column = head + text[span.end :], len(head), 0
    end = re.compile(rf"[^\n]*(?:\n {{{column + 1},}}#[^\n]*)*\n?").match(text, span.end)
    stop = end.end() if end else len(text)  # comments that are indented belong to the item before
    head, tail = text[:stop], text[stop:]
    return _closed(head, line_end) + "".join(f"{' ' * column}{line}{line_end}" for line in lines) + tail


def _with(data: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value if data is None else data
    if data is not None and not isinstance(data, dict):
        raise Unwritable(f"{path[0]!r} cannot be put into what is no mapping")
    below = (data or {}).get(path[0])
    return {**(data or {}), path[0]: _with(below, path[1:], value)}


def _inserted(text: str, path: Sequence[str], value: Any) -> str:
    span = _spans(text)
    line_end = "\r\n" if "\r\n" in text else "\n"
    steps = list(path)
    outer: _Span | None = None
    while span is not None and span.kind == "mapping" and steps:
        inner = next((below for key, below in span.entries if key == steps[0]), None)
        if inner is None:
            return _into(text, span, outer, (steps, value), line_end)
        outer, span = span, inner
        steps.pop(0)
    if span is None or outer is None:
        return _closed(text, line_end) + line_end.join(_lines((steps, value), 0)) + line_end
    return _replaced(text, span, outer, (steps, value), line_end)


_Entry = tuple[Sequence[str], Any]
"""A value, and the keys that lead to it."""


def _nested(entry: _Entry) -> Any:
    steps, value = entry
    for step in reversed(steps):
        value = {step: value}
    return value


def _lines(entry: _Entry, indent: int) -> list[str]:
    """The lines of *entry*; each of its keys begins one."""
    return block(_nested(entry), indent, len(entry[0]))


def _closed(text: str, line_end: str) -> str:
    return text if not text or text.endswith("\n") else text + line_end


def _into(text: str, span: _Span, outer: _Span | None, entry: _Entry, line_end: str) -> str:
    """One more entry in the mapping at *span*."""
    if span.flow and not span.entries and (outer is None or not outer.flow):
        return _replaced(text, span, outer, entry, line_end)
    if span.flow:
        last = span.entries[-1][1].end if span.entries else span.start + 1
        comma = ", " if span.entries else ""
        return f"{text[:last]}{comma}{flow(_nested(entry))[1:-1]}{text[last:]}"
    stop = text.find("\n", span.end)
    head = text if stop < 0 else text[: stop + 1]
    tail = "" if stop < 0 else text[stop + 1 :]
    return _closed(head, line_end) + line_end.join(_lines(entry, span.column)) + line_end + tail


def _replaced(text: str, span: _Span, outer: _Span | None, entry: _Entry, line_end: str) -> str:
    """*entry* instead of what is nothing, or empty, at *span* in *outer*."""
    if outer is not None and outer.flow:
        gap = "" if text[span.start - 1 : span.start] == " " else " "
        return f"{text[: span.start]}{gap}{flow(_nested(entry))}{text[span.end :]}"
    indent = (outer.column + 2) if outer is not None else 0
    head = text[: span.start].rstrip(" ")
    stop = text.find("\n", span.end)
    rest = text[span.end :] if stop < 0 else text[span.end : stop].rstrip("\r")
    tail = "" if stop < 0 else text[stop + 1 :]
    start = (
        _closed(f"{head}{' ' if rest.lstrip().startswith('#') else ''}{rest.strip()}", line_end)
        if head
        else ""
    )
    return start + line_end.join(_lines(entry, indent)) + line_end + tail


def _spans(text: str) -> _Span | None:
    """Where the mappings of *text* begin and end."""
    from ruamel.yaml import YAML

    root: _Span | None = None
    stack: list[tuple[_Span, list[Any]]] = []
    end = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        kind = type(event).__name__
        made: _Span | None = None
        if kind in {"ScalarEvent", "AliasEvent"}:
            start = event.start_mark.index
            end = max(start, len(text[: event.end_mark.index].rstrip()))
            made = _Span("scalar", start, end)
            key = event.value if kind == "ScalarEvent" else None
        elif kind in {"MappingStartEvent", "SequenceStartEvent"}:
            mark = event.start_mark
            of = "mapping" if kind.startswith("Mapping") else "sequence"
            stack.append((_Span(of, mark.index, mark.index, bool(event.flow_style), mark.column), []))
        elif kind in {"MappingEndEvent", "SequenceEndEvent"}:
            made, parts = stack.pop()
            end = event.end_mark.index if made.flow else end
            made.end = end
            made.entries = (
                [(str(name), value) for (name, _), (_, value) in zip(parts[::2], parts[1::2], strict=False)]
                if made.kind == "mapping"
                else []
            )
            key = None
        if made is None:
            continue
        if stack:
            stack[-1][1].append((key, made))
        else:
            root = made
    return root


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
