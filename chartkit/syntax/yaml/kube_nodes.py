"""Composes the nodes of a YAML document, with their marks, from text that nobody vouches for.

libyaml does the work. Depth, number of values and size are limited while it does, because it recurses and a
deep document would end the process; what go-yaml refuses and libyaml takes is refused here.
"""

from __future__ import annotations

import collections
import contextlib
import itertools
import re
from collections.abc import Iterator
from typing import Any, Final

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

MAX_DEPTH: Final = 200
"""Kubernetes objects stay below 60; what walks them recurses, and jsonschema-rs stops at 255."""
_QUOTES: Final = frozenset("\"'")
_TOO_DEEP: Final = f"more than {MAX_DEPTH} levels deep"
MAX_VALUES: Final = 300_000
MAX_LENGTH: Final = 16 * 1024 * 1024

PLAIN: Final = "plain"
"""The tag of an untagged scalar without quotes: a resolver must say what it means."""
QUOTED: Final = "quoted"


class YamlFault(Exception):
    """The document cannot be read; *line* and *column* (from 1) are in the document."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


class _Limits:
    """What a composer calls back, once for each node."""

    _depth = 0
    _values = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self._depth += 1
        self._values += 1
        if self._depth > MAX_DEPTH:
            raise fault(_TOO_DEEP, parent)
        if self._values > MAX_VALUES:
            raise fault(f"more than {MAX_VALUES} values in one document", parent)

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: type[Node], _value: object, implicit: object) -> str:
        """The tag of a node without one: here only whether a scalar is plain."""
        return PLAIN if kind is ScalarNode and implicit[0] else QUOTED  # type: ignore[index]


class _Composer(_Limits, CParser):
    """libyaml's composer, in C."""


class _PatientComposer(_Limits, Reader, Scanner, Parser, Composer):
    """PyYAML's slow one, for documents that define an anchor twice: go-yaml allows it."""

    def __init__(self, text: str) -> None:
        Reader.__init__(self, text)
        Scanner.__init__(self)
        Parser.__init__(self)
        Composer.__init__(self)

    def compose_node(self, parent: Node | None, index: Any) -> Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if not isinstance(event, yaml.AliasEvent):
            self.anchors.pop(getattr(event, "anchor", None), None)
        return super().compose_node(parent, index)


def fault(message: str, node: Node | None) -> YamlFault:
    """A fault at the beginning of *node*."""
    if node is None or node.start_mark is None:
        return YamlFault(message)
    return YamlFault(message, node.start_mark.line + 1, node.start_mark.column + 1)


def composed(text: str) -> Node | None:
    """The first document of *text*, None where it is empty; raises `YamlFault`."""
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_LENGTH:
        raise YamlFault(f"a document of {len(text)} characters, expected at most {MAX_LENGTH}")
    try:
        try:
            node = _first_node(_Composer(text))
        except yaml.composer.ComposerError as error:
            if "duplicate anchor" not in f"{error.context} {error.problem}":
                raise
            node = _first_node(_PatientComposer(text))
    except yaml.MarkedYAMLError as error:
        raise _syntax_fault(error, text) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        raise character_fault(text) or YamlFault("control characters are not allowed") from error
    if text.startswith("%YAML") and not re.match(r"%YAML[ \t]+1\.1\b", text):
        raise YamlFault("found incompatible YAML document: Kubernetes reads only %YAML 1.1")
    if "\\/" in text and node is not None:
        _refuse_escaped_slashes(node, text)
    return node


def found_fault(text: str) -> YamlFault | None:
    """What keeps *text* from being read as YAML, where that began; None where it is YAML."""
    try:
        composed(text)
    except YamlFault as fault:
        return fault
    return None


def _first_node(composer: Any) -> Node | None:
    try:
        node: Node | None = composer.get_node() if composer.check_node() else None
    finally:
        composer.dispose()
    return node


_ESCAPED_SLASH: Final = re.compile(r"(?<!\\)(?:\\\\)*\\/")


