"""The page of a rule: a Markdown text whose examples say which of their lines are wrong.

First the summary, one line that ends in a full stop; then why; then sections, of which ``Bad`` and
``Good`` hold examples. A fence with a ``title`` is the file of that name; one without is what the
chart renders. A comment ``# error: some-rule`` expects a finding of that rule on its line.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_HEADING = re.compile(r"##\s+(?P<title>.+?)\s*$")
_OPENING = re.compile(r"(?P<ticks>`{3,})(?P<language>\w*)(?:\s+title=\"(?P<title>[^\"]*)\")?\s*$")
_EXPECTED = re.compile(r"#\s*(?P<severity>error|warning|note):\s*(?P<rule>[a-z][a-z0-9-]*)")


@dataclass(frozen=True, slots=True)
class Expected:
    """A finding that an example expects: *line* counts from 1 in the fence."""

    line: int
    severity: str
    rule: str


@dataclass(frozen=True, slots=True)
class Fence:
    """A file of an example; without *title* it is what the chart renders."""

    text: str
    language: str = ""
    title: str = ""

    @property
    def expected(self) -> tuple[Expected, ...]:
        return tuple(
            Expected(number, found["severity"], found["rule"])
            for number, line in enumerate(self.text.splitlines(), start=1)
            for found in _EXPECTED.finditer(line)
        )


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading: *text* is all of it, *fences* its examples."""

    title: str
    text: str
    fences: tuple[Fence, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A page taken apart; *text* is the whole."""

    summary: str
    why: str
    sections: tuple[Section, ...]
    text: str

    def section(self, title: str) -> Section | None:
        return next((section for section in self.sections if section.title == title), None)


@functools.lru_cache(maxsize=512)
def parse(text: str) -> Page:
    """Take *text* apart; whatever is missing is empty, so that a half-written page can be shown."""
    parts = list(_split(text.strip("\n").splitlines()))
    head = parts[0][1] if parts else ()
    summary = head[0].strip() if head else ""
    sections = tuple(Section(title, "\n".join(body).strip(), _fences(body)) for title, body in parts[1:])
    return Page(summary, "\n".join(head[1:]).strip(), sections, text.strip() + "\n")


def _split(lines: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield what precedes the first heading with an empty title, then each heading with its lines."""
    title, body, ticks = "", list[str](), ""
    for line in lines:
        heading = None if ticks else _HEADING.match(line)
        ticks = _ticks(line, ticks)
        if heading:
            yield title, tuple(body)
            title, body = heading["title"], []
        else:
            body.append(line)
    yield title, tuple(body)


def _ticks(line: str, open_ticks: str) -> str:
    """The ticks of the fence that is open after *line*; empty outside of fences."""
    if open_ticks:
        return "" if line.strip() == open_ticks else open_ticks
    opening = _OPENING.match(line)
    return opening["ticks"] if opening else ""


def _fences(lines: tuple[str, ...]) -> tuple[Fence, ...]:
    fences, ticks, begun, opening = list[Fence](), "", 0, None
    for number, line in enumerate(lines):
        before, ticks = ticks, _ticks(line, ticks)
        if ticks and not before:
            begun, opening = number + 1, _OPENING.match(line)
        elif before and not ticks and opening:
            text = "".join(each + "\n" for each in lines[begun:number])
            fences.append(Fence(text, opening["language"], opening["title"] or ""))
    return tuple(fences)
