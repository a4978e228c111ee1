"""The only module that knows ruamel.yaml: turns text into a tree of marked nodes, within limits.

Own nodes instead of ruamel's, since its composer recurses until Python gives up on deep input and
prints to stdout where comments puzzle it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from chartkit.model.place import Place

MAX_DEPTH: Final = 64
MAX_VALUES: Final = 200_000


class WrittenFault(Exception):
    """The file cannot be read at *place*; *hint* begins with a verb, or is empty."""

    def __init__(self, place: Place, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.place = place
        self.message = message
        self.hint = hint


@dataclass(slots=True, eq=False)
class Node:
    """A scalar (*value* is text), a sequence, or a mapping (*value* is keys and values by turns)."""

    mapping: bool
    value: Any
    mark: Any
    tag: str
    plain: bool

    @property
    def is_merge(self) -> bool:
        return self.plain and bool(self.value == "<<")

    def pairs(self) -> Iterator[tuple[Node, Node]]:
        return zip(self.value[::2], self.value[1::2], strict=True)


def compose(text: str, shown: str) -> Node | None:
    """The tree of the one document in *text*, None where it is empty; raises WrittenFault."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError
    from ruamel.yaml.reader import ReaderError

    try:
        return _Composer(shown).compose(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise WrittenFault(place_of(shown, mark), _sentence(error), _syntax_hint(error)) from error
    except ReaderError as error:
        before = text[: error.position]
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        hint = "remove it, or write it as an escape in double quotes"
        raise WrittenFault(place, f"holds the control character U+{error.character:04X}", hint) from error
    except (ValueError, ArithmeticError, LookupError, TypeError, AttributeError, AssertionError) as error:
        # ruamel trips over some malformed input (an escape such as \UFFFFFFFF) without saying where.
        raise WrittenFault(Place(shown, 1, 1), f"is not YAML: {error}", "look for odd characters") from error


class _Composer:
    """Makes one tree of parser events, within the limits; an alias is the very node of its anchor."""

    def __init__(self, shown: str) -> None:
        self.shown = shown
        self.anchors: dict[str, Node] = {}
        self.open: list[Node] = []
        self.root: Node | None = None
        self.count = 0

    def compose(self, events: Iterable[Any]) -> Node | None:
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent" and self.root is not None:
                hint = "remove everything from this '---' on"
                raise self.fault(event, "holds a second document where one is expected", hint)
            if kind in ("SequenceEndEvent", "MappingEndEvent"):
                self.open.pop()
            elif kind == "AliasEvent":
                self.add(self.alias(event), event)
            elif kind in ("ScalarEvent", "SequenceStartEvent", "MappingStartEvent"):
                self.start(event, kind)
        return self.root

    def start(self, event: Any, kind: str) -> None:
        tag = (str(event.tag) if event.tag else "").removeprefix("tag:yaml.org,2002:")
        value = _paired(event.value) if kind == "ScalarEvent" else []
        plain = kind == "ScalarEvent" and event.implicit[0] and not tag
        node = Node(kind == "MappingStartEvent", value, event.start_mark, tag, plain)
        if event.anchor:
            self.anchors[event.anchor] = node
        self.add(node, event)
        if kind != "ScalarEvent":
            self.open.append(node)
            if len(self.open) > MAX_DEPTH:
                raise self.fault(event, f"nests deeper than {MAX_DEPTH} levels", "make it flatter")

    def add(self, node: Node, event: Any) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            raise self.fault(event, f"holds more than {MAX_VALUES} values", "make the file smaller")
        if self.open:
            self.open[-1].value.append(node)
        else:
            self.root = node

    def alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            raise self.fault(event, f"alias '*{event.anchor}' has no anchor '&{event.anchor}' before it")
        return self.anchors[event.anchor]

    def fault(self, event: Any, message: str, hint: str = "") -> WrittenFault:
        return WrittenFault(place_of(self.shown, event.start_mark), message, hint)


def _sentence(error: Any) -> str:
    problem = re.sub(r"\s+", " ", str(error.problem or "is not YAML")).strip()
    context = re.sub(r"\s+", " ", str(error.context or "")).strip()
    return f"{problem} ({context})" if context else problem


def _syntax_hint(error: Any) -> str:
    problem = str(error.problem)
    if "'\\t'" in problem:
        return "indent with spaces: YAML does not allow tabs"
    if "mapping values are not allowed" in problem:
        return "put the value in quotes, or check the indentation"
    return ""


def _paired(text: str) -> str:
    """*text* with escaped surrogates made one character, as in JSON; a lone one cannot be printed."""
    if text.isascii() or not any("\ud800" <= one <= "\udfff" for one in text):
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def place_of(shown: str, mark: Any) -> Place:
    """Where ruamel's *mark* is, counted from 1."""
    return Place(shown, mark.line + 1, mark.column + 1) if mark else Place(shown, 1, 1)