def _refuse_escaped_slashes(node: Node, text: str) -> None:
    """JSON's ``\\/`` in double quotes: libyaml reads it, go-yaml does not."""
    stack, seen = [node], set()
    while stack:
        node = stack.pop()
        if isinstance(node, ScalarNode):
            if node.style == '"' and _ESCAPED_SLASH.search(text[node.start_mark.index : node.end_mark.index]):
                raise fault("found unknown escape character '\\/'", node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.extend(itertools.chain(*node.value) if isinstance(node, MappingNode) else node.value)


def _syntax_fault(error: yaml.MarkedYAMLError, text: str) -> YamlFault:
    mark = error.problem_mark or error.context_mark
    message = error.problem or "not YAML"
    if mark is None:
        return YamlFault(f"{message} {error.context or ''}".rstrip())
    if "nest" in message:  # newer libyaml has a limit of its own, and may read that far ahead of ours
        message = _TOO_DEEP
    elif text[mark.index : mark.index + 1] == "\t":
        message = "found a tab where YAML wants spaces"
    elif quoted := _closed_too_late(mark, text):
        below = _lines(mark.line - quoted.line)
        message = f"quoted text does not end on this line: the next quotation mark, {below} below, ends it"
        mark = quoted
    elif error.context:
        mark, message = _in_context(error, mark, text)
    return YamlFault(message, *place(mark, text))


def _in_context(error: yaml.MarkedYAMLError, mark: Any, text: str) -> tuple[Any, str]:
    """Where to look, and what is wrong: what began further up may be at fault."""
    message = f"{error.problem or 'not YAML'} {error.context}"
    begun = error.context_mark
    if "parsing a flow node" in (error.context or ""):
        begun = _open_bracket(mark, text)
    if begun is None or begun.line == mark.line:
        return mark, message
    if _is_open(error, begun, mark, text):
        return begun, message
    # as a distance: a document is read once, wherever it stands
    return mark, f"{message} that begins {_lines(mark.line - begun.line)} above"


def _lines(count: int) -> str:
    return f"{count} line{'s' * (count > 1)}"


_NEVER_ENDED: Final = ("unexpected end of stream", "unexpected document indicator", "expected ':'")


def _is_open(error: yaml.MarkedYAMLError, begun: Any, mark: Any, text: str) -> bool:
    """Whether what began at *begun* is at fault, though the reader went on until *mark*.

    A list in brackets is taken for unclosed where the line of *mark* is no further to the right than its own.
    """
    if "scanning" in (error.context or ""):
        return any(words in (error.problem or "") for words in _NEVER_ENDED)
    if "parsing a flow" not in (error.context or ""):
        return False
    return _indentation(text, mark.index) <= _indentation(text, begun.index)


def _indentation(text: str, index: int) -> int:
    """How far the line of *index* is indented."""
    line = text[text.rfind("\n", 0, index) + 1 :].partition("\n")[0]
    return len(line) - len(line.lstrip(" "))


def _closed_too_late(mark: Any, text: str) -> Any:
    """Where the quoted text of several lines began that ended right before *mark*; None where none did."""
    quoted = (token for token in _tokens(mark, text) if getattr(token, "style", None) in _QUOTES)
    found = next(iter(collections.deque(quoted, 1)), None)
    if found is None or not found.start_mark.line < found.end_mark.line == mark.line:
        return None
    begun, end = found.start_mark, found.end_mark
    meant = _indentation(text, mark.index) > _indentation(text, begun.index)
    return None if meant or text[end.index : mark.index].strip(" ") else begun


def _open_bracket(mark: Any, text: str) -> Any:
    """Where the innermost list or mapping in brackets began that is open at *mark*; None where none is."""
    waiting: list[Any] = []
    for token in _tokens(mark, text):
        if isinstance(token, yaml.FlowSequenceStartToken | yaml.FlowMappingStartToken):
            waiting.append(token.start_mark)
        elif isinstance(token, yaml.FlowSequenceEndToken | yaml.FlowMappingEndToken) and waiting:
            waiting.pop()
    return waiting[-1] if waiting else None


def _tokens(mark: Any, text: str) -> Iterator[Any]:
    """The tokens of *text* before *mark*."""
    with contextlib.suppress(yaml.YAMLError):
        for token in yaml.scan(text, Loader=yaml.CLoader):
            if token.start_mark.index >= mark.index:
                return
            yield token


_OTHER_BREAKS: Final = re.compile("[\x85\u2028\u2029]|\r(?!\n)")


def place(mark: Any, text: str) -> tuple[int, int]:
    """Line and column (from 1) of *mark*; lines end at line feeds only, YAML 1.1 knows more breaks."""
    if not _OTHER_BREAKS.search(text, 0, mark.index):
        return mark.line + 1, mark.column + 1
    before = text.removeprefix("\ufeff")[: mark.index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_SURROGATES: Final = range(0xD800, 0xE000)
_BYTES: Final = range(0xDC80, 0xDD00)
"""What stands in a text for bytes of its file that are not UTF-8."""
_UNREADABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def character_fault(text: str) -> YamlFault | None:
    """The first character that YAML does not allow, or byte that is not UTF-8; None where all is well."""
    found = _UNREADABLE.search(text)
    if found is None:
        return None
    before = text[: found.start()]
    column = found.start() - before.rfind("\n")
    return YamlFault(_refused(ord(found[0])), before.count("\n") + 1, column)


def _refused(code: int) -> str:
    if code in _BYTES:
        return f"byte 0x{code - _BYTES.start + 0x80:02X} is not UTF-8 text"
    if code in _SURROGATES:
        return "a character that is not Unicode (half of a surrogate pair)"
    return f"control characters are not allowed, found U+{code:04X}"
