"""Adds entries to YAML that people write, by ruamel.yaml's round trip: comments, quotes and order stay.

Odd spacing may go. What comes out is read again, and must have what was there and the entry, nothing else.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import CommentMark, YAMLError
from ruamel.yaml.tokens import CommentToken

from chartkit.model.errors import FileError
from chartkit.syntax.yaml.yaml_file import loads

WIDTH: Final = 100
"""The longest line that a mapping or list is put on."""

_PLAIN: Final = re.compile(r"[A-Za-z_/][\w./@+-]*(?: [\w./@+-]+)*", re.ASCII)
_NOT_TEXT: Final = re.compile(r"(?i)y|n|yes|no|on|off|true|false|null|nan|inf")
_START: Final = re.compile(r"(?:\ufeff|#[^\n]*\n|[ ]*\n)*---\s")
_KEY_OF_MAPPING: Final = re.compile(r"^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\n( +)[^\s#-]", re.MULTILINE)
_KEY_OF_LIST: Final = re.compile(r"^( *)[^\s#-][^\n]*:[ ]*(?:#[^\n]*)?\n( *)- ", re.MULTILINE)


class Unwritable(ValueError):
    """The entry cannot be added without touching the rest."""


def added(text: str, path: Sequence[str], value: Any) -> str:
    """*text* with *value* at *path*, whose mappings are made where there are none; raises `Unwritable`.

    FileError where *text* cannot be read. What stands at *path* already is not touched.
    """
    before = loads(text, "").data
    wanted = _with(before, path, value)
    return text if wanted == before else _checked(text, wanted, lambda data: _add(data, path, value))


def appended(text: str, key: str, lines: Sequence[str]) -> str:
    """*text* with one more item in the list at *key*, which is made where there is none.

    *lines* are the item as YAML, the dash included. Raises `Unwritable`; FileError where *text* cannot
    be read.
    """
    before = loads(text, "").data
    items = before.get(key) if isinstance(before, dict) else None
    if not isinstance(before, dict | None) or not isinstance(items, list | None):
        raise Unwritable(f"{key!r} is no list")
    item = "\n".join(lines)
    wanted = {**(before or {}), key: [*(items or ()), *loads(item, "").data]}
    return _checked(text, wanted, lambda data: _append(data, key, item))


def _with(data: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value if data is None else data
    if data is not None and not isinstance(data, dict):
        raise Unwritable(f"{path[0]!r} cannot be put into what is no mapping")
    below = (data or {}).get(path[0])
    return {**(data or {}), path[0]: _with(below, path[1:], value)}


def _checked(text: str, wanted: object, edit: Callable[[CommentedMap], None]) -> str:
    """*text* after *edit*; Unwritable where it does not say what is *wanted*."""
    is_windows = 0 < text.count("\r\n") == text.count("\n")
    try:
        changed = _edited(text.replace("\r\n", "\n") if is_windows else text, edit)
        is_right = loads(changed, "").data == wanted
    except (FileError, YAMLError):
        is_right = False
    if not is_right:
        raise Unwritable("the entry cannot be added without changing the rest of the file")
    return changed.replace("\n", "\r\n") if is_windows else changed


def _edited(text: str, edit: Callable[[CommentedMap], None]) -> str:
    reader = _round_trip(text)
    data = reader.load(text)
    head = ""
    if data is None:  # comments at most, which belong to nothing
        head, data = text and text.rstrip("\n") + "\n", CommentedMap()
    edit(data)
    out = io.StringIO()
    reader.dump(data, out)
    return head + out.getvalue()


def _round_trip(text: str) -> YAML:
    """A reader and writer that prints *text* as it is written, in its own indentation."""
    found = YAML()
    found.preserve_quotes = True
    found.width = 1 << 20
    found.brace_single_entry_mapping_in_flow_sequence = True
    found.explicit_start = bool(_START.match(text))
    mapping, dashes = _KEY_OF_MAPPING.search(text), _KEY_OF_LIST.search(text)
    offset = len(dashes[2]) - len(dashes[1]) if dashes else 0
    found.indent(len(mapping[2]) - len(mapping[1]) if mapping else 2, offset + 2, offset)
    found.representer.add_representer(
        type(None), lambda printer, _: printer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return found


def _add(data: CommentedMap, path: Sequence[str], value: Any) -> None:
    steps, outer = list(path), data
    while len(steps) > 1 and isinstance(outer.get(steps[0]), CommentedMap) and outer[steps[0]]:
        outer = outer[steps.pop(0)]
    entry = value
    for step in reversed(steps[1:]):
        entry = {step: entry}
    new = {steps[0]: entry}
    text = flow(new) if outer.fa.flow_style() else "\n".join(block(new, 0, len(steps)))
    _put(outer, steps[0], _round_trip("").load(text)[steps[0]])


def _append(data: CommentedMap, key: str, item: str) -> None:
    (new,) = _round_trip("").load(item)
    items = data.get(key)
    if not items:
        items = CommentedSeq()
        _put(data, key, items)
    after = _taken_comment(items)
    items.append(new)
    _give_comment(items, after)


def _put(outer: CommentedMap, key: str, value: Any) -> None:
    after = "" if key in outer else _taken_comment(outer)
    outer[key] = value
    _give_comment(outer, after)


def _last(node: Any) -> tuple[Any, Any]:
    """The innermost mapping or list that ends *node*, those in braces apart, and its last key."""
    key = next(reversed(node)) if isinstance(node, CommentedMap) else len(node) - 1
    below = node[key]
    nested = isinstance(below, CommentedMap | CommentedSeq) and below and not below.fa.flow_style()
    return _last(below) if nested else (node, key)


def _taken_comment(node: Any) -> str:
    """The lines of comment that follow *node* and are not in it, taken away from its last value.

    ruamel.yaml keeps them with that value, where they would come before what is added.
    """
    if not node or node.fa.flow_style():
        return ""
    holder, key = _last(node)
    where = 2 if isinstance(holder, CommentedMap) else 0
    token = (holder.ca.items.get(key) or [None] * 4)[where]
    if token is None:
        return ""
    line, *below = token.value.splitlines(keepends=True)
    inside = 0
    while inside < len(below) and len(below[inside]) - len(below[inside].lstrip(" ")) > node.lc.col:
        inside += 1
    token.value = "".join((line, *below[:inside]))
    return "".join(below[inside:])


def _give_comment(node: Any, comment: str) -> None:
    if not comment:
        return
    holder, key = _last(node)
    where = 2 if isinstance(holder, CommentedMap) else 0
    entry = holder.ca.items.setdefault(key, [None] * 4)
    token = entry[where]
    entry[where] = CommentToken((token.value if token else "\n") + comment, CommentMark(0), None)


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
