"""Says what is wrong with text that is not YAML, and where: often above the place where reading ended."""

from __future__ import annotations

import collections
import contextlib
from collections.abc import Iterator
from typing import Any, Final

import yaml

_QUOTES: Final = frozenset("\"'")


def explained(error: yaml.MarkedYAMLError, text: str) -> tuple[Any, str]:
    """The mark to look at (None where *error* has none), and what is wrong there."""
    mark = error.problem_mark or error.context_mark
    message = error.problem or "not YAML"
    if mark is None:
        return None, f"{message} {error.context or ''}".rstrip()
    if text[mark.index : mark.index + 1] == "\t":
        message = "found a tab where YAML wants spaces"
    elif quoted := _closed_too_late(mark, text):
        below = _lines(mark.line - quoted.line)
        message = f"quoted text does not end on this line: the next quotation mark, {below} below, ends it"
        mark = quoted
    elif error.context:
        mark, message = _in_context(error, mark, text)
    return mark, message


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
