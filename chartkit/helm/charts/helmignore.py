"""The only module that knows ``.helmignore``: which files of a chart folder Helm leaves out.

It looks like ``.gitignore`` and is not. The first rule that applies decides. A negated rule (``!x``)
leaves out everything that it does not name. A rule without a slash is matched against the last part
of a name, any other against the whole name, from the chart's own folder; ``*`` and ``?`` stop at a
slash, ``**`` is refused.
"""

from __future__ import annotations

import functools
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from chartkit.model import chart_file
from chartkit.model.errors import FileError, Problem
from chartkit.model.place import Place

MAX_BYTES: Final = 65_536  # Helm takes no longer line; a whole file of that size is not seen in charts
MAX_RULES: Final = 1000
_BLANKS = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_DEFAULT = "templates/.?*"
_NOTHING = "(?!)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A rule on *line*; *literal* is its text where that holds nothing special, quicker to compare."""

    line: int
    pattern: re.Pattern[str]
    literal: str
    negated: bool
    only_folders: bool
    whole_name: bool

    def applies(self, name: str) -> bool:
        compared = name if self.whole_name else posixpath.basename(name)
        return compared == self.literal if self.literal else bool(self.pattern.match(compared))


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of one chart folder, Helm's own rule about hidden templates included.

    *cost* times the length of a name is about how many steps it takes to judge the name.
    """

    rules: tuple[_Rule, ...]
    cost: int

    def ignore(self, name: str, is_folder: bool) -> bool:
        """Whether Helm leaves out *name*, relative to the chart's folder; a folder with all in it."""
        return self.line(name, is_folder) is not None

    def line(self, name: str, is_folder: bool) -> int | None:
        """The line of the rule that leaves out *name*: 0 of Helm's own, None where it is not left out."""
        for rule in self.rules:
            if rule.negated:
                if (rule.only_folders and not is_folder) or not rule.applies(name):
                    return rule.line
            elif (is_folder or not rule.only_folders) and rule.applies(name):
                return rule.line
        return None


@functools.lru_cache(maxsize=64)
def _error(line: int, message: str) -> FileError:
    return FileError(Problem(Place(".helmignore", line), message, "correct the rule"))


def parse(content: bytes) -> Rules:
    """Read a ``.helmignore`` (empty where there is none); raises FileError."""
    if len(content) > MAX_BYTES:
        raise _error(1, f"{len(content)} bytes of rules: at most {MAX_BYTES} are read")
    text = chart_file.text(content)
    rules = list(_rules(text))
    return Rules((*rules, _rule(_DEFAULT, 0)), sum(len(rule.pattern.pattern) for rule in rules))


def _rules(text: str) -> Iterator[_Rule]:
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        written = line.strip(_BLANKS)
        if written and not written.startswith("#"):
            count += 1
            if count > MAX_RULES:
                raise _error(number, f"more than {MAX_RULES} rules")
            yield _rule(written, number)


def _rule(written: str, line: int) -> _Rule:
    if "**" in written:
        raise _error(line, f"{written!r} holds '**', which Helm does not know")
    expression, wrong = _expression(written)
    if wrong and re.match(expression, "abc", re.DOTALL):  # Helm tries it so, and sees no further than it fits
        raise _error(line, f"{written!r} is not a pattern: {wrong}")
    negated, pattern = written.startswith("!"), written.removeprefix("!")
    only_folders, pattern = pattern.endswith("/"), pattern.removesuffix("/")
    whole_name, pattern = "/" in pattern, pattern.removeprefix("/")
    expression, wrong = _expression(pattern)
    compiled = re.compile(_NOTHING if wrong else expression, re.DOTALL)
    literal = "" if set(pattern) & set("*?[\\") else pattern
    return _Rule(line, compiled, literal, negated, only_folders, whole_name)


def _expression(pattern: str) -> tuple[str, str]:
    """The regular expression of a pattern; where that is wrong, of what is before, and what is wrong.

    What follows a star is taken where it fits first and never again, so that a match takes no more
    steps than pattern times name: that is Helm's way, and what an atomic group does.
    """
    done, run, star, at = "", "", False, 0
    while at < len(pattern):
        if pattern[at] == "*":
            done += f"(?>[^/]*?{run})" if star else run
            star, run, at = True, "", at + 1
            continue
        try:
            one, at = _character(pattern, at)
        except ValueError as error:
            return done, str(error)
        run += one
    return done + ("[^/]*" if star else "") + run + r"\Z", ""


def _character(pattern: str, at: int) -> tuple[str, int]:
    """The expression of one character at *at*, and where the pattern goes on; raises ValueError."""
    if pattern[at] == "?":
        return "[^/]", at + 1
    if pattern[at] == "[":
        return _class(pattern, at + 1)
    wanted, after = _escaped(pattern, at)
    return re.escape(wanted), after


def _class(pattern: str, at: int) -> tuple[str, int]:
    negated = pattern.startswith("^", at)
    at += negated
    ranges: list[tuple[str, str]] = []
    while not ranges or not pattern.startswith("]", at):
        low, at = _member(pattern, at)
        high = low
        if pattern.startswith("-", at):
            high, at = _member(pattern, at + 1)
        ranges.append((low, high))
    within = "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in ranges if low <= high)
    if not within:  # 'z-a' names no character
        return "." if negated else _NOTHING, at + 1
    return f"[{'^' * negated}{within}]", at + 1


def _member(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at : at + 1] in ("", "-", "]"):
        raise ValueError("'[' opens a set of characters that does not end or has a gap")
    member, after = _escaped(pattern, at)
    if after == len(pattern):
        raise ValueError("'[' opens a set of characters that does not end")
    return member, after


def _escaped(pattern: str, at: int) -> tuple[str, int]:
    if pattern[at] != "\\":
        return pattern[at], at + 1
    if at + 1 == len(pattern):
        raise ValueError("it ends with a backslash")
    return pattern[at + 1], at + 2
