"""Composes the nodes of a YAML document, with their marks, from text that is not to be trusted.

libyaml does the work. Depth, number of values and size are limited while it does, because it recurses and a
deep document would end the process; what go-yaml refuses and libyaml takes is refused here.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

import yaml
from yaml._yaml import CParser
from yaml.composer import Composer
from yaml.nodes import MappingNode, Node, ScalarNode
from yaml.parser import Parser
from yaml.reader import Reader
from yaml.scanner import Scanner

from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Place

PLAIN: Final = "plain"
"""The tag of an untagged scalar without quotes: a resolver must say what it means."""
QUOTED: Final = "quoted"


class YamlLimits(NamedTuple):
    """The most that is read: levels, values as written, and values with every alias written out."""

    depth: int
    values: int
    expanded: int


KUBERNETES: Final = YamlLimits(depth=200, values=300_000, expanded=1_000_000)
"""Kubernetes objects stay below 60 levels; what walks them recurses, and jsonschema-rs stops at 255."""
MAX_LENGTH: Final = 16 * 1024 * 1024
_TOO_DEEP: Final = "more than {} levels deep"
_HINTS: Final = {
    "a second document": "remove everything from this '---' on",
    "levels deep": "make it flatter",
    " tab ": "indent with spaces: YAML does not allow tabs",
    "mapping values are not allowed": "put the value in quotes, or check the indentation",
}


class _Limited:
    """What a composer calls back, once for each node."""

    max_depth = max_values = 0
    _depth = _values = 0

    def descend_resolver(self, parent: Node | None, _index: object) -> None:
        self._depth += 1
        self._values += 1
        if self._depth > self.max_depth:
            raise fault(_TOO_DEEP.format(self.max_depth), parent, _HINTS["levels deep"])
        if self._values > self.max_values:
            message = f"more than {self.max_values} values in one document"
            raise fault(message, parent, "make the file smaller")

    def ascend_resolver(self) -> None:
        self._depth -= 1

    def resolve(self, kind: type[Node], _value: object, implicit: object) -> str:
        """The tag of a node without one: here only whether a scalar is plain."""
        return PLAIN if kind is ScalarNode and implicit[0] else QUOTED  # type: ignore[index]


class _Composer(_Limited, CParser):
    """libyaml's composer, in C."""


class _PatientComposer(_Limited, Reader, Scanner, Parser, Composer):
    """PyYAML's slow one, for what libyaml refuses: an anchor defined twice, ``{a:}``, ``"\\ud83d"``."""

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

    def compose_scalar_node(self, anchor: Any) -> ScalarNode:
        node: ScalarNode = super().compose_scalar_node(anchor)
        node.value = _paired(node.value)
        return node


def _paired(text: str) -> str:
    """*text* with escaped surrogates made one character, as in JSON; a lone one cannot be printed."""
    if text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def fault(message: str, node: Node | None, hint: str = "") -> FileError:
    """A fault at the beginning of *node*."""
    if node is None or node.start_mark is None:
        return FileError(Problem(Place("", 1, 1), message, hint))
    return FileError(Problem(Place("", node.start_mark.line + 1, node.start_mark.column + 1), message, hint))


def composed(text: str) -> Node | None:
    """The first document of *text* as Kubernetes takes it, None where it is empty; raises `FileError`.

    Places are those in *text*, whose file has no name here.
    """
    text = text.removeprefix("\ufeff")
    if len(text) > MAX_LENGTH:
        raise fault(f"a document of {len(text)} characters, expected at most {MAX_LENGTH}", None)
    node = _read(text, KUBERNETES, _first, _is_anchor_twice)
    if text.startswith("%YAML") and not re.match(r"%YAML[ \t]+1\.1\b", text):
        raise fault("found incompatible YAML document: Kubernetes reads only %YAML 1.1", None)
    if "\\/" in text and node is not None:
        _refuse_escaped_slashes(node, text)
    return node


def only_document(text: str, limits: YamlLimits) -> Node | None:
    """The one document of *text*, with what YAML allows and go-yaml does not; raises `FileError`."""
    return _read(
        text.removeprefix("\ufeff"), limits, lambda composer: composer.get_single_node(), lambda _: True
    )


def found_fault(text: str) -> Problem | None:
    """What keeps *text* from being read as YAML, where that began; None where it is YAML."""
    try:
        composed(text)
    except FileError as error:
        return error.problem
    return None


def _read(
    text: str,
    limits: YamlLimits,
    take: Callable[[Any], Node | None],
    worth_patience: Callable[[yaml.MarkedYAMLError], bool],
) -> Node | None:
    try:
        try:
            return _composed(_Composer(text), limits, take)
        except yaml.MarkedYAMLError as error:
            if not worth_patience(error):
                raise
            return _patiently(text, limits, take, error)
    except yaml.MarkedYAMLError as error:
        raise _syntax_error(error, text, limits) from None
    except (yaml.reader.ReaderError, UnicodeEncodeError) as error:
        found = character_fault(text)
        raise (FileError(found) if found else fault("control characters are not allowed", None)) from error


def _syntax_error(error: yaml.MarkedYAMLError, text: str, limits: YamlLimits) -> FileError:
    from chartkit.syntax.yaml.syntax_errors import explained

    mark = error.problem_mark or error.context_mark
    if "nest" in (error.problem or ""):  # newer libyaml has a limit of its own, and may read that far ahead
        message = _TOO_DEEP.format(limits.depth)
    elif "another document" in (error.problem or ""):
        message = "holds a second document where one is expected"
    else:
        mark, message = explained(error, text)
    line, column = place(mark, text) if mark else (1, 1)
    hint = next((hint for words, hint in _HINTS.items() if words in message), "")
    return FileError(Problem(Place("", line, column), message, hint))


def _patiently(
    text: str, limits: YamlLimits, take: Callable[[Any], Node | None], first: yaml.MarkedYAMLError
) -> Node | None:
    """What the slow composer reads; where it refuses *text* too, libyaml's complaint, which is clearer."""
    try:
        return _composed(_PatientComposer(text), limits, take)
    except (yaml.MarkedYAMLError, ValueError, OverflowError) as error:  # chr() of an escape beyond Unicode
        if _is_anchor_twice(first):
            raise
        raise first from error


def _composed(composer: Any, limits: YamlLimits, take: Callable[[Any], Node | None]) -> Node | None:
    composer.max_depth, composer.max_values = limits.depth, limits.values
    try:
        return take(composer)
    finally:
        composer.dispose()


def _first(composer: Any) -> Node | None:
    return composer.get_node() if composer.check_node() else None


def _is_anchor_twice(error: yaml.MarkedYAMLError) -> bool:
    return "duplicate anchor" in f"{error.context} {error.problem}"


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


_OTHER_BREAKS: Final = re.compile("[\x85\u2028\u2029]|\r(?!\n)")


@functools.lru_cache(maxsize=2)
def _other_break(text: str) -> int:
    """Where the first break is that YAML 1.1 knows besides line feeds; the end of *text* where there is none.

    Kept, since places are asked for by the thousand.
    """
    found = _OTHER_BREAKS.search(text)
    return found.start() if found else len(text)


def place(mark: Any, text: str) -> tuple[int, int]:
    """Line and column (from 1) of *mark*; lines end at line feeds only, YAML 1.1 knows more breaks."""
    if mark.index <= _other_break(text):
        return mark.line + 1, mark.column + 1
    before = text.removeprefix("\ufeff")[: mark.index]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


_SURROGATES: Final = range(0xD800, 0xE000)
_BYTES: Final = range(0xDC80, 0xDD00)
"""What stands in a text for bytes of its file that are not UTF-8."""
_UNREADABLE: Final = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)


def character_fault(text: str) -> Problem | None:
    """The first character that YAML does not allow, or byte that is not UTF-8; None where all is well."""
    found = _UNREADABLE.search(text)
    if found is None:
        return None
    before = text[: found.start()]
    column = found.start() - before.rfind("\n")
    hint = "remove it, or write it as an escape in double quotes"
    return Problem(Place("", before.count("\n") + 1, column), _refused(ord(found[0])), hint)


def _refused(code: int) -> str:
    if code in _BYTES:
        return f"byte 0x{code - _BYTES.start + 0x80:02X} is not UTF-8 text"
    if code in _SURROGATES:
        return "a character that is not Unicode (half of a surrogate pair)"
    return f"control characters are not allowed, found U+{code:04X}"
